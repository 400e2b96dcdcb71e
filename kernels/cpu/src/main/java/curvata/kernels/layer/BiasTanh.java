package curvata.kernels.layer;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import curvata.kernels.elementary.Tanh;
import jdk.incubator.vector.FloatVector;

/**
 * Bias and hyperbolic tangent of a layer, forward and backward, in place.
 *
 * <pre>
 *   x_ij ← tanh(x_ij + b_j)            ∂x ← ∂y (1 − y²)
 * </pre>
 *
 * Forward: blocks are contiguous rows; bias and {@link Tanh} go over chunks of rows that stay in the first-level cache, so that memory is read and
 * written once. Backward: element by element, 1 − y² with one rounding, the product with another: error at most 2⁻²³ of the exact product.
 *
 * <p>NaN and infinity propagate (∞ · 0 is NaN). Same bits for either backend, any vector width and however rows are split. Allocates nothing.
 */
public final class BiasTanh {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private BiasTanh() {}

  /**
   * Replaces every row by the tangent of itself plus the bias.
   *
   * @param x rows · cols floats from offset on
   * @param bias cols floats from biasOffset on, apart from the rows
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a block does not fit its array or the two overlap; nothing is written then
   */
  public static void forward(float[] x, int offset, int rows, int cols, float[] bias, int biasOffset) {
    Bias.check("x", x, offset, rows, cols, "bias", bias, biasOffset);
    int chunk = Rows.perChunk(cols);
    for (int i = 0, count; i < rows; i += count) {
      count = Math.min(chunk, rows - i);
      int at = offset + i * cols;
      Bias.range(x, at, count, cols, bias, biasOffset);
      Tanh.tanh(x, x, at, at + count * cols);
    }
  }

  /**
   * Replaces the gradient by the outputs y by that by the sums the tangent was taken of.
   *
   * @param y outputs of {@link #forward}; only read
   * @param dy gradient, in place; another array
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit an array or both are the same; nothing is written then
   */
  public static void backward(float[] y, float[] dy, int from, int to) {
    Checks.range("y", y, from, to);
    Checks.range("dy", dy, from, to);
    Rows.distinct("y", y, "dy", dy);
    if (SIMD) {
      Simd.backward(y, dy, from, to);
    } else {
      scalarBackward(y, dy, from, to);
    }
  }

  static void scalarBackward(float[] y, float[] dy, int from, int to) {
    for (int i = from; i < to; i++) {
      dy[i] = dy[i] * Math.fma(-y[i], y[i], 1);
    }
  }

  static final class Simd {
    static void backward(float[] y, float[] dy, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var v = FloatVector.fromArray(F, y, i);
        FloatVector.fromArray(F, dy, i).mul(v.neg().fma(v, FloatVector.broadcast(F, 1))).intoArray(dy, i);
      }
      scalarBackward(y, dy, i, to);
    }
  }
}
