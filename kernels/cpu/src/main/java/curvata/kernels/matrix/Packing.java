package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.internal.Species.I;
import static curvata.kernels.matrix.PackedProduct.STRIDE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Copies blocks of operands into the order in which the micro-kernels read them; only moves numbers, so it has no part in what they are. */
final class Packing {
  private static final int V = F.length();

  private Packing() {}

  /**
   * Rows of op(A) at a distance of STRIDE, followed by rows of zeros up to a multiple of {@link Tile4#ROWS}; element (r, p) is
   * {@code src[at + r * down + p * along]}, and one of the steps is 1; {@code tile} is where dst has {@link PackedProduct#TILE} floats to spare.
   */
  static void rows(float[] src, int at, int down, int along, int rows, int depth, float[] dst, int to, int tile) {
    if (along == 1) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(src, at + r * down, dst, to + r * STRIDE, depth);
      }
    } else {
      transpose(src, at, along, depth, rows, dst, tile, dst, to, STRIDE);
    }
    for (int r = rows; r % Tile4.ROWS != 0; r++) {
      Arrays.fill(dst, to + r * STRIDE, to + r * STRIDE + depth, 0);
    }
  }

  /**
   * Columns of op(B) as {@code [panel][p][width]}, width by {@link PackedProduct#panel}, the last panel filled with zeros; element (p, j) is
   * {@code src[at + p * down + j * along]}, and one of the steps is 1; {@code tile} as in {@link #rows}.
   */
  static void panels(float[] src, int at, int down, int along, int cols, int depth, float[] dst, int to, int tile) {
    for (int j = 0, width; j < cols; j += width, at += width * along, to += depth * width) {
      width = PackedProduct.panel(cols - j);
      int left = Math.min(width, cols - j);
      if (left < width) {
        Arrays.fill(dst, to, to + depth * width, 0);
      }
      if (along == 1) {
        if (left == width) {
          Simd.copyPanel(src, at, down, depth, dst, to, width);
        } else {
          for (int p = 0; p < depth; p++) {
            for (int s = 0; s < left; s++) {
              dst[to + p * width + s] = src[at + p * down + s];
            }
          }
        }
      } else {
        transpose(src, at, along, left, depth, dst, tile, dst, to, width);
      }
    }
  }

  /** dst(p, r) ← src(r, p): rows of the source become columns. Squares pass through {@link PackedProduct#TILE} floats of scratch. */
  static void transpose(float[] src, int at, int step, int rows, int cols, float[] scratch, int tile, float[] dst, int to, int width) {
    int r = 0;
    for (; r + V <= rows; r += V) {
      int p = 0;
      for (; p + V <= cols; p += V) {
        Simd.square(src, at + r * step + p, step, scratch, tile, dst, to + p * width + r, width);
      }
      interleave(src, at + r * step + p, step, V, cols - p, dst, to + p * width + r, width);
    }
    interleave(src, at + r * step, step, rows - r, cols, dst, to + r, width);
  }

  /** Four lines at a time, so that what is written together lies together. */
  private static void interleave(float[] src, int at, int step, int rows, int cols, float[] dst, int to, int width) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      int r0 = at + r * step;
      int r1 = r0 + step;
      int r2 = r1 + step;
      int r3 = r2 + step;
      for (int p = 0, next = to + r; p < cols; p++, next += width) {
        dst[next] = src[r0 + p];
        dst[next + 1] = src[r1 + p];
        dst[next + 2] = src[r2 + p];
        dst[next + 3] = src[r3 + p];
      }
    }
    for (; r < rows; r++) {
      for (int p = 0, from = at + r * step, next = to + r; p < cols; p++, from++, next += width) {
        dst[next] = src[from];
      }
    }
  }

  static final class Simd {
    private static final int[] LOW1 = low(1);
    private static final int[] HIGH1 = high(1);
    private static final int[] LOW2 = low(2);
    private static final int[] HIGH2 = high(2);
    private static final int[] LOW4 = low(4);
    private static final int[] HIGH4 = high(4);
    private static final int[] LOW8 = low(8);
    private static final int[] HIGH8 = high(8);

    private Simd() {}

    /** Lanes of (a, b): those of a with the bit clear stay, those with the bit set come from b's lanes with it clear. */
    private static int[] low(int bit) {
      int[] lanes = new int[V];
      for (int l = 0; l < V; l++) {
        lanes[l] = (l & bit) == 0 ? l : V + l - bit;
      }
      return lanes;
    }

    /** Lanes of (a, b): a's lanes with the bit set go where it is clear, those of b with it set stay. */
    private static int[] high(int bit) {
      int[] lanes = new int[V];
      for (int l = 0; l < V; l++) {
        lanes[l] = (l & bit) == 0 ? (l + bit) % V : V + l;
      }
      return lanes;
    }

    static void copyPanel(float[] src, int at, int down, int depth, float[] dst, int to, int width) {
      for (int p = 0; p < depth; p++, at += down, to += width) {
        for (int s = 0; s < width; s += V) {
          FloatVector.fromArray(F, src, at + s).reinterpretAsInts().reinterpretAsFloats().intoArray(dst, to + s);
        }
      }
    }

    /**
     * dst(p, r) ← src(r, p) for as many rows and columns as a vector has lanes; butterflies of lanes 1 and 2 apart, then 4 and 8. What lies between
     * is written side by side into scratch: rows of a matrix whose stride is a power of two would all meet in the same sets of the cache.
     */
    static void square(float[] src, int at, int step, float[] scratch, int tile, float[] dst, int to, int width) {
      if (V == 4) {
        four(LOW1, HIGH1, LOW2, HIGH2, src, at, step, dst, to, width);
        return;
      }
      for (int q = 0; q < V; q += 4) {
        four(LOW1, HIGH1, LOW2, HIGH2, src, at + q * step, step, scratch, tile + q * V, V);
      }
      for (int q = 0; q < 4; q++) {
        if (V == 16) {
          four(LOW4, HIGH4, LOW8, HIGH8, scratch, tile + q * V, 4 * V, dst, to + q * width, 4 * width);
        } else {
          two(LOW4, HIGH4, scratch, tile + q * V, dst, to + q * width, 4 * width);
        }
      }
    }

    private static void four(
        int[] low1, int[] high1, int[] low2, int[] high2, float[] src, int at, int step, float[] dst, int to, int width) {
      IntVector lo1 = IntVector.fromArray(I, low1, 0);
      IntVector hi1 = IntVector.fromArray(I, high1, 0);
      IntVector lo2 = IntVector.fromArray(I, low2, 0);
      IntVector hi2 = IntVector.fromArray(I, high2, 0);
      IntVector a = FloatVector.fromArray(F, src, at).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(F, src, at + step).reinterpretAsInts();
      IntVector c = FloatVector.fromArray(F, src, at + 2 * step).reinterpretAsInts();
      IntVector d = FloatVector.fromArray(F, src, at + 3 * step).reinterpretAsInts();
      IntVector ab0 = lo1.selectFrom(a, b);
      IntVector ab1 = hi1.selectFrom(a, b);
      IntVector cd0 = lo1.selectFrom(c, d);
      IntVector cd1 = hi1.selectFrom(c, d);
      lo2.selectFrom(ab0, cd0).reinterpretAsFloats().intoArray(dst, to);
      lo2.selectFrom(ab1, cd1).reinterpretAsFloats().intoArray(dst, to + width);
      hi2.selectFrom(ab0, cd0).reinterpretAsFloats().intoArray(dst, to + 2 * width);
      hi2.selectFrom(ab1, cd1).reinterpretAsFloats().intoArray(dst, to + 3 * width);
    }

    private static void two(int[] low, int[] high, float[] src, int at, float[] dst, int to, int width) {
      IntVector a = FloatVector.fromArray(F, src, at).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(F, src, at + 4 * V).reinterpretAsInts();
      IntVector.fromArray(I, low, 0).selectFrom(a, b).reinterpretAsFloats().intoArray(dst, to);
      IntVector.fromArray(I, high, 0).selectFrom(a, b).reinterpretAsFloats().intoArray(dst, to + width);
    }
  }
}
