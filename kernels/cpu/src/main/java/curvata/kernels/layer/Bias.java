package curvata.kernels.layer;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;

/**
 * A bias added to every row, and its gradient.
 *
 * <pre>
 *   x_ij ← x_ij + b_j            ∂b_j = Σ_i ∂x_ij
 * </pre>
 *
 * Blocks are contiguous rows. Sums over rows are taken in double, in ascending order of rows, and rounded once: error at most
 * 2⁻²⁴ |∂b_j| + rows · 2⁻⁵³ Σ_i |∂x_ij|. NaN and infinity propagate. Same bits for either backend and any vector width.
 */
public final class Bias {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Bias() {}

  /**
   * Adds a bias to every row, in place; allocates nothing.
   *
   * @param x rows · cols floats from offset on
   * @param bias cols floats from biasOffset on, apart from the rows
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a block does not fit its array or the two overlap; nothing is written then
   */
  public static void add(float[] x, int offset, int rows, int cols, float[] bias, int biasOffset) {
    check("x", x, offset, rows, cols, "bias", bias, biasOffset);
    range(x, offset, rows, cols, bias, biasOffset);
  }

  /**
   * Sums the columns of a gradient into the gradient of the bias, which it overwrites; allocates nothing.
   *
   * @param dy rows · cols floats from offset on; only read
   * @param dBias cols floats from biasOffset on, apart from the rows; 0 where there are no rows
   * @param ws scratch of {@link #requiredDoubles} doubles
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a block does not fit its array or the two overlap; nothing is written then
   * @throws IllegalStateException if the workspace is too small; nothing is written then
   */
  public static void gradient(float[] dy, int offset, int rows, int cols, float[] dBias, int biasOffset, Workspace ws) {
    check("dy", dy, offset, rows, cols, "dBias", dBias, biasOffset);
    Objects.requireNonNull(ws, "ws");
    int at = ws.takeDoubles(requiredDoubles(cols));
    double[] sums = ws.doubles();
    Arrays.fill(sums, at, at + cols, 0);
    for (int i = 0; i < rows; i++) {
      addRow(dy, offset + i * cols, cols, sums, at);
    }
    for (int j = 0; j < cols; j++) {
      dBias[biasOffset + j] = (float) sums[at + j];
    }
    ws.releaseDoubles(at);
  }

  /**
   * The scratch of {@link #gradient}, in doubles.
   *
   * @throws IllegalArgumentException if cols &lt; 0
   */
  public static int requiredDoubles(int cols) {
    if (cols < 0) {
      throw new IllegalArgumentException("cols = " + cols + ", expected cols >= 0");
    }
    return cols;
  }

  private static void addRow(float[] dy, int row, int cols, double[] sums, int at) {
    for (int j = 0; j < cols; j++) {
      sums[at + j] += dy[row + j];
    }
  }

  /** The door of every kernel that takes rows and a bias. */
  static void check(String name, float[] x, int offset, int rows, int cols, String biasName, float[] bias, int biasOffset) {
    Rows.block(name, x, offset, rows, cols);
    Objects.requireNonNull(bias, biasName);
    Rows.span(biasName, bias.length, biasOffset, cols);
    Rows.apart(name, x, offset, (long) rows * cols, biasName, bias, biasOffset, cols);
  }

  /** {@link #add} without its checks. */
  static void range(float[] x, int offset, int rows, int cols, float[] bias, int biasOffset) {
    for (int i = 0; i < rows; i++) {
      if (SIMD) {
        Simd.row(x, offset + i * cols, bias, biasOffset, cols);
      } else {
        scalar(x, offset + i * cols, bias, biasOffset, 0, cols);
      }
    }
  }

  static void scalar(float[] x, int row, float[] bias, int at, int from, int to) {
    for (int j = from; j < to; j++) {
      x[row + j] = x[row + j] + bias[at + j];
    }
  }

  static final class Simd {
    static void row(float[] x, int row, float[] bias, int at, int cols) {
      int j = 0;
      for (int end = F.loopBound(cols); j < end; j += F.length()) {
        FloatVector.fromArray(F, x, row + j).add(FloatVector.fromArray(F, bias, at + j)).intoArray(x, row + j);
      }
      scalar(x, row, bias, at, j, cols);
    }
  }
}
