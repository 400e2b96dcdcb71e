package curvata.hessian.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.Allocation;
import curvata.hessian.CheckedOperator;
import curvata.hessian.Interval;
import curvata.hessian.Matrices;
import curvata.hessian.Near;
import curvata.hessian.operator.DenseOperator;
import curvata.kernels.random.Gaussian;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The iteration is exact at full rank, ends where the space closes, and says how far off it is. */
class LanczosTest {
  private static final int N = 40;

  @Test
  void exactAtFullRank() {
    double[] lambda = new SplittableRandom(1).doubles(N, -1, 1).sorted().toArray();
    Lanczos.Projection p = Lanczos.full(Matrices.withEigenvalues(lambda, 2), start(1), N);
    Near.all("eigenvalues", p.quadrature().nodes(), lambda, 1e-6);
    assertThat(p.invariant()).isTrue();
    assertThat(p.residuals()).containsOnly(0);
    orthonormal(p);
  }

  @Test
  void endsWhereTheSpaceCloses() {
    double[] lambda = new double[N];
    Arrays.setAll(lambda, i -> 1 + i % 4);
    DenseOperator a = Matrices.withEigenvalues(lambda, 3);
    for (Lanczos.Projection p : new Lanczos.Projection[] {Lanczos.full(a, start(1), 20), Lanczos.threeTerm(a, start(1), 20)}) {
      assertThat(p.steps()).isEqualTo(4);
      assertThat(p.invariant()).isTrue();
      Near.all("eigenvalues", p.quadrature().nodes(), new double[] {1, 2, 3, 4}, 1e-5);
    }
    var identity = Matrices.of(N, (x, y) -> System.arraycopy(x, 0, y, 0, N));
    assertThat(Lanczos.full(identity, start(1), 20).alpha()).hasSize(1);
    var zero = Matrices.of(N, (x, y) -> Arrays.fill(y, 0f));
    assertThat(Lanczos.threeTerm(zero, start(1), 20).alpha()).containsExactly(0);
    var one = Matrices.of(1, (x, y) -> y[0] = 3 * x[0]);
    assertThat(Lanczos.full(one, new float[] {2}, 1).alpha()).containsExactly(3);
  }

  @Test
  void residualsAndEnclosureAreTrue() {
    double[] lambda = new SplittableRandom(4).doubles(N, -1, 1).sorted().toArray();
    lambda[N - 1] = 5;
    DenseOperator a = Matrices.withEigenvalues(lambda, 5);
    Lanczos.Projection p = Lanczos.full(a, start(2), 12);
    TridiagonalEigen eigen = TridiagonalEigen.full(p.alpha(), p.beta());
    double[] residuals = p.residuals();
    for (int i = 0; i < 12; i++) {
      float[] x = new float[N];
      for (int l = 0; l < N; l++) {
        double sum = 0;
        for (int j = 0; j < 12; j++) {
          sum += p.basis().get(j)[l] * eigen.component(j, i);
        }
        x[l] = (float) sum;
      }
      Near.one("residual " + i, residuals[i], Matrices.residual(a, x, eigen.value(i)), 2e-6 * 5);
    }
    Interval all = p.enclosure();
    assertThat(all.contains(lambda[0]) && all.contains(lambda[N - 1])).isTrue();
    orthonormal(p);
  }

  @Test
  void fewStepsAgreeWithAndWithoutABasis() {
    DenseOperator a = Matrices.withEigenvalues(new SplittableRandom(6).doubles(N, -1, 1).toArray(), 7);
    Lanczos.Projection full = Lanczos.full(a, start(3), 6);
    Lanczos.Projection three = Lanczos.threeTerm(a, start(3), 6);
    Near.all("alpha", three.alpha(), full.alpha(), 1e-5);
    Near.all("beta", three.beta(), full.beta(), 1e-5);
    assertThat(three.basis()).isEmpty();
    assertThat(full.basis()).hasSize(6);
  }

  @Test
  void quadratureIsExactForPolynomialsAndItsBoundsHold() {
    double[] lambda = new SplittableRandom(8).doubles(N, -1, 1).sorted().toArray();
    DenseOperator a = Matrices.withEigenvalues(lambda, 9);
    float[] v = start(4);
    int k = 6;
    Quadrature q = Lanczos.full(a, v, k).quadrature();
    Lanczos.Projection whole = Lanczos.full(a, v, N); // at full rank its nodes and weights are the measure itself
    Quadrature measure = whole.quadrature();
    for (int degree = 0; degree <= 2 * k - 1; degree++) {
      int d = degree;
      Near.one("degree " + d, q.sum(t -> Math.pow(t, d)), measure.sum(t -> Math.pow(t, d)), 1e-5);
    }
    for (double x = -1.2; x < 1.2; x += 0.01) {
      double truth = measure.cumulative(x);
      assertThat(q.lower(x) - 1e-4).as("lower at %f", x).isLessThanOrEqualTo(truth);
      assertThat(q.upper(x) + 1e-4).as("upper at %f", x).isGreaterThanOrEqualTo(truth);
      assertThat(q.cumulative(x)).isBetween(q.lower(x) - 1e-12, q.upper(x) + 1e-12);
    }
    assertThat(q.lower(-2)).isZero();
    assertThat(q.upper(2)).isEqualTo(1);
  }

  @Test
  void stepsWithoutABasisCostNoMemoryButTheirNumbers() {
    CheckedOperator a = CheckedOperator.of(Matrices.withEigenvalues(new SplittableRandom(6).doubles(N, -1, 1).toArray(), 7));
    float[] start = start(1);
    long allowed = 20 * 4 * 8 + 64; // α and β, made and copied
    assertThat(Allocation.difference(() -> Lanczos.threeTerm(a, start, 10), () -> Lanczos.threeTerm(a, start, 30), allowed))
        .isLessThanOrEqualTo(allowed);
  }

  @Test
  void badArgumentsAreRefused() {
    DenseOperator a = Matrices.withEigenvalues(new double[N], 1);
    assertThatThrownBy(() -> Lanczos.full(a, start(1), 0)).hasMessage("steps = 0, expected 1 <= steps <= 40 (operator dimension)");
    assertThatThrownBy(() -> Lanczos.threeTerm(a, start(1), 41)).hasMessage("steps = 41, expected 1 <= steps <= 40 (operator dimension)");
    assertThatThrownBy(() -> Lanczos.full(a, new float[N], 3)).hasMessage("norm of start = 0.0, expected positive and finite");
    assertThatThrownBy(() -> Lanczos.full(a, new float[3], 3)).hasMessage("start.length = 3, expected 40 (operator dimension)");
  }

  private static void orthonormal(Lanczos.Projection p) {
    for (int i = 0; i < p.steps(); i++) {
      for (int j = 0; j <= i; j++) {
        double dot = 0;
        for (int l = 0; l < N; l++) {
          dot += (double) p.basis().get(i)[l] * p.basis().get(j)[l];
        }
        Near.one("vectors " + i + ", " + j, dot, i == j ? 1 : 0, 1e-6);
      }
    }
  }

  private static float[] start(int stream) {
    float[] x = new float[N];
    Gaussian.fill(2, stream, x, 0, N);
    return x;
  }
}
