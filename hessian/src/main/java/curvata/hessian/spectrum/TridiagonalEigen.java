package curvata.hessian.spectrum;

import curvata.kernels.Checks;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues of a symmetric tridiagonal matrix, and as many rows of its eigenvectors as are wanted, by implicit QL steps with Wilkinson's shift.
 *
 * <pre>
 *   T = tridiag(α, β) = S Θ Sᵀ,   θ_0 ≤ θ_1 ≤ …
 * </pre>
 *
 * <p>In double; eigenvalues to a few units of 2⁻⁵³ ‖T‖. k² rotations in all, each over the rows carried: first and last rows cost O(k²), all of them
 * O(k³).
 *
 * @see <a href="https://doi.org/10.1007/978-3-642-86940-2">Wilkinson, Reinsch: Handbook for Automatic Computation II/3 (tql2)</a>
 */
public final class TridiagonalEigen {
  private static final int STEPS = 60; // per eigenvalue; two suffice on average

  private final double[] values;
  private final double[][] rows;

  private TridiagonalEigen(double[] values, double[][] rows) {
    this.values = values;
    this.rows = rows;
  }

  /**
   * Eigenvalues with the first and last rows of S: what quadrature and residuals need.
   *
   * @param alpha the diagonal, k ≥ 1 numbers
   * @param beta what is beside it, at least k − 1 numbers
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if an array is too short or a number is not finite
   */
  public static TridiagonalEigen ends(double[] alpha, double[] beta) {
    double[][] rows = new double[2][alpha.length];
    if (alpha.length > 0) {
      rows[0][0] = 1;
      rows[1][alpha.length - 1] = 1;
    }
    return of(alpha, beta, rows);
  }

  /** Eigenvalues with all rows of S; throws as {@link #ends}. */
  public static TridiagonalEigen full(double[] alpha, double[] beta) {
    double[][] rows = new double[alpha.length][alpha.length];
    for (int i = 0; i < alpha.length; i++) {
      rows[i][i] = 1;
    }
    return of(alpha, beta, rows);
  }

  /** Eigenvalues with the rows of Z S for a given Z of k columns, which is overwritten. */
  static TridiagonalEigen of(double[] alpha, double[] beta, double[][] z) {
    int k = alpha.length;
    Checks.that(k >= 1, "alpha.length", k, ">= 1");
    Checks.that(beta.length >= k - 1, "beta.length", beta.length, ">= " + (k - 1) + " (alpha.length - 1)");
    double[] d = alpha.clone();
    double[] e = Arrays.copyOf(beta, k);
    e[k - 1] = 0;
    for (int i = 0; i < k; i++) {
      Checks.that(Double.isFinite(d[i]), "alpha[" + i + "]", d[i], "a finite number");
      Checks.that(Double.isFinite(e[i]), "beta[" + i + "]", e[i], "a finite number");
    }
    diagonalize(d, e, z);
    return sorted(d, z);
  }

  /** How many eigenvalues there are. */
  public int size() {
    return values.length;
  }

  /** Eigenvalue i, ascending. */
  public double value(int i) {
    return values[i];
  }

  /** All eigenvalues, ascending; a copy. */
  public double[] values() {
    return values.clone();
  }

  /** First component of eigenvector i. */
  public double first(int i) {
    return rows[0][i];
  }

  /** Last component of eigenvector i. */
  public double last(int i) {
    return rows[rows.length - 1][i];
  }

  /** Component j of eigenvector i; where only the ends were asked for, j = 0 is the first and j = 1 the last. */
  public double component(int j, int i) {
    return rows[j][i];
  }

  private static void diagonalize(double[] d, double[] e, double[][] z) {
    int k = d.length;
    double scale = 0; // of the whole matrix: what is below its rounding is no coupling
    for (int i = 0; i < k; i++) {
      scale = Math.max(scale, Math.abs(d[i]) + Math.abs(e[i]));
    }
    for (int l = 0; l < k; l++) {
      for (int step = 0;; step++) {
        int m = l;
        while (m < k - 1 && !negligible(e[m], d[m], d[m + 1], scale)) {
          m++;
        }
        if (m == l) {
          break;
        }
        if (step == STEPS) {
          throw new IllegalStateException("eigenvalue " + l + " of " + k + " not found in " + STEPS + " QL steps");
        }
        qlStep(d, e, z, l, m);
      }
    }
  }

  private static boolean negligible(double e, double d, double next, double scale) {
    return Math.abs(e) <= 0x1p-53 * (Math.abs(d) + Math.abs(next)) || Math.abs(e) <= 0x1p-60 * scale;
  }

  /** One implicit QL step on the unreduced block l, …, m. */
  private static void qlStep(double[] d, double[] e, double[][] z, int l, int m) {
    double g = (d[l + 1] - d[l]) / (2 * e[l]);
    double r = StrictMath.hypot(g, 1);
    g = d[m] - d[l] + e[l] / (g + Math.copySign(r, g));
    double s = 1;
    double c = 1;
    double p = 0;
    for (int i = m - 1; i >= l; i--) {
      double f = s * e[i];
      double b = c * e[i];
      r = StrictMath.hypot(f, g);
      e[i + 1] = r;
      if (r == 0) { // the block falls apart here
        d[i + 1] -= p;
        e[m] = 0;
        return;
      }
      s = f / r;
      c = g / r;
      g = d[i + 1] - p;
      r = (d[i] - g) * s + 2 * c * b;
      p = s * r;
      d[i + 1] = g + p;
      g = c * r - b;
      for (double[] row : z) {
        double t = row[i + 1];
        row[i + 1] = s * row[i] + c * t;
        row[i] = c * row[i] - s * t;
      }
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
  }

  private static TridiagonalEigen sorted(double[] d, double[][] z) {
    int[] order = IntStream.range(0, d.length).boxed().sorted(Comparator.comparingDouble(i -> d[i])).mapToInt(i -> i).toArray();
    double[] values = new double[d.length];
    double[][] rows = new double[z.length][d.length];
    for (int i = 0; i < d.length; i++) {
      values[i] = d[order[i]];
      for (int j = 0; j < z.length; j++) {
        rows[j][i] = z[j][order[i]];
      }
    }
    return new TridiagonalEigen(values, rows);
  }
}
