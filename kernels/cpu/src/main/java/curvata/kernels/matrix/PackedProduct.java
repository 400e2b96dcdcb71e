package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.internal.Registers;

/**
 * The SIMD body of {@link Product}: blocks that fit the caches, packed so that the innermost loop reads straight ahead.
 *
 * <p>A block of op(A) becomes rows at a constant stride, a block of op(B) panels {@code [p][columns]}, the last one filled with zeros. Rows in
 * blocks of {@code ROW_BLOCK}; for each, k in blocks of {@value Product#DEPTH}, columns in blocks of {@code COL_BLOCK}
 * (pack B, second cache; beside the first of them also A, at most 4 MB), then rows of A (first cache) times panels of B. A pair makes a tile of C
 * where α = 1, β = 0 and it is whole, else in scratch, of which the part inside C is merged into C.
 */
final class PackedProduct {
  /** Columns of the widest tile: four vectors, or two with 16 registers. */
  static final int COLS = (Registers.COUNT >= 32 ? 4 : 2) * F.length();

  /** Floats of scratch in front of what is packed, for the largest tile of sums, also that of {@link DirectProduct}, or a square of vectors. */
  static final int TILE = Tile4.ROWS * 4 * F.length();

  /** Floats from one packed row of A to the next: an odd number of cache lines, so that rows do not meet in the same sets. */
  static final int STRIDE = Product.DEPTH + 16;

  private static final int V = F.length();
  private static final int FEW_ROWS = 8; // packed just before they are used
  private static final int SQUARES = 48; // whole panels and whole squares of any vector length, where packing transposes
  private static final int ROW_BLOCK = 2040; // a multiple of 4; their packed rows, 4 MB, stay in the third cache
  static final int COL_BLOCK = 128; // packed, 256 KB: second cache

  private PackedProduct() {}

  /** Whether a product has so few columns that a vector along them is half empty, but more rows: it is computed transposed. */
  static boolean transposed(ProductTask t) {
    return t.n < V && t.m > t.n;
  }

  /** Floats of scratch for a share of this many rows and columns. */
  static int required(int rows, int cols, int k) {
    return TILE + packedRows(rows) + Math.min(k, Product.DEPTH) * wholeCols(cols);
  }

  private static int packedRows(int rows) {
    return (Math.min(rows, ROW_BLOCK) + Tile4.ROWS - 1) / Tile4.ROWS * Tile4.ROWS * STRIDE;
  }

  private static int wholeCols(int cols) {
    return (Math.min(cols, COL_BLOCK) + COLS - 1) / COLS * COLS;
  }

  /** A rectangle of C, limits exclusive; {@code pack} holds {@link #required} floats of scratch from {@code tile} on. */
  static void rectangle(ProductTask t, int top, int bottom, int left, int right, float[] pack, int tile) {
    if (t.k == 0) {
      scale(t, top, bottom, left, right);
    } else if (Chains.takes(t, bottom - top)) {
      Chains.rectangle(t, top, bottom, left, right, pack, tile);
    } else if (top == 0 && bottom == t.m && DirectProduct.takes(t, t.m, right - left)) {
      DirectProduct.columns(t, left, right, pack, tile);
    } else {
      packed(t, top, bottom, left, right, pack, tile);
    }
  }

  /** The same by packing, whatever the shape. */
  static void packed(ProductTask t, int top, int bottom, int left, int right, float[] pack, int tile) {
    int packA = tile + TILE;
    int packB = packA + packedRows(bottom - top);
    boolean once = right - left <= COL_BLOCK; // rows of A meet one block of B, so the next ones take their place and stay in the first cache
    int blocks = once ? 1 : (bottom - top - 1) / ROW_BLOCK + 1;
    int most = blocks == 1 ? bottom - top : ((bottom - top - 1) / blocks / Tile4.ROWS + 1) * Tile4.ROWS; // equal, as each packs all of B
    for (int i = top, height; i < bottom; i += height) {
      height = Math.min(most, bottom - i);
      int end = t.lower ? Math.min(right, i + height) : right;
      for (int p = 0, depth; p < t.k; p += depth) {
        depth = Math.min(Product.DEPTH, t.k - p);
        for (int j = left, width; j < end; j += width) {
          width = Math.min(COL_BLOCK, end - j);
          if (j > left && j >= i && j + width <= i + height && gram(t)) { // these rows of A are packed already
            Packing.panels(pack, packA + (j - i) * STRIDE, 1, STRIDE, width, depth, pack, packB, tile);
          } else {
            Packing.panels(t.b, t.bAt + p * t.bRow + j * t.bCol, t.bRow, t.bCol, width, depth, pack, packB, tile);
          }
          if (j > left) {
            block(t, i, height, j, width, p, depth, pack, tile, packA, packB);
          } else {
            firstBlock(t, i, height, j, width, p, depth, once ? 0 : STRIDE, pack, tile, packA, packB);
          }
        }
      }
    }
  }

