package curvata.hessian.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.LinearOperator;
import curvata.hessian.Matrices;
import curvata.hessian.Near;
import curvata.hessian.SymmetryCheck;
import curvata.kernels.random.Gaussian;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of matrices and of operators made from others, against their definitions in double. */
class OperatorsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 17, 100, 333})
  void denseProductsAreRoundedOnce(int n) {
    float[] a = symmetric(n, n);
    float[] x = random(n, 1);
    float[] y = new float[n];
    new DenseOperator(a, n).apply(x, y);
    for (int i = 0; i < n; i++) {
      double sum = 0;
      double size = 0;
      for (int j = 0; j < n; j++) {
        sum += (double) a[i * n + j] * x[j];
        size += Math.abs((double) a[i * n + j] * x[j]);
      }
      Near.one("n " + n + ", row " + i, y[i], sum, 0x1p-24 * Math.abs(sum) + (n / 16 + 14 + n) * 0x1p-53 * size);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 100})
  void blocksAreTheirVectorsProducts(int n) {
    DenseOperator a = new DenseOperator(symmetric(n, 5), n);
    BlockOperator part = n > 2 ? new BlockOperator(a, 1, n - 1) : new BlockOperator(a, 0, 1);
    SumOperator sum = new SumOperator(2, a, -3, new ScaledOperator(0.5, a, 7));
    for (LinearOperator operator : List.of(a, part, sum, new ScaledOperator(-2, a, 1))) {
      int m = operator.dimension();
      float[] x = random(4 * m, 2);
      float[] y = new float[4 * m];
      operator.applyBlock(x, y, 4);
      for (int j = 0; j < 4; j++) {
        float[] one = new float[m];
        operator.apply(java.util.Arrays.copyOfRange(x, j * m, (j + 1) * m), one);
        // |a| < 1, |x| < 6.7: a chain of n float operations, some scaled by at most 8
        Near.all(operator.getClass().getSimpleName() + " n " + n, slice(y, j, m), Near.doubles(one), (n + 20) * 0x1p-24 * n * 6.7 * 8);
      }
    }
  }

  @Test
  void decoratorsAreTheirEquations() {
    int n = 50;
    DenseOperator a = new DenseOperator(symmetric(n, 1), n);
    DenseOperator b = new DenseOperator(symmetric(n, 2), n);
    float[] x = random(n, 3);
    double[] ax = product(a, x);
    double[] bx = product(b, x);
    double[] scaled = product(new ScaledOperator(-2, a, 0.5), x);
    double[] difference = product(SumOperator.difference(a, b), x);
    for (int i = 0; i < n; i++) {
      Near.one("scaled " + i, scaled[i], -2 * ax[i] + 0.5 * x[i], 0x1p-23 * (2 * Math.abs(ax[i]) + Math.abs(x[i])));
      Near.one("difference " + i, difference[i], ax[i] - bx[i], 0x1p-23 * Math.abs(ax[i] - bx[i]));
    }
    float[] inside = random(20, 4);
    float[] whole = new float[n];
    System.arraycopy(inside, 0, whole, 10, 20);
    double[] expected = java.util.Arrays.copyOfRange(product(a, whole), 10, 30);
    assertThat(product(new BlockOperator(a, 10, 30), inside)).containsExactly(expected);
  }

  @Test
  void deflatedDirectionsBecomeZerosAndOthersStay() {
    int n = 40;
    double[] lambda = new SplittableRandom(1).doubles(n, -1, 1).toArray();
    DenseOperator a = Matrices.withEigenvalues(lambda, 2);
    float[] u = random(n, 1);
    float[] v = random(n, 2);
    DeflatedOperator d = new DeflatedOperator(a, List.of(u, v, u));
    assertThat(d.deflated()).isEqualTo(2);
    assertThat(SymmetryCheck.of(d, 1).holds()).isTrue();
    Near.all("A u", product(d, u), new double[n], 1e-5);
    float[] w = random(n, 3);
    d.project(w);
    double dot = 0;
    for (int i = 0; i < n; i++) {
      dot += (double) w[i] * u[i];
    }
    Near.one("projected", dot, 0, 1e-5);
  }

  @Test
  void badMatricesAndRangesAreRefused() {
    assertThatThrownBy(() -> new DenseOperator(new float[5], 2)).hasMessage("a.length = 5, expected 4 (n * n)");
    assertThatThrownBy(() -> new DenseOperator(new float[] {1, 2, 3, 4}, 2))
        .hasMessage("a[1][0] = 3.0, a[0][1] = 2.0, expected finite and equal");
    assertThatThrownBy(() -> new DenseOperator(new float[] {1, Float.NaN, Float.NaN, 4}, 2)).hasMessageContaining("expected finite and equal");
    DenseOperator a = new DenseOperator(new float[] {1, 2, 2, 4}, 2);
    assertThatThrownBy(() -> new BlockOperator(a, 1, 1)).hasMessage("range [1, 1), expected a part of [0, 2)");
    assertThatThrownBy(() -> new BlockOperator(a, 0, 3)).hasMessage("range [0, 3), expected a part of [0, 2)");
    assertThatThrownBy(() -> new ScaledOperator(Double.NaN, a, 0)).hasMessage("alpha = NaN, expected a finite number");
    assertThatThrownBy(() -> SumOperator.difference(a, new DenseOperator(new float[] {1}, 1)))
        .hasMessage("b.dimension = 1, expected 2 (a.dimension)");
    assertThatThrownBy(() -> new DeflatedOperator(a, List.of(new float[2], new float[2]))).hasMessage("directions = 2, expected < 2 (a.dimension)");
    assertThatThrownBy(() -> new DeflatedOperator(a, List.of(new float[2]))).hasMessage("norm of a direction = 0.0, expected positive and finite");
  }

  private static double[] product(LinearOperator a, float[] x) {
    float[] y = new float[x.length];
    a.apply(x, y);
    return Near.doubles(y);
  }

  private static double[] slice(float[] y, int j, int m) {
    return Near.doubles(java.util.Arrays.copyOfRange(y, j * m, (j + 1) * m));
  }

  private static float[] symmetric(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] a = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i * n + j] = (float) random.nextDouble(-1, 1);
        a[j * n + i] = a[i * n + j];
      }
    }
    return a;
  }

  private static float[] random(int n, int stream) {
    float[] x = new float[n];
    Gaussian.fill(3, stream, x, 0, n);
    return x;
  }
}
