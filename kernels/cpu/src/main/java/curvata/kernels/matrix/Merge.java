package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import jdk.incubator.vector.FloatVector;

/** Adds finished sums to C; apart from the micro-kernels, whose inlining budget it would exceed. */
final class Merge {
  private Merge() {}

  /**
   * C ← α S + β D in the first block of k, C ← C + α S in later ones, for rows × cols elements from (i, j) on; S(r, s) is
   * {@code sums[at + r * step + s]}.
   */
  static void tile(ProductTask t, int i, int j, int rows, int cols, boolean first, float[] sums, int at, int step) {
    float[] d = first ? t.d : t.c;
    float beta = first ? t.beta : 1;
    int dAt = first ? t.d(i, j) : t.c(i, j);
    int ldd = first ? t.dRow : t.cRow;
    int along = first ? t.dCol : t.cCol;
    if (t.cCol == 1 && along == 1) {
      Simd.rows(sums, at, step, rows, cols, t.alpha, beta, d, dAt, ldd, t.c, t.c(i, j), t.cRow);
    } else {
      columns(sums, at, step, rows, cols, t.alpha, beta, d, dAt, along, t.c, t.c(i, j), t.cCol);
    }
  }

  /** The same where C or D is stored by columns. */
  private static void columns(
      float[] sums, int at, int step, int rows, int cols, float alpha, float beta, float[] d, int dAt, int ldd, float[] c, int cAt, int ldc) {
    for (int s = 0; s < cols; s++, dAt += ldd, cAt += ldc) {
      for (int r = 0, from = at + s; r < rows; r++, from += step) {
        float term = sums[from] * alpha;
        c[cAt + r] = beta == 0 ? term : beta * d[dAt + r] + term;
      }
    }
  }

  private static final class Simd {
    private Simd() {}

    static void rows(
        float[] sums, int at, int step, int rows, int cols, float alpha, float beta, float[] d, int dAt, int ldd, float[] c, int cAt, int ldc) {
      int whole = F.loopBound(cols);
      for (int r = 0; r < rows; r++, at += step, dAt += ldd, cAt += ldc) {
        for (int s = 0; s < whole; s += F.length()) {
          FloatVector term = FloatVector.fromArray(F, sums, at + s).mul(alpha);
          if (beta == 0) { // no vector may be the outcome of a choice: it would be boxed
            term.intoArray(c, cAt + s);
          } else {
            FloatVector.fromArray(F, d, dAt + s).mul(beta).add(term).intoArray(c, cAt + s);
          }
        }
        for (int s = whole; s < cols; s++) {
          float term = sums[at + s] * alpha;
          c[cAt + s] = beta == 0 ? term : beta * d[dAt + s] + term;
        }
      }
    }
  }
}
