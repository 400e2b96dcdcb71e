package curvata.kernels.matrix;

/**
 * A matrix inside an array: element (i, j) is {@code data[offset + i * stride + j]}, or {@code data[offset + j * stride + i]} where transposed.
 *
 * <p>Checked once, when made: every element lies inside the array. The array is not copied.
 *
 * @param data the array, shared with whoever holds it
 * @param offset index of element (0, 0)
 * @param rows rows as seen, after the transposition
 * @param cols columns as seen, after the transposition
 * @param stride distance between stored rows, at least the length of one
 * @param transposed whether rows are stored as columns
 */
public record MatrixView(float[] data, int offset, int rows, int cols, int stride, boolean transposed) {
  /**
   * Checks that the matrix lies inside the array.
   *
   * @throws NullPointerException if {@code data} is null
   * @throws IllegalArgumentException if a number is negative, the stride is shorter than a stored row or the end is outside the array
   */
  public MatrixView {
    Strided.check("data", data, offset, transposed ? cols : rows, transposed ? rows : cols, stride);
  }

  /** The whole of a matrix stored row after row from the start of an array. */
  public static MatrixView of(float[] data, int rows, int cols) {
    return new MatrixView(data, 0, rows, cols, cols, false);
  }

  /** The transpose, on the same elements. */
  public MatrixView transpose() {
    return new MatrixView(data, offset, cols, rows, stride, !transposed);
  }

  /** For messages. */
  String shape() {
    return rows + " x " + cols + (transposed ? " transposed" : "");
  }
}
