package curvata.hessian.spectrum;

import curvata.kernels.Checks;

/**
 * All eigenvalues and eigenvectors of a small dense symmetric matrix, in double.
 *
 * <pre>
 *   A = Q T Qᵀ (Householder),   T = S Θ Sᵀ ({@link TridiagonalEigen}),   U = Q S
 * </pre>
 *
 * <p>About 9 n³ operations on one thread; eigenvalues to a few units of n · 2⁻⁵³ ‖A‖. For matrices of some hundreds of rows: a projected problem, a
 * reference to test against.
 *
 * @see <a href="https://doi.org/10.1007/978-3-642-86940-2">Wilkinson, Reinsch: Handbook for Automatic Computation II/2 (tred2)</a>
 */
public final class SymmetricEigen {
  private final TridiagonalEigen eigen;

  private SymmetricEigen(TridiagonalEigen eigen) {
    this.eigen = eigen;
  }

  /**
   * Decomposes a matrix of which what is on and below the diagonal is read.
   *
   * @param a n rows of n numbers, left as they are
   * @throws NullPointerException if a row is null
   * @throws IllegalArgumentException if there are no rows, one is too short or a number is not finite
   */
  public static SymmetricEigen of(double[][] a) {
    int n = a.length;
    Checks.that(n >= 1, "rows", n, ">= 1");
    double[][] work = new double[n][n];
    for (int i = 0; i < n; i++) {
      Checks.that(a[i].length > i, "length of row " + i, a[i].length, "> " + i);
      for (int j = 0; j <= i; j++) {
        Checks.that(Double.isFinite(a[i][j]), "a[" + i + "][" + j + "]", a[i][j], "a finite number");
        work[i][j] = a[i][j];
        work[j][i] = a[i][j];
      }
    }
    double[] d = new double[n];
    double[] e = new double[n];
    return new SymmetricEigen(TridiagonalEigen.of(d, e, tridiagonalize(work, d, e)));
  }

  /** How many eigenvalues there are. */
  public int size() {
    return eigen.size();
  }

  /** Eigenvalue i, ascending. */
  public double value(int i) {
    return eigen.value(i);
  }

  /** All eigenvalues, ascending; a copy. */
  public double[] values() {
    return eigen.values();
  }

  /** Component j of eigenvector i. */
  public double component(int j, int i) {
    return eigen.component(j, i);
  }

  /** Reduces a to tridiagonal form and returns Q. */
  private static double[][] tridiagonalize(double[][] a, double[] d, double[] e) {
    int n = a.length;
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      q[i][i] = 1;
    }
    double[] v = new double[n];
    double[] w = new double[n];
    for (int k = 0; k < n - 1; k++) {
      e[k] = reflector(a, k, v);
      if (v[k + 1] != 0) {
        reflect(a, k, v, w);
        accumulate(q, k, v);
      }
    }
    for (int i = 0; i < n; i++) {
      d[i] = a[i][i];
    }
    return q;
  }

  /** The v with (I − v vᵀ) x = β e₁ for x = a[k+1 …][k]; 0 where x has that form already. Returns β. */
  private static double reflector(double[][] a, int k, double[] v) {
    int n = a.length;
    double largest = 0;
    for (int i = k + 2; i < n; i++) {
      largest = Math.max(largest, Math.abs(a[i][k]));
    }
    v[k + 1] = 0;
    if (largest == 0) {
      return a[k + 1][k];
    }
    largest = Math.max(largest, Math.abs(a[k + 1][k]));
    double sum = 0;
    for (int i = k + 1; i < n; i++) {
      v[i] = a[i][k] / largest;
      sum += v[i] * v[i];
    }
    double norm = Math.copySign(Math.sqrt(sum), v[k + 1]);
    v[k + 1] += norm;
    double scale = 1 / Math.sqrt(norm * v[k + 1]); // ‖v‖² becomes 2
    for (int i = k + 1; i < n; i++) {
      v[i] *= scale;
    }
    return -norm * largest;
  }

  /** a ← (I − v vᵀ) a (I − v vᵀ) in the rows and columns behind k. */
  private static void reflect(double[][] a, int k, double[] v, double[] w) {
    int n = a.length;
    double dot = 0;
    for (int i = k + 1; i < n; i++) {
      double sum = 0;
      for (int j = k + 1; j < n; j++) {
        sum += a[i][j] * v[j];
      }
      w[i] = sum;
      dot += sum * v[i];
    }
    for (int i = k + 1; i < n; i++) {
      w[i] -= dot / 2 * v[i];
    }
    for (int i = k + 1; i < n; i++) {
      for (int j = k + 1; j <= i; j++) {
        a[i][j] -= v[i] * w[j] + w[i] * v[j];
        a[j][i] = a[i][j];
      }
    }
  }

  /** q ← q (I − v vᵀ). */
  private static void accumulate(double[][] q, int k, double[] v) {
    for (double[] row : q) {
      double sum = 0;
      for (int j = k + 1; j < v.length; j++) {
        sum += row[j] * v[j];
      }
      for (int j = k + 1; j < v.length; j++) {
        row[j] -= sum * v[j];
      }
    }
  }
}
