package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.D;

import curvata.kernels.Backend;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import jdk.incubator.vector.DoubleVector;

/**
 * Product of two matrices of doubles, added to a third, in one fixed order: what inverse roots and reference iterations are made of.
 *
 * <pre>
 *   C ← α op(A) op(B) + β D
 *
 *   s_p = fma chain from 0 over the p-th block of {@value #DEPTH} indices of k, ascending
 *   C(i, j) ← (α s₀ + β D(i, j)) + α s₁ + …
 * </pre>
 *
 * <p>Order, aliasing and special values as {@link Product}; C must not overlap A or B, D is C or disjoint from it. With {@code lower} C is known to
 * be symmetric: computed on and below the diagonal, then mirrored. The same bits for scalar and SIMD, any vector width and number of threads.
 * Scratch of {@link #required} doubles; allocates nothing when warm. Nothing is checked: the doors of this package do that.
 */
final class DoubleProduct implements Threads.Task {
  static final int DEPTH = 512;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int LARGE = 1 << 19; // multiply-adds: below it a hand-over costs more than it saves
  private static final int ROWS = 4; // of a tile
  private static final int WIDEST = 16; // columns of a tile, at most: two vectors of 512 bits

  private int m;
  private int n;
  private int k;
  private double alpha;
  private double beta;
  private double[] a;
  private int aAt;
  private int aRow;
  private int aCol;
  private double[] b;
  private int bAt;
  private int bRow;
  private int bCol;
  private double[] d;
  private int dAt;
  private int ldd;
  private double[] c;
  private int cAt;
  private int ldc;
  private boolean lower;
  private double[] scratch;
  private int scratchAt;
  private int parts;

  /** Doubles of scratch that a product with so many rows takes. */
  static int required() {
    return Threads.count() * each();
  }

  private static int each() {
    return DEPTH * WIDEST + ROWS * WIDEST;
  }

  static void multiply(
      boolean transA, boolean transB, int m, int n, int k, double alpha, double[] a, int aAt, int lda, double[] b, int bAt, int ldb, double beta,
      double[] d, int dAt, int ldd, double[] c, int cAt, int ldc, boolean lower, Workspace ws) {
    if (m == 0 || n == 0) {
      return;
    }
    DoubleProduct t = ws.task(DoubleProduct.class, DoubleProduct::new);
    t.m = m;
    t.n = n;
    t.k = k;
    t.alpha = alpha;
    t.beta = beta;
    t.a = a;
    t.aAt = aAt;
    t.aRow = transA ? 1 : lda;
    t.aCol = transA ? lda : 1;
    t.b = b;
    t.bAt = bAt;
    t.bRow = transB ? 1 : ldb;
    t.bCol = transB ? ldb : 1;
    t.d = d;
    t.dAt = dAt;
    t.ldd = ldd;
    t.c = c;
    t.cAt = cAt;
    t.ldc = ldc;
    t.lower = lower;
    t.compute(ws);
  }

  private void compute(Workspace ws) {
    scratchAt = ws.takeDoubles(required());
    scratch = ws.doubles();
    parts = (long) m * n * k > LARGE ? Math.min(Threads.count(), (m - 1) / ROWS + 1) : 1;
    try {
      Threads.run(this, parts);
      if (lower) {
        mirror();
      }
    } finally {
      ws.releaseDoubles(scratchAt);
      a = null;
      b = null;
      c = null;
      d = null;
      scratch = null;
    }
  }

  @Override
  public void run(int part, int worker) {
    int from = boundary(part);
    int to = boundary(part + 1);
    if (SIMD && k > 0) {
      Simd.rows(this, from, to, scratchAt + worker * each());
    } else {
      scalar(from, to);
    }
  }

  /** The first row of a part; parts of equal area. */
  private int boundary(int part) {
    if (part == parts) {
      return m;
    }
    double share = (double) part / parts;
    int row = (int) (m * (lower ? Math.sqrt(share) : share));
    return row - row % ROWS;
  }

