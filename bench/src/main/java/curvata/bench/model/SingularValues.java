package curvata.bench.model;

import curvata.hessian.spectrum.SymmetricEigen;
import curvata.kernels.Checks;

/**
 * Singular values of a matrix with one small side, and its right singular vectors.
 *
 * <pre>
 *   A Aᵀ = U S² Uᵀ or AᵀA = V S² Vᵀ, whichever is smaller;   V = Aᵀ U S⁻¹
 * </pre>
 *
 * <p>The Gram matrix is formed and decomposed in double: a value s is off by about 10⁻¹⁶ s₁² / s, so that those below 10⁻⁸ s₁ mean nothing. Costs
 * m² n multiply-adds and 9 m³, m the smaller side.
 */
public final class SingularValues {
  private final double[] a;
  private final int rows;
  private final int cols;
  private final SymmetricEigen eigen;

  private SingularValues(double[] a, int rows, int cols) {
    this.a = a;
    this.rows = rows;
    this.cols = cols;
    int m = Math.min(rows, cols);
    double[][] gram = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        gram[i][j] = inner(i, j);
      }
    }
    eigen = SymmetricEigen.of(gram);
  }

  /**
   * Of a matrix, row after row, not copied.
   *
   * @throws IllegalArgumentException if the length is not rows · cols, there are none, or the matrix is not finite
   */
  public static SingularValues of(double[] a, int rows, int cols) {
    Checks.that(rows >= 1 && cols >= 1, "rows, cols", rows + ", " + cols, ">= 1 each");
    Checks.that(a.length == (long) rows * cols, "a.length", a.length, (long) rows * cols + " (rows * cols)");
    return new SingularValues(a, rows, cols);
  }

  private double inner(int i, int j) {
    double sum = 0;
    if (rows <= cols) {
      for (int k = 0; k < cols; k++) {
        sum += a[i * cols + k] * a[j * cols + k];
      }
    } else {
      for (int k = 0; k < rows; k++) {
        sum += a[k * cols + i] * a[k * cols + j];
      }
    }
    return sum;
  }

  /** How many there are: the smaller side. */
  public int count() {
    return eigen.size();
  }

  /** Value i, descending. */
  public double value(int i) {
    return Math.sqrt(Math.max(0, eigen.value(count() - 1 - i)));
  }

  /** All values, descending. */
  public double[] values() {
    double[] values = new double[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(i);
    }
    return values;
  }

  /** The nuclear norm: the sum of the values. */
  public double nuclearNorm() {
    double sum = 0;
    for (double s : values()) {
      sum += s;
    }
    return sum;
  }

  /** The right singular vector of value i, of norm 1; NaN where the value is zero and the matrix wide. */
  public double[] rightVector(int i) {
    int at = count() - 1 - i;
    double[] v = new double[cols];
    for (int j = 0; j < cols; j++) {
      if (rows > cols) {
        v[j] = eigen.component(j, at);
      } else {
        for (int k = 0; k < rows; k++) {
          v[j] += a[k * cols + j] * eigen.component(k, at);
        }
        v[j] /= value(i);
      }
    }
    return v;
  }

  /**
   * Cosines of the principal angles between the leading right singular subspaces of two matrices, descending.
   *
   * @param k dimension of both subspaces
   */
  public static double[] cosines(SingularValues one, SingularValues other, int k) {
    double[] inner = new double[k * k];
    for (int i = 0; i < k; i++) {
      double[] v = one.rightVector(i);
      for (int j = 0; j < k; j++) {
        double[] w = other.rightVector(j);
        for (int c = 0; c < v.length; c++) {
          inner[i * k + j] += v[c] * w[c];
        }
      }
    }
    return of(inner, k, k).values();
  }
}
