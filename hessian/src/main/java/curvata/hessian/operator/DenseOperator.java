package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.Product;
import curvata.kernels.reduce.Blocks;
import curvata.kernels.reduce.Dot;
import java.util.Arrays;
import java.util.Objects;

/**
 * A symmetric matrix, row after row.
 *
 * <pre>
 *   y_i = Σ_j a_ij x_j
 * </pre>
 *
 * <p>Single products sum in double and round once: error 2⁻²⁴ |y_i| + (n/16 + 14) 2⁻⁵³ Σ|a_ij x_j|. Blocks of two and more are matrix products in
 * float, faster and with the error that {@link Product} states. Both give the same bits for any backend, vector width and number of threads. Reads
 * 4 n² bytes per product; allocates nothing when warm. Not for use by two threads at once.
 */
public final class DenseOperator implements LinearOperator {
  private static final int ROWS = 16; // of a part for one thread

  private final float[] a;
  private final int n;
  private final double[] lanes = new double[Threads.count() * Blocks.LANES];
  private final Workspace ws = new Workspace();
  private final Threads.Task task = this::rows;
  private float[] x;
  private float[] y;

  /**
   * The matrix of n × n floats, not copied.
   *
   * @throws NullPointerException if a is null
   * @throws IllegalArgumentException if n &lt; 1, the length is not n², or the matrix is not finite and exactly symmetric
   */
  public DenseOperator(float[] a, int n) {
    this.a = Objects.requireNonNull(a, "a");
    this.n = n;
    Checks.that(n >= 1, "n", n, "n >= 1");
    Checks.that(a.length == (long) n * n, "a.length", a.length, (long) n * n + " (n * n)");
    for (int i = 0; i < n; i++) {
      checkRow(i);
    }
  }

  private void checkRow(int i) {
    for (int j = 0; j <= i; j++) {
      float lower = a[i * n + j];
      float upper = a[j * n + i];
      if (!Float.isFinite(lower) || lower != upper) {
        throw new IllegalArgumentException(
            "a[" + i + "][" + j + "] = " + lower + ", a[" + j + "][" + i + "] = " + upper + ", expected finite and equal");
      }
    }
  }

  @Override
  public int dimension() {
    return n;
  }

  @Override
  public void apply(float[] x, float[] y) {
    Checks.range("x", x, 0, n);
    Checks.range("y", y, 0, n);
    this.x = x;
    this.y = y;
    try {
      Threads.run(task, (n + ROWS - 1) / ROWS, (long) n * n);
    } finally {
      this.x = null;
      this.y = null;
    }
  }

  private void rows(int part, int worker) {
    int at = worker * Blocks.LANES;
    for (int i = part * ROWS, end = Math.min(n, i + ROWS); i < end; i++) {
      Arrays.fill(lanes, at, at + Blocks.LANES, 0.0);
      Dot.accumulate(x, 0, n, a, i * n, lanes, at);
      y[i] = (float) Blocks.foldSum(lanes, at);
    }
  }

  @Override
  public void applyBlock(float[] x, float[] y, int count) {
    if (count == 1) {
      apply(x, y);
    } else {
      ws.reserve(Product.required(count, n, n), 0);
      Product.multiply(false, false, count, n, n, 1, x, 0, n, a, 0, n, 0, y, 0, n, ws); // rows of X times A = Aᵀ
    }
  }
}