  private void mirror() {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < i; j++) {
        c[cAt + j * ldc + i] = c[cAt + i * ldc + j];
      }
    }
  }

  /** Rows from (inclusive) to (exclusive) of C, element by element: the definition, and the fallback. */
  private void scalar(int from, int to) {
    for (int i = from; i < to; i++) {
      int end = lower ? i + 1 : n;
      for (int j = 0; j < end; j++) {
        double sum = beta == 0 ? 0 : beta * d[dAt + i * ldd + j];
        for (int p = 0; p < k; p += DEPTH) {
          double term = chain(i, j, p, Math.min(DEPTH, k - p)) * alpha;
          sum = p == 0 && beta == 0 ? term : sum + term;
        }
        c[cAt + i * ldc + j] = sum;
      }
    }
  }

  private double chain(int i, int j, int p, int depth) {
    double sum = 0;
    int x = aAt + i * aRow + p * aCol;
    int y = bAt + p * bRow + j * bCol;
    for (int q = 0; q < depth; q++, x += aCol, y += bRow) {
      sum = Math.fma(a[x], b[y], sum);
    }
    return sum;
  }

  /** Adds a tile of chains: to β D for the first block, to what C holds from then on. */
  private void store(int i, int rows, int j, int cols, int at, int width, boolean first) {
    for (int r = 0; r < rows; r++) {
      int end = lower ? Math.min(cols, i + r + 1 - j) : cols;
      int to = cAt + (i + r) * ldc + j;
      int from = at + r * width;
      int add = dAt + (i + r) * ldd + j;
      for (int s = 0; s < end; s++) {
        double term = scratch[from + s] * alpha;
        if (!first) {
          c[to + s] = c[to + s] + term;
        } else {
          c[to + s] = beta == 0 ? term : beta * d[add + s] + term;
        }
      }
    }
  }

  static final class Simd {
    private static final int LANES = D.length();
    private static final int WIDTH = 2 * LANES;

    static void rows(DoubleProduct t, int from, int to, int panel) {
      for (int p = 0; p < t.k; p += DEPTH) {
        int depth = Math.min(DEPTH, t.k - p);
        int end = t.lower ? to : t.n;
        for (int j = 0; j < end; j += WIDTH) {
          int cols = Math.min(WIDTH, end - j);
          pack(t, p, depth, j, cols, panel);
          int start = t.lower ? Math.max(from, j - j % ROWS) : from;
          for (int i = start; i < to; i += ROWS) {
            tile(t, i, Math.min(ROWS, to - i), p, depth, j, cols, panel);
          }
        }
      }
    }

    /** Columns j … of the block of B, row after row, zeros behind. */
    private static void pack(DoubleProduct t, int p, int depth, int j, int cols, int panel) {
      for (int q = 0; q < depth; q++) {
        int from = t.bAt + (p + q) * t.bRow + j * t.bCol;
        int to = panel + q * WIDTH;
        for (int s = 0; s < cols; s++) {
          t.scratch[to + s] = t.b[from + s * t.bCol];
        }
        for (int s = cols; s < WIDTH; s++) {
          t.scratch[to + s] = 0;
        }
      }
    }

    private static void tile(DoubleProduct t, int i, int rows, int p, int depth, int j, int cols, int panel) {
      int out = panel + DEPTH * WIDEST;
      int a0 = t.aAt + i * t.aRow + p * t.aCol;
      int last = t.aRow * (rows - 1); // rows that are not there repeat the last one
      chains(
          t.a, a0, a0 + Math.min(last, t.aRow), a0 + Math.min(last, 2 * t.aRow), a0 + last, t.aCol, t.scratch, panel, depth, out);
      t.store(i, rows, j, cols, out, WIDTH, p == 0);
    }

    /** Four rows of A by two vectors of columns: eight chains in flight. */
    private static void chains(
        double[] a, int a0, int a1, int a2, int a3, int step, double[] b, int panel, int depth, int out) {
      var s00 = DoubleVector.zero(D);
      var s01 = DoubleVector.zero(D);
      var s10 = DoubleVector.zero(D);
      var s11 = DoubleVector.zero(D);
      var s20 = DoubleVector.zero(D);
      var s21 = DoubleVector.zero(D);
      var s30 = DoubleVector.zero(D);
      var s31 = DoubleVector.zero(D);
      for (int q = 0, at = 0, y = panel; q < depth; q++, at += step, y += WIDTH) {
        var b0 = DoubleVector.fromArray(D, b, y);
        var b1 = DoubleVector.fromArray(D, b, y + LANES);
        var v = DoubleVector.broadcast(D, a[a0 + at]);
        s00 = v.fma(b0, s00);
        s01 = v.fma(b1, s01);
        v = DoubleVector.broadcast(D, a[a1 + at]);
        s10 = v.fma(b0, s10);
        s11 = v.fma(b1, s11);
        v = DoubleVector.broadcast(D, a[a2 + at]);
        s20 = v.fma(b0, s20);
        s21 = v.fma(b1, s21);
        v = DoubleVector.broadcast(D, a[a3 + at]);
        s30 = v.fma(b0, s30);
        s31 = v.fma(b1, s31);
      }
      s00.intoArray(b, out);
      s01.intoArray(b, out + LANES);
      s10.intoArray(b, out + WIDTH);
      s11.intoArray(b, out + WIDTH + LANES);
      s20.intoArray(b, out + 2 * WIDTH);
      s21.intoArray(b, out + 2 * WIDTH + LANES);
      s30.intoArray(b, out + 3 * WIDTH);
      s31.intoArray(b, out + 3 * WIDTH + LANES);
    }
  }
}
