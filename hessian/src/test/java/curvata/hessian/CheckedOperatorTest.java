package curvata.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.solve.ConjugateGradients;
import curvata.hessian.solve.Minres;
import curvata.hessian.spectrum.ChebyshevDensity;
import curvata.hessian.spectrum.Lanczos;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.PowerIteration;
import curvata.hessian.spectrum.SpectrumEnd;
import curvata.hessian.spectrum.ThickRestart;
import curvata.hessian.trace.HutchPlusPlus;
import curvata.hessian.trace.Hutchinson;
import curvata.hessian.trace.XNysTrace;
import curvata.hessian.trace.XTrace;
import curvata.kernels.random.Gaussian;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators that lie are found by whoever meets them, with one clear message, and nobody's data change. */
class CheckedOperatorTest {
  private static final int N = 24;

  /** All estimators, each at its door. */
  static List<Consumer<LinearOperator>> estimators() {
    float[] start = random(5);
    return List.of(
        a -> Hutchinson.fixed(Probes.rademacher(1), 12).estimate(a), a -> Hutchinson.fixed(Probes.rademacher(1), 12).withBlock(5).estimate(a),
        a -> new HutchPlusPlus(Probes.rademacher(1), 4, 4).estimate(a), a -> XTrace.budget(1, 12).estimate(a),
        a -> XNysTrace.budget(1, 6).estimate(a),
        a -> Lanczos.full(a, start, 8), a -> Lanczos.threeTerm(a, start, 8), a -> ThickRestart.ends(2, 2).solve(a),
        a -> new PowerIteration(1e-3, 12).solve(a, start), a -> LanczosQuadrature.plain(Probes.rademacher(1), 2, 6).estimate(a),
        a -> ChebyshevDensity.of(a, Probes.rademacher(1), 2, 16, new Interval(-100, 100)), a -> new SpectrumEnd(2, true, 1e-6, 10, 50, 1).find(a),
        a -> new ConjugateGradients(1e-6, 50).solve(a, start), a -> new Minres(1e-6, 50, 0).solve(a, start),
        a -> new Minres(1e-6, 50, 9).solve(a, start));
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void notANumberInALateProduct(Consumer<LinearOperator> estimator) {
    int[] calls = {0};
    LinearOperator liar = Matrices.of(N, (x, y) -> {
      diagonal(x, y);
      y[3] = ++calls[0] == 6 ? Float.NaN : y[3]; // two products are the test of symmetry
    });
    assertThatThrownBy(() -> estimator.accept(liar)).isInstanceOf(OperatorException.class)
        .hasMessage("product 4: y[3] = NaN, expected a finite number");
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void infinityElementsLeftOutAndWrongDimensions(Consumer<LinearOperator> estimator) {
    LinearOperator infinite = Matrices.of(N, (x, y) -> {
      diagonal(x, y);
      y[N - 1] = Float.POSITIVE_INFINITY;
    });
    assertThatThrownBy(() -> estimator.accept(infinite)).isInstanceOf(OperatorException.class)
        .hasMessageContaining("y[23] = Infinity, expected a finite");

    LinearOperator shorter = Matrices.of(N, (x, y) -> System.arraycopy(x, 0, y, 0, N - 2));
    assertThatThrownBy(() -> estimator.accept(shorter)).isInstanceOf(OperatorException.class)
        .hasMessageContaining("y[22] was not written, expected all 24");

    LinearOperator longer = Matrices.of(N, (x, y) -> {
      for (int i = 0; i <= N; i++) {
        y[i] = x[i];
      }
    });
    assertThatThrownBy(() -> estimator.accept(longer)).isInstanceOf(OperatorException.class)
        .hasMessageContaining("reached outside its arrays of 1 x 24");

    LinearOperator nothing = Matrices.of(0, (x, y) -> {});
    assertThatThrownBy(() -> estimator.accept(nothing)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0");
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void changedInputsAndOutputsThatAreAddedTo(Consumer<LinearOperator> estimator) {
    LinearOperator vandal = Matrices.of(N, (x, y) -> {
      diagonal(x, y);
      x[7] += 1;
    });
    assertThatThrownBy(() -> estimator.accept(vandal)).isInstanceOf(OperatorException.class)
        .hasMessage("product 1: the operator changed x[7], expected its input unchanged");

    LinearOperator adding = Matrices.of(N, (x, y) -> {
      for (int i = 0; i < N; i++) {
        y[i] += x[i];
      }
    });
    assertThatThrownBy(() -> estimator.accept(adding)).isInstanceOf(OperatorException.class).hasMessageContaining("y[0] ");
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void matricesThatAreNotSymmetric(Consumer<LinearOperator> estimator) {
    LinearOperator shift = Matrices.of(N, (x, y) -> {
      diagonal(x, y);
      y[0] += x[1];
    });
    assertThatThrownBy(() -> estimator.accept(shift)).isInstanceOf(OperatorException.class)
        .hasMessageContaining("operator is not symmetric: |x'Ay - y'Ax| = ");
  }

  @Test
  void operatorsThatChangeFromProductToProductAreFoundByTheBasis() {
    int[] calls = {0};
    LinearOperator redrawn = Matrices.of(N, (x, y) -> {
      diagonal(x, y);
      float noise = 1 + 0.3f * (calls[0]++ % 3);
      for (int i = 0; i < N; i += 2) {
        y[i] *= noise;
      }
    });
    assertThatThrownBy(() -> Lanczos.full(CheckedOperator.trusting(redrawn), random(5), 12)).isInstanceOf(OperatorException.class)
        .hasMessageContaining("the operator is not symmetric or changes between products");
  }

  @Test
  void dimensionsThatChange() {
    int[] n = {N};
    LinearOperator growing = new LinearOperator() {
      @Override
      public int dimension() {
        return n[0];
      }

      @Override
      public void apply(float[] x, float[] y) {
        diagonal(x, y);
        n[0]++;
      }
    };
    assertThatThrownBy(() -> CheckedOperator.of(growing)).isInstanceOf(OperatorException.class)
        .hasMessage("operator dimension = 25, expected 24 as before");
  }

  @Test
  void callersDataStayAsTheyWere() {
    LinearOperator bad = Matrices.of(N, (x, y) -> {
      Arrays.fill(x, 9f);
      Arrays.fill(y, 9f);
    });
    float[] x = random(1);
    float[] y = random(2);
    assertThatThrownBy(() -> CheckedOperator.trusting(bad).apply(x, y)).isInstanceOf(OperatorException.class);
    assertThat(x).containsExactly(random(1));
    assertThat(y).containsExactly(random(2));
    float[] start = random(3);
    float[] rows = random(4);
    assertThatThrownBy(() -> ThickRestart.top(1).solve(bad, start)).isInstanceOf(OperatorException.class);
    assertThatThrownBy(() -> Hutchinson.fixed(Probes.of(rows, 1), 1).estimate(bad)).isInstanceOf(OperatorException.class);
    assertThat(start).containsExactly(random(3));
    assertThat(rows).containsExactly(random(4));
  }

  @Test
  void whatAnOperatorThrowsItselfComesThrough() {
    RuntimeException own = new IllegalStateException("no batch loaded");
    LinearOperator failing = Matrices.of(N, (x, y) -> {
      throw own;
    });
    assertThatThrownBy(() -> CheckedOperator.of(failing)).isSameAs(own);
  }

  @Test
  void goodProductsPassUnchangedAndAreCounted() {
    CheckedOperator a = CheckedOperator.of(Matrices.of(N, CheckedOperatorTest::diagonal));
    assertThat(CheckedOperator.of(a)).isSameAs(a);
    assertThat(a.products()).isZero();
    float[] x = random(1);
    float[] expected = new float[N];
    diagonal(x, expected);
    float[] y = new float[N + 3];
    Arrays.fill(y, 5f);
    a.apply(x, y);
    assertThat(Arrays.copyOf(y, N)).containsExactly(expected);
    assertThat(Arrays.copyOfRange(y, N, N + 3)).containsExactly(5f, 5f, 5f);
    float[] block = new float[3 * N];
    float[] products = new float[3 * N];
    System.arraycopy(x, 0, block, 2 * N, N);
    a.applyBlock(block, products, 3);
    assertThat(Arrays.copyOfRange(products, 2 * N, 3 * N)).containsExactly(expected);
    assertThat(a.products()).isEqualTo(4);
  }

  @Test
  void badArgumentsAreRefused() {
    CheckedOperator a = CheckedOperator.trusting(Matrices.of(N, CheckedOperatorTest::diagonal));
    float[] x = new float[N];
    assertThatThrownBy(() -> a.apply(x, x)).hasMessage("y is the same array as x, expected another");
    assertThatThrownBy(() -> a.apply(x, new float[N - 1])).hasMessage("x.length, y.length = 24, 23, expected at least 1 x 24 (operator dimension)");
    assertThatThrownBy(() -> a.applyBlock(x, new float[N], 0)).hasMessage("count = 0, expected >= 1");
    assertThatThrownBy(() -> CheckedOperator.of(null)).isInstanceOf(NullPointerException.class).hasMessage("operator");
  }

  private static void diagonal(float[] x, float[] y) {
    for (int i = 0; i < N; i++) {
      y[i] = (i + 1) * x[i];
    }
  }

  private static float[] random(int stream) {
    float[] x = new float[N];
    Gaussian.fill(11, stream, x, 0, N);
    return x;
  }
}
