package curvata.hessian.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.Near;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small eigenproblems against known spectra and against A U = U Θ. */
class EigenTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 100})
  void secondDifferencesHaveCosinesAsEigenvalues(int k) {
    double[] alpha = new double[k];
    double[] beta = new double[k];
    Arrays.fill(alpha, 2);
    Arrays.fill(beta, -1);
    TridiagonalEigen eigen = TridiagonalEigen.ends(alpha, beta);
    double sum = 0;
    for (int i = 0; i < k; i++) {
      double angle = Math.PI * (i + 1) / (k + 1);
      double weight = 2 * Math.sin(angle) * Math.sin(angle) / (k + 1);
      Near.one("value " + i, eigen.value(i), 2 - 2 * Math.cos(angle), 4 * k * 0x1p-53 * 4);
      Near.one("weight " + i, eigen.first(i) * eigen.first(i), weight, 1e-12);
      Near.one("last " + i, eigen.last(i) * eigen.last(i), weight, 1e-12);
      sum += eigen.first(i) * eigen.first(i);
    }
    Near.one("sum of weights", sum, 1, 1e-13);
  }

  @Test
  void gradedSplitAndZeroMatrices() {
    double[] alpha = {1e8, 1, 1e-8, 0, 0, 5, 5};
    double[] beta = {10, 1e-4, 0, 0, 1e-300, 0, 99};
    check(alpha, beta);
    check(new double[7], new double[7]);
    double[] clustered = new double[40];
    double[] tiny = new double[40];
    Arrays.setAll(clustered, i -> i % 4);
    Arrays.fill(tiny, 1e-9);
    check(clustered, tiny);
    SplittableRandom random = new SplittableRandom(2);
    for (int k = 1; k < 60; k += 7) {
      check(random.doubles(k, -1, 1).toArray(), random.doubles(k, -1, 1).toArray());
    }
  }

  /** T S = S Θ and SᵀS = I. */
  private static void check(double[] alpha, double[] beta) {
    int k = alpha.length;
    double norm = 0;
    for (int i = 0; i < k; i++) {
      norm = Math.max(norm, Math.abs(alpha[i]) + (i < k - 1 ? 2 * Math.abs(beta[i]) : 0));
    }
    TridiagonalEigen eigen = TridiagonalEigen.full(alpha, beta);
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        double product = alpha[j] * eigen.component(j, i) + (j > 0 ? beta[j - 1] * eigen.component(j - 1, i) : 0)
            + (j < k - 1 ? beta[j] * eigen.component(j + 1, i) : 0);
        Near.one("row " + j + " of pair " + i, product, eigen.value(i) * eigen.component(j, i), 1e-14 * k * norm);
        double dot = 0;
        for (int l = 0; l < k; l++) {
          dot += eigen.component(l, i) * eigen.component(l, j);
        }
        Near.one("vectors " + i + ", " + j, dot, i == j ? 1 : 0, 1e-14 * k);
      }
      assertThat(i == 0 || eigen.value(i - 1) <= eigen.value(i)).as("ascending at %d", i).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 33, 80})
  void denseMatrices(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i][j] = random.nextInt(4) == 0 ? 0 : random.nextDouble(-1, 1);
        a[j][i] = a[i][j];
      }
    }
    dense(a);
    double[][] arrow = new double[n][n]; // as after a restart
    for (int i = 0; i < n; i++) {
      arrow[i][i] = i;
      arrow[n - 1][i] = 1e-3 * i;
      arrow[i][n - 1] = arrow[n - 1][i];
    }
    dense(arrow);
  }

  private static void dense(double[][] a) {
    int n = a.length;
    SymmetricEigen eigen = SymmetricEigen.of(a);
    double norm = 0;
    for (double[] row : a) {
      norm = Math.max(norm, Arrays.stream(row).map(Math::abs).sum());
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double product = 0;
        double dot = 0;
        for (int l = 0; l < n; l++) {
          product += a[j][l] * eigen.component(l, i);
          dot += eigen.component(l, i) * eigen.component(l, j);
        }
        Near.one("row " + j + " of pair " + i, product, eigen.value(i) * eigen.component(j, i), 1e-14 * n * norm);
        Near.one("vectors " + i + ", " + j, dot, i == j ? 1 : 0, 1e-14 * n);
      }
    }
  }

  @Test
  void badMatricesAreRefused() {
    assertThatThrownBy(() -> TridiagonalEigen.ends(new double[0], new double[0])).hasMessage("alpha.length = 0, expected >= 1");
    assertThatThrownBy(() -> TridiagonalEigen.ends(new double[3], new double[1])).hasMessage("beta.length = 1, expected >= 2 (alpha.length - 1)");
    assertThatThrownBy(() -> TridiagonalEigen.ends(new double[] {1, Double.NaN}, new double[1]))
        .hasMessage("alpha[1] = NaN, expected a finite number");
    assertThatThrownBy(() -> SymmetricEigen.of(new double[][] {{1}, {Double.NaN, 1}})).hasMessage("a[1][0] = NaN, expected a finite number");
    assertThatThrownBy(() -> SymmetricEigen.of(new double[0][])).hasMessage("rows = 0, expected >= 1");
  }
}
