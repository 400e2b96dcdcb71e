package curvata.hessian.internal;

/**
 * Inverse of a small symmetric positive definite matrix in double, by Cholesky's factorization.
 *
 * <pre>
 *   H = L Lᵀ,   H⁻¹ = L⁻ᵀ L⁻¹
 * </pre>
 */
public final class Cholesky {
  private Cholesky() {}

  /** The inverse, or null where a pivot is not positive. What is on and below the diagonal of h is read. */
  public static double[][] inverse(double[][] h) {
    double[][] l = factor(h);
    if (l == null) {
      return null;
    }
    int m = h.length;
    for (int j = 0; j < m; j++) { // L ← L⁻¹, column by column
      l[j][j] = 1 / l[j][j];
      for (int i = j + 1; i < m; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum += l[i][k] * l[k][j];
        }
        l[i][j] = -sum / l[i][i];
      }
    }
    double[][] inverse = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = i; k < m; k++) {
          sum += l[k][i] * l[k][j];
        }
        inverse[i][j] = sum;
        inverse[j][i] = sum;
      }
    }
    return inverse;
  }

  private static double[][] factor(double[][] h) {
    int m = h.length;
    double[][] l = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = h[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        if (j < i) {
          l[i][j] = sum / l[j][j];
        } else if (sum > 0) {
          l[i][i] = Math.sqrt(sum);
        } else {
          return null;
        }
      }
    }
    return l;
  }
}
