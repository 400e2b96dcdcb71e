package curvata.kernels.matrix;

/**
 * One or two rows times a B whose columns lie one after the other, as a matrix with a vector: eight chains at once in plain Java.
 *
 * <p>A chain of multiply-adds has one order, so lanes of a vector could only be different columns, and to gather those takes longer than this.
 */
final class Chains {
  private static final int MOST_ROWS = 2;
  private static final int WIDTH = 8; // chains that fill two units of four cycles

  private Chains() {}

  /** Whether a product is one of these, or is when it is transposed. */
  static boolean fits(ProductTask t) {
    return !t.lower && (t.m <= MOST_ROWS && t.bRow == 1 && t.n > t.m || t.n <= MOST_ROWS && t.aCol == 1 && t.m > t.n);
  }

  /** Whether so many rows of a product are computed this way. */
  static boolean takes(ProductTask t, int rows) {
    return rows <= MOST_ROWS && t.bRow == 1 && !t.lower;
  }

  /** Rows from top to bottom and columns from left to right of C; {@code sums} has room for {@link PackedProduct#COL_BLOCK} floats. */
  static void rectangle(ProductTask t, int top, int bottom, int left, int right, float[] scratch, int sums) {
    for (int p = 0, depth; p < t.k; p += depth) {
      depth = Math.min(Product.DEPTH, t.k - p);
      for (int j = left, width; j < right; j += width) {
        width = Math.min(PackedProduct.COL_BLOCK, right - j);
        for (int i = top; i < bottom; i++) {
          row(t, i, p, depth, j, width, scratch, sums);
          Merge.tile(t, i, j, 1, width, p == 0, scratch, sums, width);
        }
      }
    }
  }

  private static void row(ProductTask t, int i, int p, int depth, int j, int width, float[] scratch, int sums) {
    int a = t.aAt + i * t.aRow + p * t.aCol;
    int b = t.bAt + j * t.bCol + p;
    int s = 0;
    for (; s + WIDTH <= width; s += WIDTH) {
      eight(t.a, a, t.aCol, t.b, b + s * t.bCol, t.bCol, depth, scratch, sums + s);
    }
    for (; s < width; s++) {
      one(t.a, a, t.aCol, t.b, b + s * t.bCol, depth, scratch, sums + s);
    }
  }

  private static void eight(float[] a, int aAt, int along, float[] b, int b0, int step, int depth, float[] sums, int at) {
    int b1 = b0 + step;
    int b2 = b1 + step;
    int b3 = b2 + step;
    int b4 = b3 + step;
    int b5 = b4 + step;
    int b6 = b5 + step;
    int b7 = b6 + step;
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    for (int p = 0; p < depth; p++, aAt += along) {
      float x = a[aAt];
      s0 = Math.fma(x, b[b0 + p], s0);
      s1 = Math.fma(x, b[b1 + p], s1);
      s2 = Math.fma(x, b[b2 + p], s2);
      s3 = Math.fma(x, b[b3 + p], s3);
      s4 = Math.fma(x, b[b4 + p], s4);
      s5 = Math.fma(x, b[b5 + p], s5);
      s6 = Math.fma(x, b[b6 + p], s6);
      s7 = Math.fma(x, b[b7 + p], s7);
    }
    sums[at] = s0;
    sums[at + 1] = s1;
    sums[at + 2] = s2;
    sums[at + 3] = s3;
    sums[at + 4] = s4;
    sums[at + 5] = s5;
    sums[at + 6] = s6;
    sums[at + 7] = s7;
  }

  private static void one(float[] a, int aAt, int along, float[] b, int bAt, int depth, float[] sums, int at) {
    float sum = 0;
    for (int p = 0; p < depth; p++, aAt += along) {
      sum = Math.fma(a[aAt], b[bAt + p], sum);
    }
    sums[at] = sum;
  }
}
