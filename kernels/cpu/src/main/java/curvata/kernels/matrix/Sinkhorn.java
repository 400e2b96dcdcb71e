package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Rows and columns normalized in turn, some rounds.
 *
 * <pre>
 *   X = G / max|g|;   each round:   row ← row · √n / ‖row‖,   then column ← column · √m / ‖column‖
 *   X(i, j) = r_i g_ij c_j:   r_i ← √n / √Σ_j (g_ij c_j)²,   c_j ← √m / √Σ_i (r_i g_ij)²
 * </pre>
 *
 * <p>Only the scales r and c are kept, in double; G is read twice per round and written once at the end, so that it may be overwritten. Any finite
 * scale works. Converges to equal norms of rows and columns where G has total support; the result is not orthogonal.
 *
 * <p>Shapes: m×n, row-major. 4 m n multiply-adds per round; scratch of {@link #required} doubles; allocates nothing when warm. Sums in a fixed order:
 * rows in 16 lanes of ascending j, columns in parts of rows whose length depends on the shape, ascending. The same bits for scalar and SIMD, any
 * vector width and number of threads.
 *
 * <p>Special values: rows and columns of zeros stay zeros; with a NaN or an infinity everything becomes NaN.
 *
 * @see <a href="https://arxiv.org/abs/2502.06742">Scetbon et al.: Gradient Multi-Normalization for Stateless and Scalable LLM Training</a>
 */
public final class Sinkhorn {
  private static final int LANES = 16;

  private Sinkhorn() {}

  /**
   * Doubles of scratch.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds an array's size
   */
  public static int required(int rows, int cols) {
    Checks.size("x", rows, cols);
    return scratch(rows, cols);
  }

  private static int scratch(int rows, int cols) {
    return Math.addExact(rows, Math.multiplyExact(cols, 1 + Task.parts(rows))) + LANES * Task.parts(rows);
  }

  /**
   * Normalizes a matrix of floats.
   *
   * @param out may be {@code g} at the same offset, else must not overlap it
   * @param ws scratch of {@link #required} doubles
   * @return the error: how far the norms of rows that are not zero are from √n, max |‖row‖/√n − 1|; those of columns are exact but for rounding
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a number is negative, a matrix does not lie inside its array, or they overlap without being the same
   * @throws IllegalStateException if the workspace is too small
   */
  public static double apply(int rounds, int rows, int cols, float[] g, int gOffset, float[] out, int outOffset, Workspace ws) {
    Checks.that(rounds >= 0, "rounds", rounds, ">= 0");
    Objects.requireNonNull(ws, "ws");
    Strided.check("g", g, gOffset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    Strided.checkSameOrApart(rows, cols, g, gOffset, cols, out, outOffset, cols);
    Task t = ws.task(Task.class, Task::new);
    int mark = ws.takeDoubles(scratch(rows, cols));
    try {
      double error = t.run(rounds, rows, cols, g, gOffset, ws.doubles(), mark);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          out[outOffset + i * cols + j] = (float) t.value(i, j);
        }
      }
      return error;
    } finally {
      t.clear();
      ws.releaseDoubles(mark);
    }
  }

  /** The same with the result in double, not rounded; {@code out} is another array. */
  public static double apply(int rounds, int rows, int cols, float[] g, int gOffset, double[] out, int outOffset, Workspace ws) {
    Checks.that(rounds >= 0, "rounds", rounds, ">= 0");
    Objects.requireNonNull(ws, "ws");
    Strided.check("g", g, gOffset, rows, cols, cols);
    Strided.check("out", out, outOffset, rows, cols, cols);
    Task t = ws.task(Task.class, Task::new);
    int mark = ws.takeDoubles(scratch(rows, cols));
    try {
      double error = t.run(rounds, rows, cols, g, gOffset, ws.doubles(), mark);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          out[outOffset + i * cols + j] = t.value(i, j);
        }
      }
      return error;
    } finally {
      t.clear();
      ws.releaseDoubles(mark);
    }
  }

  /** One call on its way to other threads: parts of rows; what they find of columns is added in their order. */
  private static final class Task implements Threads.Task {
    private static final int ROWS = 64; // of a part, at least: a partial sum of all columns per part
    private static final int MOST_PARTS = 64;

    private int rows;
    private int cols;
    private float[] g;
    private int gAt;
    private double[] x;
    private int r;
    private int c;
    private int partials; // cols for each part
    private int lanes; // 16 for each part
    private double scale;
    private boolean columns;

    static int parts(int rows) {
      return Math.max(1, Math.min(MOST_PARTS, rows / ROWS));
    }

    double run(int rounds, int rowCount, int colCount, float[] matrix, int at, double[] scratch, int from) {
      rows = rowCount;
      cols = colCount;
      g = matrix;
      gAt = at;
      x = scratch;
      r = from;
      c = r + rows;
      partials = c + cols;
      lanes = partials + cols * parts(rows);
      double largest = 0;
      for (int i = 0; i < rows * cols; i++) {
        largest = Math.max(largest, Math.abs(g[gAt + i])); // NaN stays
      }
      scale = largest == 0 ? 1 : largest < Double.POSITIVE_INFINITY ? 1 / largest : Double.NaN;
      java.util.Arrays.fill(x, r, partials, 1);
      for (int i = 0; i < rounds; i++) {
        columns = false;
        Threads.run(this, parts(rows), (long) rows * cols);
        columns = true;
        Threads.run(this, parts(rows), (long) rows * cols);
        scaleColumns();
      }
      return error();
    }

    void clear() {
      g = null;
      x = null;
    }

    double value(int i, int j) {
      return g[gAt + i * cols + j] * scale * x[r + i] * x[c + j];
    }

    @Override
    public void run(int part, int worker) {
      int from = (int) ((long) rows * part / parts(rows));
      int to = (int) ((long) rows * (part + 1) / parts(rows));
      if (columns) {
        java.util.Arrays.fill(x, partials + part * cols, partials + (part + 1) * cols, 0);
        for (int i = from; i < to; i++) {
          addRow(x, partials + part * cols, i);
        }
      } else {
        for (int i = from; i < to; i++) {
          double norm = Math.sqrt(rowSquare(i, lanes + part * LANES));
          x[r + i] = norm > 0 ? Math.sqrt(cols) / norm : norm == 0 ? 0 : Double.NaN;
        }
      }
    }

    /** sums[j] ← sums[j] + (r_i g_ij)²: a plain loop that the compiler vectorizes. */
    private void addRow(double[] sums, int at, int i) {
      double by = sums[r + i] * scale;
      int row = gAt + i * cols;
      for (int j = 0; j < cols; j++) {
        double v = g[row + j] * by;
        sums[at + j] = sums[at + j] + v * v;
      }
    }

    private double rowSquare(int i, int lane) {
      int row = gAt + i * cols;
      java.util.Arrays.fill(x, lane, lane + LANES, 0);
      int j = 0;
      for (; j <= cols - LANES; j += LANES) {
        group(row + j, c + j, LANES, lane);
      }
      group(row + j, c + j, cols - j, lane);
      for (int width = LANES / 2; width > 0; width /= 2) {
        for (int l = 0; l < width; l++) {
          x[lane + l] += x[lane + width + l];
        }
      }
      return x[lane];
    }

    private void group(int row, int col, int count, int lane) {
      for (int l = 0; l < count; l++) {
        double v = g[row + l] * scale * x[col + l];
        x[lane + l] += v * v;
      }
    }

    private void scaleColumns() {
      for (int j = 0; j < cols; j++) {
        double sum = 0;
        for (int part = 0; part < parts(rows); part++) {
          sum += x[partials + part * cols + j];
        }
        x[c + j] = sum > 0 ? Math.sqrt(rows) / Math.sqrt(sum) : sum == 0 ? 0 : Double.NaN;
      }
    }

    private double error() {
      double worst = 0;
      for (int i = 0; i < rows && cols > 0; i++) {
        double norm = x[r + i] * Math.sqrt(rowSquare(i, lanes) / cols);
        worst = norm == 0 ? worst : Math.max(worst, Math.abs(norm - 1));
      }
      return worst;
    }
  }
}