  /** Whether B is the transpose of A. */
  private static boolean gram(ProductTask t) {
    return t.a == t.b && t.aAt == t.bAt && t.aRow == t.bCol && t.aCol == t.bRow;
  }

  /** Rows of A packed just before their tiles with the first block of B, {@code keep} floats from one to the next. */
  private static void firstBlock(
      ProductTask t, int i, int height, int j, int width, int p, int depth, int keep, float[] pack, int tile, int packA, int packB) {
    for (int r = 0, rows; r < height; r += rows) {
      rows = Math.min(t.aCol == 1 ? FEW_ROWS : SQUARES, height - r);
      Packing.rows(t.a, t.aAt + (i + r) * t.aRow + p * t.aCol, t.aRow, t.aCol, rows, depth, pack, packA + r * keep, tile);
      block(t, i + r, rows, j, width, p, depth, pack, tile, packA + r * keep, packB);
    }
  }

  private static void scale(ProductTask t, int top, int bottom, int left, int right) {
    for (int i = top; i < bottom; i++) {
      for (int j = left; j < right; j++) {
        t.c[t.c(i, j)] = Product.scaled(t, t.d(i, j));
      }
    }
  }

  /** How many columns the next panel of B has, with so many left: one, two or four vectors, of which no more than one is empty in part. */
  static int panel(int left) {
    return left > COLS - V ? COLS : left > V ? 2 * V : V;
  }

  /** A block of C from packed blocks of A and B: one tile after the other, the rows of A staying in the first cache. */
  private static void block(
      ProductTask t, int i, int height, int j, int width, int p, int depth, float[] pack, int tile, int packA, int packB) {
    boolean first = p == 0;
    boolean plain = first && t.alpha == 1 && t.beta == 0 && t.cCol == 1;
    for (int r = 0; r < height; r += Tile4.ROWS) {
      int rows = Math.min(height - r, Tile4.ROWS);
      boolean whole = plain && rows == Tile4.ROWS;
      int end = t.lower ? Math.min(width, i + r + rows - j) : width;
      for (int s = 0, start = 0, step = panel(width), vectors; s < end; s += vectors) {
        if (s == start + step) { // the next panel of B
          start = s;
          step = panel(width - s);
        }
        vectors = panel(Math.min(start + step, end) - s); // beside a diagonal no more of it than needed
        int cols = Math.min(vectors, width - s);
        int b = packB + start * depth + s - start;
        if (whole && cols == vectors) {
          tile(vectors, pack, packA + r * STRIDE, b, step, depth, t.c, t.c(i + r, j + s), t.cRow);
        } else {
          tile(vectors, pack, packA + r * STRIDE, b, step, depth, pack, tile, COLS);
          Merge.tile(t, i + r, j + s, rows, cols, first, pack, tile, COLS);
        }
      }
    }
  }

  private static void tile(int vectors, float[] pack, int a, int b, int step, int depth, float[] c, int at, int ldc) {
    if (vectors == V) {
      Tile4.one(pack, a, b, step, depth, c, at, ldc);
    } else if (vectors == 2 * V) {
      Tile4.two(pack, a, b, step, depth, c, at, ldc);
    } else {
      Tile4.four(pack, a - STRIDE, b, depth, c, at, ldc);
    }
  }
}
