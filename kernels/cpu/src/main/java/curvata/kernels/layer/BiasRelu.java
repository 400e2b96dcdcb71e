package curvata.kernels.layer;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Bias and rectifier of a layer, forward and backward, in place.
 *
 * <pre>
 *   x_ij ← max(0, x_ij + b_j)            ∂x ← 0 where y ≤ 0, ∂y elsewhere
 * </pre>
 *
 * Forward: blocks are contiguous rows. Backward: element by element, exact. −0 becomes +0, whose derivative is taken as 0; NaN stays NaN, and lets
 * the gradient pass. Same bits for either backend, any vector width and however rows are split. Allocates nothing.
 */
public final class BiasRelu {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private BiasRelu() {}

  /**
   * Replaces every row by the positive part of itself plus the bias.
   *
   * @param x rows · cols floats from offset on
   * @param bias cols floats from biasOffset on, apart from the rows
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a block does not fit its array or the two overlap; nothing is written then
   */
  public static void forward(float[] x, int offset, int rows, int cols, float[] bias, int biasOffset) {
    Bias.check("x", x, offset, rows, cols, "bias", bias, biasOffset);
    for (int i = 0; i < rows; i++) {
      if (SIMD) {
        Simd.row(x, offset + i * cols, bias, biasOffset, cols);
      } else {
        scalar(x, offset + i * cols, bias, biasOffset, 0, cols);
      }
    }
  }

  /**
   * Replaces the gradient by the outputs y by that by the sums the positive part was taken of.
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

  static void scalar(float[] x, int row, float[] bias, int at, int from, int to) {
    for (int j = from; j < to; j++) {
      x[row + j] = Math.max(x[row + j] + bias[at + j], 0);
    }
  }

  static void scalarBackward(float[] y, float[] dy, int from, int to) {
    for (int i = from; i < to; i++) {
      dy[i] = y[i] <= 0 ? 0 : dy[i];
    }
  }

  static final class Simd {
    static void row(float[] x, int row, float[] bias, int at, int cols) {
      int j = 0;
      for (int end = F.loopBound(cols); j < end; j += F.length()) {
        FloatVector.fromArray(F, x, row + j).add(FloatVector.fromArray(F, bias, at + j)).max(0).intoArray(x, row + j);
      }
      scalar(x, row, bias, at, j, cols);
    }

    static void backward(float[] y, float[] dy, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var off = FloatVector.fromArray(F, y, i).compare(VectorOperators.LE, 0);
        FloatVector.fromArray(F, dy, i).blend(0, off).intoArray(dy, i);
      }
      scalarBackward(y, dy, i, to);
    }
  }
}
