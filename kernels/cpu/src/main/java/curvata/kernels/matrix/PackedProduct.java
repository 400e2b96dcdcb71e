package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The SIMD body of {@link Product}: blocks that fit the caches, packed so that the innermost loop reads straight ahead.
 *
 * <p>A block of op(A) becomes {@code [panel][p][ROWS]}, a block of op(B) {@code [panel][p][COLS]}, both filled with zeros to whole panels. Rows in
 * blocks of {@value #ROW_BLOCK}; for each, k in blocks of {@value Product#DEPTH} (pack A, at most 2 MB), columns in blocks of
 * {@value #COL_BLOCK} (pack B, 256 KB, second cache), then panels of A (first cache) times panels of B. Each pair makes a tile in
 * scratch; the part of it that lies inside C is merged into C.
 *
 * <p>Only the micro-kernel knows vectors; another one for a species length changes ROWS, COLS and {@link Simd#tile}.
 */
final class PackedProduct {
  /** Rows of the micro-kernel's tile. */
  static final int ROWS = 4;

  /** Columns of the micro-kernel's tile: two vectors. */
  static final int COLS = 2 * F.length();

  private static final int ROW_BLOCK = 1020; // a multiple of 4 and 12
  private static final int COL_BLOCK = 128;

  private PackedProduct() {}

  /** Floats of scratch for a share of this many rows. */
  static int required(int rows, int n, int k) {
    int depth = Math.min(k, Product.DEPTH);
    return depth * (wholeRows(rows) + wholeCols(n)) + ROWS * COLS;
  }

  private static int wholeRows(int rows) {
    return (Math.min(rows, ROW_BLOCK) + ROWS - 1) / ROWS * ROWS;
  }

  private static int wholeCols(int cols) {
    return (Math.min(cols, COL_BLOCK) + COLS - 1) / COLS * COLS;
  }

  /** Rows from (inclusive) to (exclusive) of C; {@code pack} holds {@link #required} floats of scratch from {@code packA} on. */
  static void rows(ProductTask t, int from, int to, float[] pack, int packA) {
    if (t.k == 0) {
      scale(t, from, to);
      return;
    }
    int packB = packA + Math.min(t.k, Product.DEPTH) * wholeRows(to - from);
    for (int i = from, height; i < to; i += height) {
      height = Math.min(ROW_BLOCK, to - i);
      int cols = t.lower ? i + height : t.n;
      for (int p = 0, depth; p < t.k; p += depth) {
        depth = Math.min(Product.DEPTH, t.k - p);
        pack(t.a, t.aAt + i * t.aRow + p * t.aCol, t.aRow, t.aCol, height, depth, pack, packA, ROWS);
        for (int j = 0, width; j < cols; j += width) {
          width = Math.min(COL_BLOCK, cols - j);
          pack(t.b, t.bAt + p * t.bRow + j * t.bCol, t.bCol, t.bRow, width, depth, pack, packB, COLS);
          block(t, i, height, j, width, depth, p == 0 ? t.beta : 1, pack, packA, packB);
        }
      }
    }
  }

  private static void scale(ProductTask t, int from, int to) {
    for (int i = from; i < to; i++) {
      for (int j = 0, at = t.cAt + i * t.ldc; j < t.n; j++, at++) {
        t.c[at] = Product.scaled(t, at);
      }
    }
  }

  /** A block of C from packed blocks of A and B: one tile after the other, the panel of A staying in the first cache. */
  private static void block(
      ProductTask t, int i, int height, int j, int width, int depth, float beta, float[] pack, int packA, int packB) {
    int tile = packB + depth * ((width + COLS - 1) / COLS * COLS);
    for (int r = 0; r < height; r += ROWS) {
      int rows = Math.min(ROWS, height - r);
      int end = t.lower ? Math.min(width, i + r + rows - j) : width;
      for (int s = 0; s < end; s += COLS) {
        int cols = Math.min(COLS, width - s);
        int at = t.cAt + (i + r) * t.ldc + j + s;
        Simd.tile(pack, packA + r * depth, packB + s * depth, depth, tile);
        if (rows == ROWS && cols == COLS) {
          Simd.merge(pack, tile, t.alpha, beta, t.c, at, t.ldc);
        } else {
          merge(pack, tile, rows, cols, t.alpha, beta, t.c, at, t.ldc);
        }
      }
    }
  }

  /** C ← α tile + β C for the part of a tile that lies inside C. */
  private static void merge(float[] pack, int tile, int rows, int cols, float alpha, float beta, float[] c, int at, int ldc) {
    for (int r = 0; r < rows; r++) {
      for (int s = 0, from = tile + r * COLS, to = at + r * ldc; s < cols; s++, from++, to++) {
        c[to] = beta == 0 ? pack[from] * alpha : beta * c[to] + pack[from] * alpha;
      }
    }
  }

  /**
   * Packs lines as {@code [panel][p][width]}, the last panel filled with zeros; element p of line r is {@code src[at + r * across + p * along]}.
   */
  private static void pack(float[] src, int at, int across, int along, int count, int depth, float[] dst, int to, int width) {
    for (int r = 0; r < count; r += width, to += depth * width) {
      int lines = Math.min(width, count - r);
      if (lines < width) {
        Arrays.fill(dst, to, to + depth * width, 0);
      }
      if (across == 1 && lines >= 8) {
        for (int p = 0, from = at + r, next = to; p < depth; p++, from += along, next += width) {
          System.arraycopy(src, from, dst, next, lines);
        }
      } else {
        interleave(src, at + r * across, across, along, lines, depth, dst, to, width);
      }
    }
  }

  /** Four lines at a time, so that what is written together lies together. */
  private static void interleave(float[] src, int at, int across, int along, int lines, int depth, float[] dst, int to, int width) {
    int r = 0;
    for (; r + 4 <= lines; r += 4) {
      int r0 = at + r * across;
      int r1 = r0 + across;
      int r2 = r1 + across;
      int r3 = r2 + across;
      for (int p = 0, shift = 0, next = to + r; p < depth; p++, shift += along, next += width) {
        dst[next] = src[r0 + shift];
        dst[next + 1] = src[r1 + shift];
        dst[next + 2] = src[r2 + shift];
        dst[next + 3] = src[r3 + shift];
      }
    }
    for (; r < lines; r++) {
      for (int p = 0, from = at + r * across, next = to + r; p < depth; p++, from += along, next += width) {
        dst[next] = src[from];
      }
    }
  }

  /** The micro-kernel: vectors along the columns of C, one element of A at a time broadcast. */
  static final class Simd {
    private Simd() {}

    /** One tile of A B from panels of A and B at {@code a} and {@code b}, left at {@code tile}, all three in {@code pack}. */
    static void tile(float[] pack, int a, int b, int depth, int tile) {
      FloatVector c00 = FloatVector.zero(F);
      FloatVector c01 = FloatVector.zero(F);
      FloatVector c10 = FloatVector.zero(F);
      FloatVector c11 = FloatVector.zero(F);
      FloatVector c20 = FloatVector.zero(F);
      FloatVector c21 = FloatVector.zero(F);
      FloatVector c30 = FloatVector.zero(F);
      FloatVector c31 = FloatVector.zero(F);
      for (int p = 0; p < depth; p++, a += ROWS, b += COLS) {
        FloatVector b0 = FloatVector.fromArray(F, pack, b);
        FloatVector b1 = FloatVector.fromArray(F, pack, b + F.length());
        FloatVector a0 = FloatVector.broadcast(F, pack[a]);
        FloatVector a1 = FloatVector.broadcast(F, pack[a + 1]);
        FloatVector a2 = FloatVector.broadcast(F, pack[a + 2]);
        FloatVector a3 = FloatVector.broadcast(F, pack[a + 3]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
      }
      int right = tile + F.length();
      c00.intoArray(pack, tile);
      c01.intoArray(pack, right);
      c10.intoArray(pack, tile + COLS);
      c11.intoArray(pack, right + COLS);
      c20.intoArray(pack, tile + 2 * COLS);
      c21.intoArray(pack, right + 2 * COLS);
      c30.intoArray(pack, tile + 3 * COLS);
      c31.intoArray(pack, right + 3 * COLS);
    }

    /** C ← α tile + β C for a whole tile. */
    static void merge(float[] pack, int tile, float alpha, float beta, float[] c, int at, int ldc) {
      for (int r = 0; r < ROWS; r++, tile += COLS, at += ldc) {
        for (int s = 0; s < COLS; s += F.length()) {
          FloatVector term = FloatVector.fromArray(F, pack, tile + s).mul(alpha);
          if (beta == 0) { // no vector may be the outcome of a choice: it would be boxed
            term.intoArray(c, at + s);
          } else {
            FloatVector.fromArray(F, c, at + s).mul(beta).add(term).intoArray(c, at + s);
          }
        }
      }
    }
  }
}
