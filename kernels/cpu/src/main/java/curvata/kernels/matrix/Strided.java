package curvata.kernels.matrix;

import java.util.Arrays;
import java.util.Objects;

/** Row-major matrices inside arrays, rows a stride apart: what doors check of them, and passes over their elements. Allocates only where it throws. */
final class Strided {
  private Strided() {}

  /** Requires that a matrix lies inside its array. */
  static void check(String name, float[] x, int offset, int rows, int cols, int stride) {
    check(name, Objects.requireNonNull(x, name).length, offset, rows, cols, stride);
  }

  /** Requires that a matrix lies inside its array. */
  static void check(String name, double[] x, int offset, int rows, int cols, int stride) {
    check(name, Objects.requireNonNull(x, name).length, offset, rows, cols, stride);
  }

  /** Requires that a matrix lies inside its array. */
  static void check(String name, short[] x, int offset, int rows, int cols, int stride) {
    check(name, Objects.requireNonNull(x, name).length, offset, rows, cols, stride);
  }

  private static void check(String name, int length, int offset, int rows, int cols, int stride) {
    if (rows < 0 || cols < 0) {
      throw new IllegalArgumentException("shape of " + name + " = " + rows + " x " + cols + ", expected dimensions >= 0");
    }
    if (stride < cols) {
      throw new IllegalArgumentException("stride of " + name + " = " + stride + ", expected >= " + cols + " (elements of a stored row)");
    }
    long end = end(offset, rows, cols, stride);
    if (offset < 0 || end > length) {
      throw new IllegalArgumentException(
          name + " holds [" + offset + ", " + end + ") (" + rows + " x " + cols + ", stride " + stride + "), expected within [0, " + length + ")");
    }
  }

  /** The index after the last element. */
  static long end(int offset, int rows, int cols, int stride) {
    return rows == 0 || cols == 0 ? offset : offset + (rows - 1L) * stride + cols;
  }

  /**
   * Requires that an output is the input itself or apart from it.
   *
   * @param in the array of the input; likewise {@code out}: arrays of one type, of which only the identity counts
   */
  static void checkSameOrApart(int rows, int cols, Object in, int inAt, int inStride, Object out, int outAt, int outStride) {
    if (in != out || inAt == outAt && inStride == outStride) {
      return;
    }
    long inEnd = end(inAt, rows, cols, inStride);
    long outEnd = end(outAt, rows, cols, outStride);
    if (Math.max(inAt, outAt) < Math.min(inEnd, outEnd)) {
      throw new IllegalArgumentException(
          "out overlaps in: [" + outAt + ", " + outEnd + ") and [" + inAt + ", " + inEnd + ") of one array, expected the same or disjoint");
    }
  }

  /** y ← factor · x, multiplied in double: one rounding, and the factor of a tiny or huge matrix is in range. */
  static void scale(int rows, int cols, double factor, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      int from = xAt + i * xStride;
      int to = yAt + i * yStride;
      for (int j = 0; j < cols; j++) {
        y[to + j] = (float) (x[from + j] * factor);
      }
    }
  }

  /** Y ← X. */
  static void copy(int rows, int cols, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xAt + i * xStride, y, yAt + i * yStride, cols);
    }
  }

  /** Y ← X, exactly, without gaps. */
  static void widen(int rows, int cols, float[] x, int xAt, int xStride, double[] y, int yAt) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        y[yAt + i * cols + j] = x[xAt + i * xStride + j];
      }
    }
  }

  /** Y ← X, rounded, from a matrix without gaps. */
  static void narrow(int rows, int cols, double[] x, int xAt, float[] y, int yAt, int yStride) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        y[yAt + i * yStride + j] = (float) x[xAt + i * cols + j];
      }
    }
  }

  /** Every element of Y becomes the value. */
  static void fill(int rows, int cols, float[] y, int at, int stride, float value) {
    for (int i = 0; i < rows; i++) {
      Arrays.fill(y, at + i * stride, at + i * stride + cols, value);
    }
  }
}
