package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.internal.Registers;

/**
 * The SIMD body of products that packing would cost more than it saves, because they are small or have few rows: operands are read where they lie.
 *
 * <p>Only a B without consecutive columns is copied. Where vectors do not fit, the last one reaches back over columns of the one before it, and
 * the last four rows over rows before them, and does them again; so nothing outside is read or written, and the bits are the same. Fewer columns than
 * a vector are masked, or copied where that will not do. A last single row, and each of fewer than four, is computed alone.
 */
final class DirectProduct {
  private static final int V = F.length();
  private static final int ROWS = 4;
  private static final int TILE = 4 * V;
  private static final boolean WIDE = Registers.COUNT >= 32;
  private static final boolean MASKED = F.vectorBitSize() >= 256; // AVX and SVE read and write under a mask; SSE and NEON cannot
  private static final int MOST = 1 << 20; // multiply-adds of a small product: those that stay on one thread
  private static final int MOST_LOWER = 1 << 17; // above it packed tiles, which end nearer to a diagonal, waste less

  private DirectProduct() {}

  /** Whether a product is small: computed whole, by one thread. */
  static boolean small(ProductTask t) {
    boolean few = (long) t.m * t.n * t.k <= (t.lower ? MOST_LOWER : MOST);
    return few && t.k > 0 && t.k <= Product.DEPTH && (inPlace(t) || t.n <= PackedProduct.COL_BLOCK);
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
    boolean few = MASKED && t.n < V && t.alpha == 1 && t.beta == 0 && t.cCol == 1;
    int down = (t.n + V - 1) / V * V;
    if (inPlace(t)) {
      columns(t, 0, t.n, 0, t.k, t.b, t.bAt, t.bRow, scratch, at);
    } else if (few && t.bCol == 1) {
      few(t, t.b, t.bAt, t.bRow);
    } else {
      int copy = at + PackedProduct.TILE;
      copy(t, scratch, at, copy, down);
      if (few) {
        few(t, scratch, copy, down);
      } else {
        columns(t, 0, t.n, 0, t.k, scratch, copy, down, scratch, at);
      }
    }
  }

  /** Fewer columns than a vector. */
  private static void few(ProductTask t, float[] b, int bAt, int bRow) {
    for (int i = 0, rows, top; i < t.m; i = top + rows) {
      rows = t.m < ROWS || i + 1 == t.m ? 1 : ROWS;
      top = Math.min(i, t.m - rows);
      int a0 = t.aAt + top * t.aRow;
      if (rows == 1) {
        DirectFew4.row(t.a, a0, t.aCol, b, bAt, bRow, t.n, t.k, t.c, t.c(top, 0));
      } else {
        DirectFew4.four(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, t.n, t.k, t.c, t.c(top, 0), t.cRow);
      }
    }
  }

  /** Columns from left to right of C. */
  static void columns(ProductTask t, int left, int right, float[] scratch, int tile) {
    for (int p = 0, depth; p < t.k; p += depth) {
      depth = Math.min(Product.DEPTH, t.k - p);
      columns(t, left, right, p, depth, t.b, t.bAt + p * t.bRow, t.bRow, scratch, tile);
    }
  }

  /** B by rows, {@code down} from one to the next. */
  private static void copy(ProductTask t, float[] to, int tile, int at, int down) {
    if (t.bCol != 1) {
      Packing.transpose(t.b, t.bAt, t.bCol, t.n, t.k, to, tile, to, at, down);
      return;
    }
    for (int p = 0; p < t.k; p++) {
      for (int j = 0, from = t.bAt + p * t.bRow; j < t.n; j++) {
        to[at + p * down + j] = t.b[from + j];
      }
    }
  }

  /** The part of one block of k; element (p, j) of B is {@code b[bAt + p * bRow + j]}. */
  private static void columns(
      ProductTask t, int left, int right, int p, int depth, float[] b, int bAt, int bRow, float[] scratch, int tile) {
    boolean plain = p == 0 && t.alpha == 1 && t.beta == 0 && t.cCol == 1;
    for (int j = left, width, from; j < right; j = from + width) {
      width = Math.clamp(right - j, V, WIDE && !t.lower ? 4 * V : 2 * V); // narrow ones waste less beside a diagonal
      from = right - left >= V ? Math.min(j, right - width) : j;
      for (int i = t.lower ? j - j % ROWS : 0, rows, top; i < t.m; i = top + rows) {
        rows = t.m < ROWS || i + 1 == t.m ? 1 : ROWS;
        top = Math.min(i, t.m - rows);
        if (plain && from + width <= right) {
          tile(t, top, rows, p, depth, b, bAt + from, bRow, width, t.c, t.c(top, from), t.cRow);
        } else {
          tile(t, top, rows, p, depth, b, bAt + from, bRow, width, scratch, tile, TILE);
          Merge.tile(t, i, j, top + rows - i, Math.min(from + width, right) - j, p == 0, scratch, tile + (i - top) * TILE + j - from, TILE);
        }
      }
    }
  }

  private static void tile(
      ProductTask t, int i, int rows, int p, int depth, float[] b, int bAt, int bRow, int width, float[] c, int c0, int cRow) {
    int a0 = t.aAt + i * t.aRow + p * t.aCol;
    if (rows == 1) {
      int last = width - V;
      Direct4.row(t.a, a0, t.aCol, b, bAt, bRow, Math.min(V, last), Math.min(2 * V, last), last, depth, c, c0);
    } else if (width % V == 0 && width != 3 * V) {
      whole(t, a0, b, bAt, bRow, width, depth, c, c0, cRow);
    } else {
      edge(t, a0, b, bAt, bRow, width - V, depth, c, c0, cRow);
    }
  }

  private static void whole(
      ProductTask t, int a0, float[] b, int bAt, int bRow, int width, int depth, float[] c, int c0, int cRow) {
    if (width == 4 * V) {
      Direct4.four(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, depth, c, c0, cRow);
    } else if (width == 2 * V) {
      Direct4.two(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, depth, c, c0, cRow);
    } else {
      Direct4.one(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, depth, c, c0, cRow);
    }
  }

  private static void edge(
      ProductTask t, int a0, float[] b, int bAt, int bRow, int last, int depth, float[] c, int c0, int cRow) {
    if (last > 2 * V) {
      DirectEdge4.four(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, last, depth, c, c0, cRow);
    } else if (last > V) {
      DirectEdge4.three(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, last, depth, c, c0, cRow);
    } else {
      DirectEdge4.two(t.a, a0, t.aRow, t.aCol, b, bAt, bRow, last, depth, c, c0, cRow);
    }
  }
}
