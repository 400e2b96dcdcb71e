package curvata.kernels.matrix;

import curvata.kernels.Backend;
import curvata.kernels.Threads;

/**
 * The operands of one product while it runs, and a contiguous share of C's rows for each thread.
 *
 * <p>Transposition is gone here: each operand of the product has a step down its column and a step along its row, one of which is 1.
 */
final class ProductTask implements Threads.Task {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int LARGE = 1 << 20; // multiply-adds, about 20 µs: below it a hand-over costs more than it saves
  private static final int ALIGN = 12; // shares begin at multiples of this, so that panels of 4 or 12 rows stay whole
  private static final int MIRROR = 32;

  int m;
  int n;
  int k;
  float alpha;
  float beta;
  float[] a; // op(A)(i, p) = a[aAt + i * aRow + p * aCol]
  int aAt;
  int aRow;
  int aCol;
  float[] b; // op(B)(p, j) = b[bAt + p * bRow + j * bCol]
  int bAt;
  int bRow;
  int bCol;
  float[] c; // C(i, j) = c[cAt + i * ldc + j]
  int cAt;
  int ldc;
  boolean lower; // C is symmetric: compute what is on and below the diagonal, then mirror it

  float[] scratch;
  int scratchAt;
  int scratchEach;
  private int parts;
  private boolean mirroring;

  /** How many threads share a product of this size. */
  static int parts(int m, int n, int k) {
    boolean large = (long) m * n * k > LARGE; // no overflow: m n, n k and m k are sizes of arrays
    return large ? Math.min(Threads.count(), (m - 1) / ALIGN + 1) : 1;
  }

  /** No share of m rows has more, whether C is computed whole or below its diagonal. */
  static int longestShare(int m, int parts) {
    return parts == 1 ? m : Math.min(m, (int) (m / Math.sqrt(parts)) + 1 + ALIGN);
  }

  /** Computes C on all threads it is worth; operands and scratch are set. */
  void compute(int shares) {
    parts = shares;
    mirroring = false;
    Threads.run(this, shares);
    if (lower) {
      mirroring = true;
      Threads.run(this, shares);
    }
  }

  /** Lets go of the arrays, so that a workspace keeps nothing alive. */
  void clear() {
    a = null;
    b = null;
    c = null;
    scratch = null;
  }

  @Override
  public void run(int part, int worker) {
    int from = boundary(part);
    int to = boundary(part + 1);
    if (mirroring) {
      mirror(from, to);
    } else if (SIMD) {
      PackedProduct.rows(this, from, to, scratch, scratchAt + worker * scratchEach);
    } else {
      Product.scalar(this, from, to);
    }
  }

  /** The first row of a part; parts of equal area, which below a diagonal grows with the square of the row. */
  private int boundary(int part) {
    if (part == parts) {
      return m;
    }
    double share = (double) part / parts;
    int row = (int) (m * (lower ? Math.sqrt(share) : share));
    return row - row % ALIGN;
  }

  /** Copies what is below the diagonal in these rows to the columns above it, in square blocks that fit the first cache. */
  void mirror(int from, int to) {
    for (int i = from, height; i < to; i += height) {
      height = Math.min(MIRROR, to - i);
      for (int j = 0; j < i + height; j += MIRROR) {
        mirrorBlock(i, i + height, j);
      }
    }
  }

  private void mirrorBlock(int from, int to, int left) {
    for (int i = from; i < to; i++) {
      int end = Math.min(i, left + MIRROR);
      for (int j = left, at = cAt + i * ldc + left, mirrored = cAt + left * ldc + i; j < end; j++, at++, mirrored += ldc) {
        c[mirrored] = c[at];
      }
    }
  }
}
