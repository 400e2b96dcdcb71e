package curvata.kernels.matrix;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Product of two float32 matrices, added to a third, in one fixed order.
 *
 * <pre>
 *   C ← α op(A) op(B) + β D        op(A): m×k, op(B): k×n, C and D: m×n, op(M) = M or Mᵀ; D is C where it is not given
 *
 *   s_p = fma chain from 0 over the p-th block of {@value #DEPTH} indices of k, ascending
 *   C(i, j) ← (α s₀ + β D(i, j)) + α s₁ + α s₂ + …        each α s_p rounded, each sum rounded, in this order
 * </pre>
 *
 * With β = 0 D is not read, so what it held does not matter. With k = 0, C ← β D.
 *
 * <p>Row-major with any stride; C must not overlap A or B, and D must be C itself or not overlap it (D may be A or B). Cost: m n k multiply-adds, and O(m k + n k) to pack; rows of C are shared among threads
 * above a million multiply-adds. Allocates nothing when warm; scratch of {@link #required} floats comes from the workspace.
 *
 * <p>Accuracy: |error| ≤ (min(k, {@value #DEPTH}) + ⌈k/{@value #DEPTH}⌉ + 2) u (|α| Σ|a||b| + |β D|) to first order in u = 2⁻²⁴. The same bits for
 * scalar and SIMD, any vector width, stride, transposition, neighbouring columns and number of threads. NaN and infinity propagate as in IEEE
 * arithmetic, also through α = 0; which NaN comes out is not specified.
 *
 * @see <a href="https://doi.org/10.1145/1356052.1356053">Goto, van de Geijn: Anatomy of High-Performance Matrix Multiplication</a>
 */
public final class Product {
  /** Length of an fma chain: part of the definition of the result, not a tuning parameter. */
  static final int DEPTH = 512;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Product() {}

  /**
   * Floats of scratch that a product of this size takes from its workspace; never less for a larger size.
   *
   * @throws IllegalArgumentException if a dimension is negative or a matrix exceeds an array's size
   */
  public static int required(int m, int n, int k) {
    Checks.size("a", m, k);
    Checks.size("b", k, n);
    Checks.size("c", m, n);
    return scratch(m, n, k);
  }

  /** {@link #required} of a shape that has been checked. */
  static int scratch(int m, int n, int k) {
    int parts = Math.max(ProductTask.parts(m, n, k), ProductTask.parts(n, m, k)); // few columns are computed as few rows
    return Math.multiplyExact(parts, requiredEach(m, n, k, parts));
  }

  /**
   * C ← α A B + β C on views. A transposed C is computed as the product of the transposes, with the same bits, and takes the scratch of that:
   * {@link #required} with rows and columns exchanged.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if shapes do not fit or C overlaps A or B
   * @throws IllegalStateException if the workspace is too small
   */
  public static void multiply(float alpha, MatrixView a, MatrixView b, float beta, MatrixView c, Workspace ws) {
    checkShapes(a, b, c);
    if (c.transposed()) {
      multiply(alpha, b.transpose(), a.transpose(), beta, c.transpose(), ws);
    } else {
      multiply(
          a.transposed(), b.transposed(), c.rows(), c.cols(), a.cols(), alpha, a.data(), a.offset(), a.stride(),
          b.data(), b.offset(), b.stride(), beta, c.data(), c.offset(), c.stride(), ws);
    }
  }

  /**
   * C ← α op(A) op(B) + β C.
   *
   * @param transA whether op(A) = Aᵀ; A is then stored k×m, else m×k
   * @param transB whether op(B) = Bᵀ; B is then stored n×k, else k×n
   * @param lda distance between stored rows of A, at least their length; likewise ldb and ldc
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, a matrix does not lie inside its array or C overlaps A or B
   * @throws IllegalStateException if the workspace is too small
   */
  public static void multiply(
      boolean transA, boolean transB, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] c, int cOffset, int ldc, Workspace ws) {
    run(transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, c, cOffset, ldc, false, ws);
  }

  /**
   * C ← α op(A) op(B) + β D: a sum like a X + B X in one pass, without copying X first.
   *
   * @param d m×n; C itself (same array, offset and stride) or disjoint from C; may be A or B
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, a matrix does not lie inside its array, C overlaps A or B, or D without being C
   * @throws IllegalStateException if the workspace is too small
   */
  public static void multiply(
      boolean transA, boolean transB, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] d, int dOffset, int ldd, float[] c, int cOffset, int ldc, Workspace ws) {
    run(transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, d, dOffset, ldd, c, cOffset, ldc, false, ws);
  }

  /**
   * C ← α A B + β C on views, where A B and C are known to be symmetric; see the method on arrays. Below and above the diagonal are those of C as
   * stored, also where the view of C is transposed.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if shapes do not fit, C is not square or C overlaps A or B
   * @throws IllegalStateException if the workspace is too small
   */
  public static void symmetric(float alpha, MatrixView a, MatrixView b, float beta, MatrixView c, Workspace ws) {
    checkShapes(a, b, c);
    if (c.rows() != c.cols()) {
      throw new IllegalArgumentException("shape of c = " + c.rows() + " x " + c.cols() + ", expected a square");
    }
    symmetric(
        a.transposed(), b.transposed(), c.rows(), a.cols(), alpha, a.data(), a.offset(), a.stride(), b.data(), b.offset(), b.stride(),
        beta, c.data(), c.offset(), c.stride(), ws);
  }

  /**
   * C ← α op(A) op(B) + β C, where op(A) op(B) and C are known to be symmetric: the Gram matrix of one operand, or a product of symmetric matrices
   * that commute.
   *
   * <p>Computes what is on and below the diagonal, with the bits of {@link #multiply}, and mirrors it: half the work, and C is symmetric bit for
   * bit. Nothing above the diagonal of the old C is used. For op(B) = op(A)ᵀ all bits are those of {@link #multiply}.
   *
   * @param n rows and columns of C
   * @param k columns of op(A), rows of op(B)
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, a matrix does not lie inside its array or C overlaps A or B
   * @throws IllegalStateException if the workspace is too small
   */
  public static void symmetric(
      boolean transA, boolean transB, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] c, int cOffset, int ldc, Workspace ws) {
    run(transA, transB, n, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc, c, cOffset, ldc, true, ws);
  }

  /**
   * C ← α op(A) op(B) + β D, where op(A) op(B) and D are known to be symmetric: a sum like b A + c A² in one pass.
   *
   * <p>As {@link #symmetric(boolean, boolean, int, int, float, float[], int, int, float[], int, int, float, float[], int, int, Workspace)}; nothing
   * above the diagonal of D is used.
   *
   * @param d n×n; C itself (same array, offset and stride) or disjoint from C; may be A or B
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, a matrix does not lie inside its array, C overlaps A or B, or D without being C
   * @throws IllegalStateException if the workspace is too small
   */
  public static void symmetric(
      boolean transA, boolean transB, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] d, int dOffset, int ldd, float[] c, int cOffset, int ldc, Workspace ws) {
    run(transA, transB, n, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, d, dOffset, ldd, c, cOffset, ldc, true, ws);
  }

  /**
   * C ← α A Aᵀ + β C (A: n×k), or α AᵀA + β C where transposed (A: k×n): {@link #symmetric} of a matrix with itself.
   *
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, a matrix does not lie inside its array or C overlaps A
   * @throws IllegalStateException if the workspace is too small
   */
  public static void gram(
      boolean transposed, int n, int k, float alpha, float[] a, int aOffset, int lda, float beta, float[] c, int cOffset, int ldc,
      Workspace ws) {
    run(
        transposed, !transposed, n, n, k, alpha, a, aOffset, lda, a, aOffset, lda, beta, c, cOffset, ldc, c, cOffset, ldc, true, ws);
  }

  /**
   * y ← α op(A) x + β y: {@link #multiply} with one column; x and y have no gaps.
   *
   * @param transposed whether op(A) = Aᵀ; A is then stored k×m, else m×k
   * @param m elements of y
   * @param k elements of x
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a dimension is negative, an operand does not lie inside its array or y overlaps A or x
   * @throws IllegalStateException if the workspace holds less than {@link #required} says for m, 1, k
   */
  public static void vector(
      boolean transposed, int m, int k, float alpha, float[] a, int aOffset, int lda, float[] x, int xOffset, float beta, float[] y, int yOffset,
      Workspace ws) {
    run(transposed, false, m, 1, k, alpha, a, aOffset, lda, x, xOffset, 1, beta, y, yOffset, 1, y, yOffset, 1, false, ws);
  }

  private static void run(
      boolean transA, boolean transB, int m, int n, int k, float alpha, float[] a, int aOffset, int lda, float[] b, int bOffset, int ldb,
      float beta, float[] d, int dOffset, int ldd, float[] c, int cOffset, int ldc, boolean lower, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    checkShape(m, n, k);
    Strided.check("a", a, aOffset, transA ? k : m, transA ? m : k, lda);
    Strided.check("b", b, bOffset, transB ? n : k, transB ? k : n, ldb);
    Strided.check("c", c, cOffset, m, n, ldc);
    Strided.check("d", d, dOffset, m, n, ldd);
    long cEnd = Strided.end(cOffset, m, n, ldc);
    checkDisjoint("a", a, aOffset, Strided.end(aOffset, transA ? k : m, transA ? m : k, lda), c, cOffset, cEnd);
    checkDisjoint("b", b, bOffset, Strided.end(bOffset, transB ? n : k, transB ? k : n, ldb), c, cOffset, cEnd);
    if (d != c || dOffset != cOffset || ldd != ldc) {
      checkDisjoint("d", d, dOffset, Strided.end(dOffset, m, n, ldd), c, cOffset, cEnd);
    }
    if (m == 0 || n == 0) {
      return;
    }
    ProductTask t = ws.task(ProductTask.class, ProductTask::new);
    t.shape(m, n, k, alpha, beta, lower);
    t.a(a, aOffset, lda, transA);
    t.b(b, bOffset, ldb, transB);
    t.d(d, dOffset, ldd);
    t.c(c, cOffset, ldc);
    compute(t, ws);
  }

  private static void compute(ProductTask t, Workspace ws) {
    t.plan();
    int parts = t.small ? 1 : ProductTask.parts(t.m, t.n, t.k);
    t.scratchEach = requiredEach(t.m, t.n, t.k, parts);
    int mark = ws.takeFloats(Math.multiplyExact(parts, t.scratchEach));
    try {
      t.scratch = ws.floats();
      t.scratchAt = mark;
      t.compute(parts);
    } finally {
      t.clear();
      ws.releaseFloats(mark);
    }
  }

  /** Floats of scratch for each of so many parts; enough for the transposed product too. */
  static int requiredEach(int m, int n, int k, int parts) {
    return SIMD ? PackedProduct.required(ProductTask.longestShare(m, parts), Math.max(m, n), k) : 0;
  }

  /** Elements of C, one by one, limits exclusive: the definition, and the fallback. */
  static void scalar(ProductTask t, int top, int bottom, int left, int right) {
    for (int i = top; i < bottom; i++) {
      int end = t.lower ? i + 1 : right;
      for (int j = left; j < end; j++) {
        t.c[t.c(i, j)] = t.k == 0 ? scaled(t, t.d(i, j)) : element(t, i, j, t.d(i, j));
      }
    }
  }

  private static float element(ProductTask t, int i, int j, int addend) {
    float sum = 0;
    for (int p = 0, depth; p < t.k; p += depth) {
      depth = Math.min(DEPTH, t.k - p);
      float term = chain(t, i, j, p, depth) * t.alpha;
      if (p > 0) {
        sum = sum + term;
      } else {
        sum = t.beta == 0 ? term : t.beta * t.d[addend] + term;
      }
    }
    return sum;
  }

  private static float chain(ProductTask t, int i, int j, int p, int depth) {
    float sum = 0;
    int aAt = t.aAt + i * t.aRow + p * t.aCol;
    int bAt = t.bAt + p * t.bRow + j * t.bCol;
    for (int q = 0; q < depth; q++, aAt += t.aCol, bAt += t.bRow) {
      sum = Math.fma(t.a[aAt], t.b[bAt], sum);
    }
    return sum;
  }

  /** An element of C where there is nothing to add. */
  static float scaled(ProductTask t, int addend) {
    return t.beta == 0 ? 0 : t.beta * t.d[addend];
  }

  static void checkShape(int m, int n, int k) {
    if (m < 0 || n < 0 || k < 0) {
      throw new IllegalArgumentException("m, n, k = " + m + ", " + n + ", " + k + ", expected dimensions >= 0");
    }
  }

  private static void checkShapes(MatrixView a, MatrixView b, MatrixView c) {
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(b, "b");
    Objects.requireNonNull(c, "c");
    if (a.cols() != b.rows()) {
      throw new IllegalArgumentException("b.rows = " + b.rows() + ", expected " + a.cols() + " (a.cols)");
    }
    if (c.rows() != a.rows() || c.cols() != b.cols()) {
      throw new IllegalArgumentException(
          "shape of c = " + c.rows() + " x " + c.cols() + ", expected " + a.rows() + " x " + b.cols() + " (a.rows x b.cols)");
    }
  }

  static void checkDisjoint(String name, float[] x, int from, long to, float[] c, int cFrom, long cTo) {
    if (x == c && Math.max(from, cFrom) < Math.min(to, cTo)) {
      throw new IllegalArgumentException(
          "c overlaps " + name + ": [" + cFrom + ", " + cTo + ") and [" + from + ", " + to + ") of one array, expected disjoint ranges");
    }
  }
}
