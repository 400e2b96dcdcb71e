package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * The coupled iterations for inverse roots as they are published, a fixed number of steps, in double.
 *
 * <pre>
 *   inverseSqrt:   Y₀ = A/s, Z₀ = I;   M = (3 I − Z Y)/2,   Y ← Y M,   Z ← M Z;   result Z / √s            Denman, Beavers; Higham
 *   inverseRoot:   z = (1 + p)/(2 λ), X₀ = z^(1/p) I, M₀ = z A;   S = ((p + 1) I − M)/p,   X ← X S,   M ← Sᵖ M   Iannazzo; Shampoo
 * </pre>
 *
 * <p>For fidelity to rules that were published with them: an early iterate is part of such a rule. Where the root itself is wanted, {@link
 * MatrixRoot} takes fewer products. On the null space of a semidefinite A, Z grows by 3/2 in every step.
 *
 * <p>A: m×m, row-major, on and below the diagonal; the result is symmetric bit for bit and may overwrite A. 3 m³ multiply-adds per step, 4 m³ for p
 * = 4. Allocates nothing when warm. The same bits for scalar and SIMD, any vector width and number of threads. NaN and infinity propagate.
 *
 * @see <a href="https://doi.org/10.1137/050624790">Iannazzo: On the Newton Method for the Matrix p-th Root</a>
 * @see <a href="https://arxiv.org/abs/2002.09018">Anil et al.: Scalable Second Order Optimization for Deep Learning</a>
 */
public final class CoupledNewton {
  private static final int A = 0;
  private static final int Y = 1; // M of the root iteration
  private static final int Z = 2; // X of the root iteration
  private static final int M = 3; // S of the root iteration
  private static final int T = 4;
  private static final int SQUARES = 5;

  private CoupledNewton() {}

  /**
   * Doubles of scratch for a matrix of so many rows.
   *
   * @throws IllegalArgumentException if it is negative or the scratch exceeds an array's size
   */
  public static int required(int m) {
    return Scratch.squares(SQUARES, m);
  }

