package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Products of many equal small matrices: {@link Product} for each of them, shared among threads by matrices.
 *
 * <pre>
 *   C_i ← α op(A_i) op(B_i) + β C_i        i = 0 … count − 1; matrix i begins at its offset + i · its distance
 * </pre>
 *
 * Shapes, strides, order of operations, accuracy, special values and bits are those of {@link Product}. A distance of 0 uses one A or B for all.
 * The C_i must not overlap each other, and the range from the first C to the last none of A or B. Allocates nothing when warm; each product runs on
 * one thread, so a few large ones are better multiplied one by one.
 */
public final class BatchedProduct {
  private BatchedProduct() {}

  /**
   * Floats of scratch that a batch of products of this size takes from its workspace; never less for a larger size.
   *
   * @throws IllegalArgumentException if a dimension is negative or a matrix exceeds an array's size
   */
  public static int required(int count, int m, int n, int k) {
    Checks.that(count >= 0, "count", count, ">= 0");
    Checks.size("a", m, k);
    Checks.size("b", k, n);
    Checks.size("c", m, n);
    return scratch(count, m, n, k);
  }

  private static int scratch(int count, int m, int n, int k) {
    return Math.multiplyExact(BatchedTask.workers(count, m, n, k), Product.requiredEach(m, n, k, 1));
  }

  /**
   * C_i ← α op(A_i) op(B_i) + β C_i for each i.
   *
   * @param transA whether op(A_i) = A_iᵀ; A_i is then stored k×m, else m×k
   * @param transB whether op(B_i) = B_iᵀ; B_i is then stored n×k, else k×n
   * @param count how many matrices
   * @param lda distance between stored rows of A_i, at least their length; likewise ldb and ldc
   * @param aDistance from the start of one A to that of the next, ≥ 0; likewise bDistance
   * @param cDistance from the start of one C to that of the next, at least what one C spans
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative, a matrix does not lie inside its array or a C overlaps another matrix
   * @throws IllegalStateException if the workspace is too small
   */
  public static void multiply(
      boolean transA, boolean transB, int count, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, int aDistance, float[] b,
      int bOffset, int ldb, int bDistance, float beta, float[] c, int cOffset, int ldc, int cDistance, Workspace ws) {
    run(
        transA, transB, count, m, n, k, alpha, a, aOffset, lda, aDistance, b, bOffset, ldb, bDistance, beta, c, cOffset, ldc, cDistance, false,
        ws);
  }

  /**
   * C_i ← α op(A_i) op(B_i) + β C_i for each i, where op(A_i) op(B_i) and C_i are known to be symmetric; see
   * {@link Product#symmetric(boolean, boolean, int, int, float, float[], int, int, float[], int, int, float, float[], int, int, Workspace)}.
   *
   * @param n rows and columns of each C
   * @param k columns of each op(A)
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative, a matrix does not lie inside its array or a C overlaps another matrix
   * @throws IllegalStateException if the workspace is too small
   */
  public static void symmetric(
      boolean transA, boolean transB, int count, int n, int k, float alpha, float[] a, int aOffset, int lda, int aDistance, float[] b,
      int bOffset, int ldb, int bDistance, float beta, float[] c, int cOffset, int ldc, int cDistance, Workspace ws) {
    run(
        transA, transB, count, n, n, k, alpha, a, aOffset, lda, aDistance, b, bOffset, ldb, bDistance, beta, c, cOffset, ldc, cDistance, true,
        ws);
  }

  /**
   * C_i ← α A_i A_iᵀ + β C_i (A_i: n×k), or α A_iᵀA_i + β C_i where transposed (A_i: k×n).
   *
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative, a matrix does not lie inside its array or a C overlaps another matrix
   * @throws IllegalStateException if the workspace is too small
   */
  public static void gram(
      boolean transposed, int count, int n, int k, float alpha, float[] a, int aOffset, int lda, int aDistance, float beta, float[] c, int cOffset,
      int ldc, int cDistance, Workspace ws) {
    run(
        transposed, !transposed, count, n, n, k, alpha, a, aOffset, lda, aDistance, a, aOffset, lda, aDistance, beta, c, cOffset, ldc, cDistance,
        true, ws);
  }

  private static void run(
      boolean transA, boolean transB, int count, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, int aDistance, float[] b,
      int bOffset, int ldb, int bDistance, float beta, float[] c, int cOffset, int ldc, int cDistance, boolean lower, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    require(count >= 0, "count", count, 0, "");
    Product.checkShape(m, n, k);
    long aEnd = check("a", a, aOffset, transA ? k : m, transA ? m : k, lda, count, aDistance);
    long bEnd = check("b", b, bOffset, transB ? n : k, transB ? k : n, ldb, count, bDistance);
    long cEnd = check("c", c, cOffset, m, n, ldc, count, cDistance);
    long span = Strided.end(0, m, n, ldc);
    require(count < 2 || cDistance >= span, "distance of c", cDistance, span, " (elements that one spans)");
    if (count == 0 || m == 0 || n == 0) {
      return;
    }
    Product.checkDisjoint("a", a, aOffset, aEnd, c, cOffset, cEnd);
    Product.checkDisjoint("b", b, bOffset, bEnd, c, cOffset, cEnd);
    BatchedTask task = ws.task(BatchedTask.class, BatchedTask::new);
    for (ProductTask t : task.products()) {
      t.shape(m, n, k, alpha, beta, lower);
      t.a(a, aOffset, lda, transA);
      t.b(b, bOffset, ldb, transB);
      t.d(c, cOffset, ldc);
      t.c(c, cOffset, ldc);
    }
    task.aAt = aOffset;
    task.aDistance = aDistance;
    task.bAt = bOffset;
    task.bDistance = bDistance;
    task.cAt = cOffset;
    task.cDistance = cDistance;
    compute(task, count, m, n, k, ws);
  }

  private static void compute(BatchedTask task, int count, int m, int n, int k, Workspace ws) {
    try {
      int mark = ws.takeFloats(scratch(count, m, n, k));
      try {
        task.compute(count, BatchedTask.workers(count, m, n, k), ws.floats(), mark, Product.requiredEach(m, n, k, 1));
      } finally {
        ws.releaseFloats(mark);
      }
    } finally {
      task.clear();
    }
  }

  /** {@link Checks#that} with a text that is made only where it does not hold. */
  private static void require(boolean holds, String name, int value, long least, String why) {
    if (!holds) {
      throw new IllegalArgumentException(name + " = " + value + ", expected >= " + least + why);
    }
  }

  /** Requires that all matrices lie inside the array; the index after the last one. */
  private static long check(String name, float[] data, int offset, int rows, int cols, int stride, int count, int distance) {
    if (distance < 0) {
      throw new IllegalArgumentException("distance of " + name + " = " + distance + ", expected >= 0");
    }
    Strided.check(name, data, offset, count == 0 ? 0 : rows, cols, stride);
    if (rows == 0 || cols == 0) {
      return offset;
    }
    long end = Strided.end(offset, rows, cols, stride) + Math.max(0, count - 1L) * distance;
    if (count > 0 && end > data.length) {
      throw new IllegalArgumentException(
          count + " matrices " + name + " hold [" + offset + ", " + end + "), expected within [0, " + data.length + ")");
    }
    return end;
  }
}
