package curvata.bench.measure;

import java.util.List;

/**
 * Products of one shape: C ← op(A) op(B), one or a batch of them, row after row without gaps.
 *
 * @param name how its row is called
 * @param side the size as the row shows it
 * @param transA whether A is stored k×m, else m×k
 * @param transB whether B is stored n×k, else k×n
 * @param m rows of C
 * @param n columns of C
 * @param k length of the sums
 * @param count matrices in the batch
 * @param gram whether B is A, so that C is symmetric
 */
public record ProductCase(String name, int side, boolean transA, boolean transB, int m, int n, int k, int count, boolean gram) {
  private static final int FEW = 64;
  private static final int BATCH_ELEMENTS = 1 << 20; // 12 MB in all
  private static final int LARGEST_IN_BATCH = 128;

  /** Every kind of product at about this size, the square one first. */
  public static List<ProductCase> all(int side) {
    int small = Math.min(side, LARGEST_IN_BATCH);
    return List.of(
        of("product", side, side, side, side),
        of("product_wide", side, side, 4 * side, side),
        of("product_few", side, side, FEW, side),
        of("product_vector", side, side, 1, side),
        new ProductCase("product_nt", side, false, true, side, side, side, 1, false),
        new ProductCase("product_tn", side, true, false, side, side, side, 1, false),
        gram("gram", side, side),
        gram("gram_wide", side, 4 * side),
        new ProductCase("product_batch", small, false, false, small, small, small, BATCH_ELEMENTS / (small * small), false));
  }

  private static ProductCase of(String name, int side, int m, int n, int k) {
    return new ProductCase(name, side, false, false, m, n, k, 1, false);
  }

  private static ProductCase gram(String name, int m, int k) {
    return new ProductCase(name, m, false, true, m, m, k, 1, true);
  }

  /** Floating-point operations that must be done: two per multiply-add, half of them where C is symmetric. */
  public long flops() {
    return (gram ? 1L : 2L) * count * m * n * k;
  }

  /** Elements of all A. */
  public int aLength() {
    return Math.multiplyExact(count, Math.multiplyExact(m, k));
  }

  /** Elements of all B, which where C is symmetric is A. */
  public int bLength() {
    return Math.multiplyExact(count, Math.multiplyExact(k, n));
  }

  /** Elements of all C. */
  public int cLength() {
    return Math.multiplyExact(count, Math.multiplyExact(m, n));
  }

  /** From one stored row of A to the next. */
  public int lda() {
    return transA ? m : k;
  }

  /** From one stored row of B to the next. */
  public int ldb() {
    return transB ? k : n;
  }

  /**
   * What in a result is too far from sums in double, or null: first and last row of the first and last matrix against the bound of one float sum in
   * any order of operands that are rounded, (k 2⁻²⁴ + 3 rounding) Σ|ab|.
   */
  String difference(float[] a, float[] b, float[] c, double rounding) {
    for (int matrix : new int[] {0, count - 1}) {
      for (int i : new int[] {0, m - 1}) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          double magnitude = 0;
          for (int p = 0; p < k; p++) {
            double term = (double) a[matrix * m * k + (transA ? p * m + i : i * k + p)] * b[matrix * k * n + (transB ? j * k + p : p * n + j)];
            sum += term;
            magnitude += Math.abs(term);
          }
          float got = c[matrix * m * n + i * n + j];
          double allowed = (k * 0x1p-24 + 3 * rounding) * magnitude;
          if (!(Math.abs(got - sum) <= allowed)) {
            return name + ": c[" + i + "][" + j + "] of matrix " + matrix + " = " + got + ", expected " + sum + " ± " + allowed;
          }
        }
      }
    }
    return null;
  }
}