  /**
   * A^(−1/2) by coupled Newton–Schulz.
   *
   * @param s what A is divided by: at least its largest eigenvalue, such as ‖A‖_F; 0 takes ‖A‖_F
   * @param a m×m from {@code aOffset}, row-major; what is above the diagonal is not read
   * @param out receives the result from {@code outOffset}; may be {@code a} at the same offset
   * @param ws scratch of {@link #required} doubles
   * @return the error ‖Z A Z − I‖_F / √m of the result
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double inverseSqrt(int steps, double s, int m, double[] a, int aOffset, double[] out, int outOffset, Workspace ws) {
    Checks.that(steps >= 0, "steps", steps, ">= 0");
    Checks.that(s >= 0, "s", s, ">= 0");
    DoubleIteration t = begin(m, a, aOffset, out, outOffset, ws);
    double by = s > 0 ? s : Math.sqrt(t.sumOfSquares(A));
    t.combine(1 / by, A, 0, A, 0, Y);
    t.combine(0, Y, 0, Y, 1, Z);
    for (int i = 0; i < steps; i++) {
      t.multiply(Z, Y, M); // whole products: mirroring a triangle would cut the tie between Y and Z that keeps the iteration stable
      t.combine(-0.5, M, 0, M, 1.5, M);
      t.multiply(Y, M, T);
      t.copy(T, Y);
      t.multiply(M, Z, T);
      t.copy(T, Z);
    }
    t.symmetrize(Z);
    t.combine(1 / Math.sqrt(by), Z, 0, Z, 0, Z);
    return end(t, 2, out, outOffset, ws);
  }

  /**
   * A^(−1/p) by coupled Newton.
   *
   * @param p 2 or 4
   * @param lambda an upper bound of the largest eigenvalue, close to it
   * @param a m×m from {@code aOffset}, row-major; what is above the diagonal is not read
   * @param out receives the result from {@code outOffset}; may be {@code a} at the same offset
   * @param ws scratch of {@link #required} doubles
   * @return the error ‖X^(p/2) A X^(p/2) − I‖_F / √m of the result
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if p is another, a number is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double inverseRoot(
      int p, int steps, double lambda, int m, double[] a, int aOffset, double[] out, int outOffset, Workspace ws) {
    Checks.that(p == 2 || p == 4, "p", p, "2 or 4");
    Checks.that(steps >= 0, "steps", steps, ">= 0");
    Checks.that(lambda > 0, "lambda", lambda, "> 0");
    DoubleIteration t = begin(m, a, aOffset, out, outOffset, ws);
    double z = (1 + p) / (2 * lambda);
    double root = p == 2 ? Math.sqrt(z) : Math.sqrt(Math.sqrt(z));
    t.combine(z, A, 0, A, 0, Y);
    t.combine(0, Y, 0, Y, root, Z);
    for (int i = 0; i < steps; i++) {
      t.combine(-1.0 / p, Y, 0, Y, (p + 1.0) / p, M);
      t.multiply(Z, M, T);
      t.copy(T, Z);
      for (int power = p; power > 1; power /= 2) {
        t.multiply(M, M, T);
        t.copy(T, M);
      }
      t.multiply(M, Y, T);
      t.copy(T, Y);
    }
    t.symmetrize(Z);
    return end(t, p, out, outOffset, ws);
  }

  /**
   * The largest eigenvalue of a symmetric positive semidefinite matrix by power iteration, times 1.02: it comes from below.
   *
   * @param steps products with A, each m² multiply-adds
   * @param a m×m from {@code aOffset}, row-major
   * @param ws scratch of 2 m doubles
   * @throws NullPointerException if the array or the workspace is null
   * @throws IllegalArgumentException if a number is negative or the matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double largest(int steps, int m, double[] a, int aOffset, Workspace ws) {
    Checks.that(steps >= 1, "steps", steps, ">= 1");
    Strided.check("a", a, aOffset, m, m, m);
    int mark = ws.takeDoubles(2 * m);
    double[] x = ws.doubles();
    double value = 0;
    for (int i = 0; i < m; i++) {
      x[mark + i] = 1 + 1.0 / (i + 2); // orthogonal to no eigenvector that is likely
    }
    for (int step = 0; step <= steps; step++) {
      double square = 0;
      for (int i = 0; i < m; i++) {
        square += x[mark + i] * x[mark + i];
      }
      value = step == 0 ? 0 : Math.sqrt(square);
      double by = square > 0 ? 1 / Math.sqrt(square) : 0;
      for (int i = 0; i < m; i++) {
        x[mark + m + i] = x[mark + i] * by;
      }
      for (int i = 0; i < m && step < steps; i++) {
        double sum = 0;
        for (int j = 0; j < m; j++) {
          sum += a[aOffset + i * m + j] * x[mark + m + j];
        }
        x[mark + i] = sum;
      }
    }
    ws.releaseDoubles(mark);
    return 1.02 * value;
  }

  private static DoubleIteration begin(int m, double[] a, int aOffset, double[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("a", a, aOffset, m, m, m);
    Strided.check("out", out, outOffset, m, m, m);
    return DoubleIteration.begin(SQUARES, m, a, aOffset, ws);
  }

  /** Measures the error of Z, hands Z over and gives back the scratch. */
  private static double end(DoubleIteration t, int p, double[] out, int outOffset, Workspace ws) {
    int power = Z;
    if (p == 4) {
      t.symmetric(1, Z, Z, 0, Y, Y);
      power = Y;
    }
    t.multiply(power, A, M);
    t.multiply(M, power, T);
    double error = t.m == 0 ? 0 : Math.sqrt(t.sumOfSquaresFrom(T, 1) / t.m);
    System.arraycopy(ws.doubles(), t.at(Z), out, outOffset, t.m * t.m);
    t.end();
    return error;
  }
}
