package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Whitening: rows standardized, then decorrelated.
 *
 * <pre>
 *   N(i, ·) ← (G(i, ·) − mean_i) / deviation_i          population deviation, √(Σ (g − mean)² / n)
 *   W ← (N Nᵀ)^(−1/2) N = polar(N)
 * </pre>
 *
 * <p>{@link #apply} takes the polar factor, which costs less and never forms the square of the condition number; {@link #coupled} is the iteration as
 * published, whose iterate after a few steps is part of the rule. Removing the mean leaves the vector of ones in the right null space of N, which
 * harms nothing where rows &lt; columns.
 *
 * <p>Input and output may be the same, else they must not overlap. Means and deviations in double, in ascending order, the mean as the first element and
 * the mean distance from it: then a row of equal numbers has no deviation, however its sum rounds. Allocates nothing when warm. The same bits for scalar
 * and SIMD, any vector width and number of threads.
 *
 * <p>Special values: a row without deviation becomes zeros; NaN and infinity make their row NaN, and with it the result.
 *
 * @see <a href="https://arxiv.org/abs/2412.13148">Ma et al.: SWAN: SGD with Normalization and Whitening Enables Stateless LLM Training</a>
 */
public final class Whitening {
  private Whitening() {}

  /**
   * N: rows of mean 0 and deviation 1.
   *
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   */
  public static void standardizeRows(int rows, int cols, float[] g, int gOffset, float[] out, int outOffset) {
    Strided.check("g", g, gOffset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    Strided.checkSameOrApart(rows, cols, g, gOffset, cols, out, outOffset, cols);
    for (int i = 0; i < rows; i++) {
      int from = gOffset + i * cols;
      int to = outOffset + i * cols;
      double first = cols > 0 ? g[from] : 0;
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += g[from + j] - first;
      }
      double mean = first + sum / cols;
      double square = 0;
      for (int j = 0; j < cols; j++) {
        square += (g[from + j] - mean) * (g[from + j] - mean);
      }
      double by = square == 0 ? 0 : 1 / Math.sqrt(square / cols);
      for (int j = 0; j < cols; j++) {
        out[to + j] = (float) ((g[from + j] - mean) * by);
      }
    }
  }

  /** The same on doubles. */
  public static void standardizeRows(int rows, int cols, double[] g, int gOffset, double[] out, int outOffset) {
    Strided.check("g", g, gOffset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    Strided.checkSameOrApart(rows, cols, g, gOffset, cols, out, outOffset, cols);
    for (int i = 0; i < rows; i++) {
      int from = gOffset + i * cols;
      int to = outOffset + i * cols;
      double first = cols > 0 ? g[from] : 0;
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += g[from + j] - first;
      }
      double mean = first + sum / cols;
      double square = 0;
      for (int j = 0; j < cols; j++) {
        square += (g[from + j] - mean) * (g[from + j] - mean);
      }
      double by = square == 0 ? 0 : 1 / Math.sqrt(square / cols);
      for (int j = 0; j < cols; j++) {
        out[to + j] = (g[from + j] - mean) * by;
      }
    }
  }

  /**
   * Floats of scratch for {@link #apply}, and {@link NewtonSchulz#requiredDoubles} doubles.
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public static int required(NewtonSchulz recipe, int rows, int cols) {
    return Math.max(recipe.required(rows, cols), Orthogonality.required(rows, cols));
  }

  /**
   * W: rows standardized, then orthogonalized by a recipe such as {@link NewtonSchulz#polar(double)}.
   *
   * @param ws scratch of {@link #required} floats and {@link NewtonSchulz#requiredDoubles} doubles
   * @return the error ‖W Wᵀ − I‖_F / √min(rows, cols)
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public static double apply(
      NewtonSchulz recipe, int rows, int cols, float[] g, int gOffset, float[] out, int outOffset, Workspace ws) {
    Objects.requireNonNull(recipe, "recipe");
    Objects.requireNonNull(ws, "ws");
    Strided.check("g", g, gOffset, rows, cols, cols);
    int floats = Math.max(Scratch.floats(recipe, rows, cols), Orthogonality.scratch(rows, cols));
    ws.releaseFloats(ws.takeFloats(floats)); // nothing is written before scratch is known to be enough
    ws.releaseDoubles(ws.takeDoubles(Scratch.doubles(recipe, rows, cols)));
    standardizeRows(rows, cols, g, gOffset, out, outOffset);
    recipe.apply(rows, cols, out, outOffset, out, outOffset, ws);
    return Orthogonality.residual(rows, cols, out, outOffset, cols, ws);
  }

  /**
   * Doubles of scratch for {@link #coupled}.
   *
   * @throws IllegalArgumentException if a dimension is negative or the scratch exceeds an array's size
   */
  public static int requiredCoupled(int rows, int cols) {
    long count = 2L * rows * rows + (long) rows * cols + CoupledNewton.required(rows);
    if (rows < 0 || cols < 0 || count > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException("rows, cols = " + rows + ", " + cols + ", expected 0 or more, and " + count + " doubles to fit an array");
    }
    return (int) count;
  }

  /**
   * (N Nᵀ)^(−1/2) N by so many steps of the coupled iteration, divided by s = ‖N Nᵀ‖_F, for an N that is standardized already.
   *
   * @param ws scratch of {@link #requiredCoupled} doubles
   * @return the error ‖Z N Nᵀ Z − I‖_F / √rows of the iterate
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative or a matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double coupled(int steps, int rows, int cols, double[] normalized, int offset, double[] out, int outOffset, Workspace ws) {
    Strided.check("normalized", normalized, offset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    ws.releaseDoubles(ws.takeDoubles(requiredCoupled(rows, cols)));
    int square = ws.takeDoubles(rows * rows);
    int copy = ws.takeDoubles(rows * cols);
    try {
      double[] x = ws.doubles();
      System.arraycopy(normalized, offset, x, copy, rows * cols);
      DoubleProduct.multiply(
          false, true, rows, rows, cols, 1, x, copy, cols, x, copy, cols, 0, x, square, rows, x, square, rows, true, ws);
      double error = CoupledNewton.inverseSqrt(steps, 0, rows, x, square, x, square, ws);
      DoubleProduct.multiply(
          false, false, rows, cols, rows, 1, x, square, rows, x, copy, cols, 0, out, outOffset, cols, out, outOffset, cols, false, ws);
      return error;
    } finally {
      ws.releaseDoubles(square);
    }
  }
}
