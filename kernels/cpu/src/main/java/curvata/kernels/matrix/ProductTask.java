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
  private static final int ROWS = 8; // shares begin at multiples of these, so that tiles stay whole, or vectors at least
  private static final int COLS = 32;
  private static final int FEW = 256; // with no more rows than this, and more columns, shares are columns: each then packs all rows
  private static final int MIRROR = 64;
  private static final int STRIP = 16;

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
  float[] d; // D(i, j) = d[dAt + i * dRow + j * dCol]; C itself, or disjoint from C
  int dAt;
  int dRow;
  int dCol;
  float[] c; // C(i, j) = c[cAt + i * cRow + j * cCol]
  int cAt;
  int cRow;
  int cCol;
  boolean lower; // C is symmetric: compute what is on and below the diagonal, then mirror it

  boolean small; // computed whole, by one thread, without packing
  float[] scratch;
  int scratchAt;
  int scratchEach;
  private int parts;
  private boolean mirroring;

  void shape(int rows, int cols, int depth, float factor, float addendFactor, boolean symmetric) {
    m = rows;
    n = cols;
    k = depth;
    alpha = factor;
    beta = addendFactor;
    lower = symmetric;
  }

  void a(float[] array, int at, int stride, boolean transposed) {
    a = array;
    aAt = at;
    aRow = transposed ? 1 : stride;
    aCol = transposed ? stride : 1;
  }

  void b(float[] array, int at, int stride, boolean transposed) {
    b = array;
    bAt = at;
    bRow = transposed ? 1 : stride;
    bCol = transposed ? stride : 1;
  }

  void c(float[] array, int at, int stride) {
    c = array;
    cAt = at;
    cRow = stride;
    cCol = 1;
  }

  void d(float[] array, int at, int stride) {
    d = array;
    dAt = at;
    dRow = stride;
    dCol = 1;
  }

  /** Decides how this product is computed, after its operands are set; may make it the transposed one. */
  void plan() {
    small = false;
    if (!SIMD) {
      return;
    }
    if (!lower && PackedProduct.transposed(this) && (aRow == 1 || Chains.fits(this) || !DirectProduct.small(this))) {
      transpose();
    }
    small = !Chains.fits(this) && DirectProduct.small(this);
  }

  /** How many threads share a product of this size. */
  static int parts(int m, int n, int k) {
    boolean large = (long) m * n * k > LARGE; // no overflow: m n, n k and m k are sizes of arrays
    int units = byColumns(m, n) ? (n - 1) / COLS + 1 : (m - 1) / ROWS + 1;
    return large ? Math.min(Threads.count(), units) : 1;
  }

  private static boolean byColumns(int m, int n) {
    return m <= FEW && n > m;
  }

  /** No share of a product with m rows has more rows, whether C is computed whole or below its diagonal. */
  static int longestShare(int m, int parts) {
    return parts == 1 || m <= FEW ? m : Math.max(FEW, Math.min(m, (int) (m / Math.sqrt(parts)) + 1 + ROWS));
  }

  /** Where in its array C(i, j) is. */
  int c(int i, int j) {
    return cAt + i * cRow + j * cCol;
  }

  /** Where in its array D(i, j) is. */
  int d(int i, int j) {
    return dAt + i * dRow + j * dCol;
  }

  /** Makes this the product Cᵀ = op(B)ᵀ op(A)ᵀ, with the same bits. */
  void transpose() {
    int rows = m;
    m = n;
    n = rows;
    float[] left = a;
    int leftAt = aAt;
    int leftRow = aRow;
    int leftCol = aCol;
    a = b;
    aAt = bAt;
    aRow = bCol;
    aCol = bRow;
    b = left;
    bAt = leftAt;
    bRow = leftCol;
    bCol = leftRow;
    int down = cRow;
    cRow = cCol;
    cCol = down;
    down = dRow;
    dRow = dCol;
    dCol = down;
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

  /** Computes C on this thread; operands are set and the product is planned. */
  void computeAlone(float[] pack, int at) {
    if (!SIMD) {
      Product.scalar(this, 0, m, 0, n);
    } else if (small) {
      DirectProduct.whole(this, pack, at);
    } else {
      PackedProduct.rectangle(this, 0, m, 0, n, pack, at);
    }
    if (lower) {
      mirror(0, m, pack, at);
    }
  }

  /** Lets go of the arrays, so that a workspace keeps nothing alive. */
  void clear() {
    a = null;
    b = null;
    d = null;
    c = null;
    scratch = null;
  }

  @Override
  public void run(int part, int worker) {
    boolean columns = !lower && byColumns(m, n);
    int from = boundary(part, columns);
    int to = boundary(part + 1, columns);
    if (from == to) {
      return;
    }
    int top = columns ? 0 : from;
    int bottom = columns ? m : to;
    if (mirroring) {
      mirror(from, to, scratch, scratchAt + worker * scratchEach);
    } else if (SIMD && small) {
      DirectProduct.whole(this, scratch, scratchAt);
    } else if (SIMD) {
      PackedProduct.rectangle(this, top, bottom, columns ? from : 0, columns ? to : n, scratch, scratchAt + worker * scratchEach);
    } else {
      Product.scalar(this, top, bottom, columns ? from : 0, columns ? to : n);
    }
  }

  /** The first row or column of a part; parts of equal area, which below a diagonal grows with the square of the row. A part may be empty. */
  private int boundary(int part, boolean columns) {
    int length = columns ? n : m;
    int unit = columns ? COLS : ROWS;
    int units = (length - 1) / unit + 1;
    double share = (double) part / parts;
    return Math.min(length, unit * (int) (units * (lower ? Math.sqrt(share) : share)));
  }

  /** Copies what is below the diagonal in these rows to the columns above it, in square blocks that fit the first cache. */
  private void mirror(int from, int to, float[] pack, int tile) {
    for (int i = from, height; i < to; i += height) {
      height = Math.min(MIRROR, to - i);
      int j = 0;
      for (; j + MIRROR <= i; j += MIRROR) {
        mirror(i, i + height, j, j + MIRROR, pack, tile);
      }
      for (int s = i, rows; s < i + height; s += rows) {
        rows = Math.min(STRIP, i + height - s);
        mirror(s, s + rows, j, s, pack, tile);
        for (int r = s + 1; r < s + rows; r++) {
          mirror(r, r + 1, s, r);
        }
      }
    }
  }

  /** Rows and columns below the diagonal to columns and rows above it. */
  private void mirror(int from, int to, int left, int right, float[] pack, int tile) {
    if (SIMD) {
      Packing.transpose(c, c(from, left), cRow, to - from, right - left, pack, tile, c, c(left, from), cRow);
    } else {
      mirror(from, to, left, right);
    }
  }

  private void mirror(int from, int to, int left, int right) {
    for (int i = from; i < to; i++) {
      for (int j = left, at = c(i, left), mirrored = c(left, i); j < right; j++, at++, mirrored += cRow) {
        c[mirrored] = c[at];
      }
    }
  }
}
