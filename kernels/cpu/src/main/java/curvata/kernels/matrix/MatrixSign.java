package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * The sign of a symmetric matrix: every eigenvalue becomes 1 or −1, by products alone, in double.
 *
 * <pre>
 *   X ← A / (1.01 ‖A‖_F);   for each (a, b, c):   B = X²,   X ← X (a I + b B + c B²)
 * </pre>
 *
 * <p>The rows are those of {@link Coefficients#polar}, then {@link OddPolynomial#QUINTIC} until B stands at I. (I + sign A)/2 projects on the
 * eigenvectors of positive eigenvalues; their number is (m + tr sign A)/2.
 *
 * <p>A: m×m, row-major, on and below the diagonal; the result is symmetric bit for bit and may overwrite A. 3/2 m³ multiply-adds per step;
 * eigenvalues near zero arrive late, by 1.875 per step. Allocates nothing when warm. Accuracy about 10⁻¹⁶ ‖A‖ / min|λ|. The same bits for scalar
 * and SIMD, any vector width and number of threads.
 *
 * <p>Special values: an eigenvalue 0 stays 0, and the returned error says so; zeros give zeros. Result and error are NaN with a NaN or an infinity, and where
 * ‖A‖² is more than a double holds (from about 10¹⁵⁴ on); where it underflows (below 10⁻¹⁶²) A comes back as zeros do, with error 1.
 *
 * @see <a href="https://doi.org/10.1137/1.9780898717778">Higham: Functions of Matrices, chapter 5</a>
 */
public final class MatrixSign {
  private static final int X = 0;
  private static final int B = 1;
  private static final int H = 2;
  private static final int SQUARES = 3;

  private static final Coefficients ROWS = Coefficients.polar(8);
  private static final double MARGIN = 1.01;
  private static final int MOST_STEPS = 80;
  private static final double NEARLY = 1e-6;

  private MatrixSign() {}

  /**
   * Doubles of scratch for a matrix of so many rows.
   *
   * @throws IllegalArgumentException if it is negative or the scratch exceeds an array's size
   */
  public static int required(int m) {
    return Scratch.squares(SQUARES, m);
  }

  /**
   * Computes the sign.
   *
   * @param a m×m from {@code aOffset}, row-major; what is above the diagonal is not read
   * @param out receives the sign from {@code outOffset}; may be {@code a} at the same offset
   * @param ws scratch of {@link #required} doubles
   * @return the error ‖S² − I‖_F / √m
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if m is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double apply(int m, double[] a, int aOffset, double[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("a", a, aOffset, m, m, m);
    Strided.check("out", out, outOffset, m, m, m);
    DoubleIteration t = DoubleIteration.begin(SQUARES, m, a, aOffset, ws);
    try {
      double error = m == 0 ? 0 : converge(t);
      System.arraycopy(ws.doubles(), t.at(X), out, outOffset, m * m);
      return error;
    } finally {
      t.end();
    }
  }

  private static double converge(DoubleIteration t) {
    double norm = MARGIN * Math.sqrt(t.sumOfSquares(X));
    if (norm != 0) {
      t.combine(Double.isFinite(norm) ? 1 / norm : Double.NaN, X, 0, X, 0, X);
    }
    double off = Double.POSITIVE_INFINITY;
    for (int i = 0; i < MOST_STEPS; i++) {
      t.symmetric(1, X, X, 0, B, B);
      double before = off;
      off = Math.sqrt(t.sumOfSquaresFrom(B, 1) / t.m);
      if (Double.isNaN(off) || norm == 0 || off < NEARLY && off >= before / 2) {
        break;
      }
      OddPolynomial p = off < NEARLY || i >= ROWS.steps().size() ? OddPolynomial.QUINTIC : ROWS.steps().get(i);
      t.symmetric(p.c(), B, B, p.b(), B, H);
      t.shift(H, p.a());
      t.symmetric(1, X, H, 0, B, B);
      t.copy(B, X);
    }
    return off;
  }
}
