package curvata.kernels.matrix;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import java.util.Objects;

/**
 * How far a matrix is from orthogonal rows, or columns of a tall one.
 *
 * <pre>
 *   ‖X Xᵀ − I‖_F / √m          m rows, the shorter side; XᵀX for a tall X
 * </pre>
 *
 * <p>About twice the root mean square of σ − 1. Shapes: rows × cols, row-major with any stride; only read. m² n / 2 multiply-adds in float32, each
 * element of the product one chain, summed in double. Allocates nothing when warm. The same bits for scalar and SIMD, any vector width and number of
 * threads. NaN and infinity propagate.
 */
public final class Orthogonality {
  private Orthogonality() {}

  /**
   * Floats of scratch that {@link #residual} takes from its workspace, and doubles of {@link Reductions#requiredDoubles} for the shorter side.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds an array's size
   */
  public static int required(int rows, int cols) {
    Checks.size("x", rows, cols);
    return scratch(rows, cols);
  }

  /** {@link #required} of a shape that has been checked. */
  static int scratch(int rows, int cols) {
    int m = Math.min(rows, cols);
    return Math.addExact(Math.multiplyExact(m, m), Product.scratch(m, m, Math.max(rows, cols)));
  }

  /**
   * Measures it.
   *
   * @param ws scratch of {@link #required} floats, and some doubles
   * @return 0 for an empty matrix
   * @throws NullPointerException if the array or the workspace is null
   * @throws IllegalArgumentException if the matrix does not lie inside its array
   * @throws IllegalStateException if the workspace is too small
   */
  public static double residual(int rows, int cols, float[] x, int offset, int stride, Workspace ws) {
    Objects.requireNonNull(ws, "ws");
    Strided.check("x", x, offset, rows, cols, stride);
    int m = Math.min(rows, cols);
    if (m == 0) {
      return 0;
    }
    int at = ws.takeFloats(m * m);
    try {
      FloatIteration iteration = ws.task(FloatIteration.class, FloatIteration::new);
      iteration.bind(rows, cols, x, offset, stride, x, offset, stride, at, ws);
      iteration.gram(Iteration.OUT, 0);
      double sum = iteration.sumOfSquaresFrom(0, 1);
      iteration.clear();
      return Math.sqrt(sum / m);
    } finally {
      ws.releaseFloats(at);
    }
  }
}
