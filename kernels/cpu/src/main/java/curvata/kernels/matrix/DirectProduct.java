package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.internal.Registers;

/**
 * The SIMD body of products that packing would cost more than it saves, because they are small or have few rows: operands are read where they lie.
 *
 * <p>Only a B without consecutive columns, or with fewer than a vector, is copied. Where tiles do not fit, the last ones reach back over
 * columns that are done already, and do them again; so nothing outside is read or written, and the bits are the same.
 */
final class DirectProduct {
  private static final int V = F.length();
  private static final int ROWS = 4;
  private static final int TILE = 4 * V;
  private static final boolean WIDE = Registers.COUNT >= 32;
  private static final int MOST = 1 << 20; // multiply-adds of a small product: those that stay on one thread

  private DirectProduct() {}

  /** Whether a product is small: computed whole, by one thread. */
  static boolean small(ProductTask t) {
    return (long) t.m * t.n * t.k <= MOST && t.k > 0 && t.k <= Product.DEPTH && (inPlace(t) || t.n <= PackedProduct.COL_BLOCK);
  }

  /** Whether B is read where it lies. */
  private static boolean inPlace(ProductTask t) {
    return t.bCol == 1 && t.n >= V;
  }

  /** Whether some columns of a large product are better not packed: each element of B is used by few rows. */
  static boolean takes(ProductTask t, int rows, int cols) {
    return rows <= 2 * ROWS && cols >= V && inPlace(t) && !t.lower;
  }

  /** All of C; takes {@link PackedProduct#required} floats of scratch. */
  static void whole(ProductTask t, float[] scratch, int at) {
    if (inPlace(t)) {
      columns(t, 0, t.n, 0, t.k, t.b, t.bAt, t.bRow, scratch, at);
      return;
    }
    int down = (t.n + V - 1) / V * V;
    if (t.bCol == 1) {
      copy(t, scratch, at, down);
    } else {
      Packing.transpose(t.b, t.bAt, t.bCol, t.n, t.k, scratch, at, down);
    }
    columns(t, 0, t.n, 0, t.k, scratch, at, down, scratch, at + t.k * down);
  }

  /** Columns from left to right of C. */
  static void columns(ProductTask t, int left, int right, float[] scratch, int tile) {
    for (int p = 0, depth; p < t.k; p += depth) {
      depth = Math.min(Product.DEPTH, t.k - p);
      columns(t, left, right, p, depth, t.b, t.bAt + p * t.bRow, t.bRow, scratch, tile);
    }
  }

  private static void copy(ProductTask t, float[] to, int at, int down) {
    for (int p = 0; p < t.k; p++) {
      for (int j = 0, from = t.bAt + p * t.bRow; j < t.n; j++) {
        to[at + p * down + j] = t.b[from + j];
      }
    }
  }

  /** The part of one block of k; element (p, j) of B is {@code b[bAt + p * down + j]}. */
  private static void columns(
      ProductTask t, int left, int right, int p, int depth, float[] b, int bAt, int down, float[] scratch, int tile) {
    boolean plain = p == 0 && t.beta == 0 && t.cCol == 1;
    for (int j = left, width, from; j < right; j = from + width) {
      width = width(right - j, right - left);
      from = right - left >= V ? Math.min(j, right - width) : j;
      for (int i = t.lower ? j - j % ROWS : 0, rows; i < t.m; i += rows) {
        rows = Math.min(ROWS, t.m - i);
        if (plain && from + width <= right) {
          tile(t, i, rows, p, depth, b, bAt + from, down, width, t.alpha, t.c, t.c(i, from), t.cRow);
        } else {
          tile(t, i, rows, p, depth, b, bAt + from, down, width, 1, scratch, tile, TILE);
          Merge.tile(t, i, j, rows, Math.min(from + width, right) - j, p == 0, scratch, tile + j - from, TILE);
        }
      }
    }
  }

  /** Columns of the next tile, of so many that are left of all. */
  private static int width(int left, int all) {
    if (WIDE && left > 3 * V && all >= 4 * V) {
      return 4 * V;
    }
    return left > V && all >= 2 * V ? 2 * V : V;
  }

  private static void tile(
      ProductTask t, int i, int rows, int p, int depth, float[] b, int bAt, int down, int width, float alpha, float[] c, int c0, int ldc) {
    int r1 = rows > 1 ? 1 : 0; // a row that is not there is one that is, computed again
    int r2 = rows > 2 ? 2 : 0;
    int r3 = rows > 3 ? 3 : 0;
    int a0 = t.aAt + i * t.aRow + p * t.aCol;
    int a1 = a0 + r1 * t.aRow;
    int a2 = a0 + r2 * t.aRow;
    int a3 = a0 + r3 * t.aRow;
    int c1 = c0 + r1 * ldc;
    int c2 = c0 + r2 * ldc;
    int c3 = c0 + r3 * ldc;
    if (width == 4 * V) {
      Direct4.four(t.a, a0, a1, a2, a3, t.aCol, b, bAt, down, depth, alpha, c, c0, c1, c2, c3);
    } else if (width == 2 * V) {
      Direct4.two(t.a, a0, a1, a2, a3, t.aCol, b, bAt, down, depth, alpha, c, c0, c1, c2, c3);
    } else {
      Direct4.one(t.a, a0, a1, a2, a3, t.aCol, b, bAt, down, depth, alpha, c, c0, c1, c2, c3);
    }
  }
}
