package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Roots of a symmetric positive definite matrix, by products alone, in double.
 *
 * <pre>
 *   Y ← A / s,  Z ← I,  s = 1.01² ‖A‖_F
 *   for each (a, b, c):   R = Z Y,   H = a I + b R + c R²,   Y ← Y H,   Z ← H Z          Y → (A/s)^(1/2),  Z → (A/s)^(−1/2)
 * </pre>
 *
 * <p>The rows are those of {@link Coefficients#polar}: eight steps where the coupled Newton–Schulz iteration (a = 3/2, b = −1/2) needs more than
 * twenty, then {@link OddPolynomial#QUINTIC} until R stands at I. R is formed anew from Y and Z in every step, which is what keeps rounding errors
 * small.
 *
 * <p>A: m×m, row-major, on and below the diagonal; the result is symmetric bit for bit and may overwrite A. About 4 m³ multiply-adds per step, 10
 * steps up to a condition of 10⁶, 20 up to 10¹²; {@link #INVERSE_FOURTH} takes twice as many. Floats are widened, computed with in double and
 * rounded once. Allocates nothing when warm.
 *
 * <p>Accuracy: relative error about cond(A) · 10⁻¹⁶ (for floats, of the matrix as it is rounded). What is returned is measured on the result, see
 * each constant. The same bits for scalar and SIMD, any vector width and number of threads.
 *
 * <p>Special values: a matrix that is not positive definite does not converge, and the returned error says so; result and error are
 * NaN with a NaN or an infinity, for zeros, and where ‖A‖² is more or less than a double holds (from about 10¹⁵⁴ on, below 10⁻¹⁶²).
 *
 * @see <a href="https://doi.org/10.1137/1.9780898717778">Higham: Functions of Matrices, chapters 6 and 7</a>
 * @see <a href="https://arxiv.org/abs/2505.16932">Amsel, Persson, Musco, Gower: The Polar Express</a>
 */
public enum MatrixRoot {
  /** A^(1/2) = √s Y; error ‖Y² − A‖_F / ‖A‖_F. */
  SQRT,
  /** A^(−1/2) = Z / √s; error ‖Z A Z − I‖_F / √m. */
  INVERSE_SQRT,
  /** A^(−1/4), the inverse root of A^(1/2); error ‖Z² A Z² − I‖_F / √m. */
  INVERSE_FOURTH,
  /** A^(−1) = Z² / s; error ‖Z A − I‖_F / √m. */
  INVERSE;

  // Squares.
  private static final int A = 0; // the input, kept for the error
  private static final int Y = 1;
  private static final int Z = 2;
  private static final int R = 3;
  private static final int H = 4;
  private static final int T = 5;
  private static final int SQUARES = 6;

  private static final Coefficients ROWS = Coefficients.polar(8);
  private static final double MARGIN = 1.01;
  private static final int MOST_STEPS = 80; // ρ = 1.875 per step: a condition of 10⁴⁰
  private static final double NEARLY = 1e-6; // ‖R − I‖ from which one more step of the quintic reaches rounding

  /**
   * Doubles of scratch for a matrix of so many rows.
   *
   * @throws IllegalArgumentException if it is negative or the scratch exceeds an array's size
   */
  public static int required(int m) {
    return Scratch.squares(SQUARES, m);
  }

  /**
   * Computes the root of a matrix of doubles.
   *
   * @param a m×m from {@code aOffset}, row-major; what is above the diagonal is not read
   * @param out receives the root from {@code outOffset}; may be {@code a} at the same offset
   * @param ws scratch of {@link #required} doubles
   * @return the error, measured as the constant says
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if m is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(int m, double[] a, int aOffset, double[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("a", a, aOffset, m, m, m);
    Strided.check("out", out, outOffset, m, m, m);
    DoubleIteration t = DoubleIteration.begin(SQUARES, m, a, aOffset, ws);
    try {
      double error = m == 0 ? 0 : compute(t);
      System.arraycopy(ws.doubles(), t.at(T), out, outOffset, m * m);
      return error;
    } finally {
      t.end();
    }
  }

  /**
   * Computes the root of a matrix of floats, in double.
   *
   * @param a m×m from {@code aOffset}, row-major; what is above the diagonal is not read
   * @param out receives the root from {@code outOffset}; may be {@code a} at the same offset
   * @param ws scratch of {@link #required} doubles
   * @return the error before the result is rounded, measured as the constant says
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if m is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public double apply(int m, float[] a, int aOffset, float[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("a", a, aOffset, m, m, m);
    Strided.check("out", out, outOffset, m, m, m);
    DoubleIteration t = DoubleIteration.begin(SQUARES, m, a, aOffset, ws);
    try {
      double error = m == 0 ? 0 : compute(t);
      Strided.narrow(m, m, ws.doubles(), t.at(T), out, outOffset, m);
      return error;
    } finally {
      t.end();
    }
  }

  /** T ← the root of A; returns the error. */
  private double compute(DoubleIteration t) {
    double s = converge(t, A);
    switch (this) {
      case SQRT -> t.combine(Math.sqrt(s), Y, 0, Y, 0, T);
      case INVERSE_SQRT -> t.combine(1 / Math.sqrt(s), Z, 0, Z, 0, T);
      case INVERSE -> {
        t.symmetrize(Z);
        t.symmetric(1 / s, Z, Z, 0, T, T);
      }
      case INVERSE_FOURTH -> {
        t.combine(Math.sqrt(s), Y, 0, Y, 0, T);
        t.symmetrize(T);
        double second = converge(t, T);
        t.combine(1 / Math.sqrt(second), Z, 0, Z, 0, T);
      }
    }
    t.symmetrize(T);
    return error(t);
  }

  private double error(DoubleIteration t) {
    switch (this) {
      case SQRT -> {
        double norm = Math.sqrt(t.sumOfSquares(A));
        t.copy(A, R);
        t.symmetric(1, T, T, -1, R, R);
        return Math.sqrt(t.sumOfSquares(R)) / norm;
      }
      case INVERSE -> t.multiply(T, A, R);
      case INVERSE_SQRT -> sandwich(t, T);
      case INVERSE_FOURTH -> {
        t.symmetric(1, T, T, 0, Y, Y);
        sandwich(t, Y);
      }
    }
    return Math.sqrt(t.sumOfSquaresFrom(R, 1) / t.m);
  }

  /** R ← X A X, by whole products: X A is symmetric but for the error that is to be seen. */
  private static void sandwich(DoubleIteration t, int x) {
    t.multiply(x, A, H);
    t.multiply(H, x, R);
  }

  /** Y, Z ← (X/s)^(1/2), (X/s)^(−1/2); returns s. X is kept. */
  private static double converge(DoubleIteration t, int x) {
    double norm = Math.sqrt(t.sumOfSquares(x));
    double s = norm > 0 && norm < Double.POSITIVE_INFINITY ? MARGIN * MARGIN * norm : Double.NaN;
    t.combine(1 / s, x, 0, x, 0, Y);
    t.combine(0, Y, 0, Y, 1, Z);
    double before = Double.POSITIVE_INFINITY;
    for (int i = 0; i < MOST_STEPS; i++) {
      if (i == 0) {
        t.copy(Y, R);
      } else {
        t.multiply(Z, Y, R);
      }
      double off = Math.sqrt(t.sumOfSquaresFrom(R, 1) / t.m);
      boolean near = off < NEARLY;
      if (Double.isNaN(off) || off < 0.1 && off >= before / 2) {
        break; // NaN, or rounding alone moves R
      }
      before = off;
      step(t, near || i >= ROWS.steps().size() ? OddPolynomial.QUINTIC : ROWS.steps().get(i));
      if (near) {
        break;
      }
    }
    return s;
  }

  /**
   * H from R, then Y ← Y H and Z ← H Z, each through a square that is free then. Whole products: mirroring a triangle would cut the tie between Y
   * and Z that keeps the iteration stable.
   */
  private static void step(DoubleIteration t, OddPolynomial p) {
    t.multiply(R, R, H);
    t.combine(p.c(), H, p.b(), R, p.a(), H);
    t.multiply(Y, H, R);
    t.copy(R, Y);
    t.multiply(H, Z, R);
    t.copy(R, Z);
  }
}
