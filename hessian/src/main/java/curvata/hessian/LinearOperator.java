package curvata.hessian;

/**
 * A symmetric linear operator, known only by its products: a Hessian, a Gauss–Newton matrix, any symmetric matrix.
 *
 * <pre>
 *   y ← A x
 * </pre>
 *
 * <p>It must stay fixed during an estimate: the same batch, no dropout, no running statistics.
 */
public interface LinearOperator {
  /** n, the length of its vectors. */
  int dimension();

  /**
   * Writes the product to y.
   *
   * @param x n floats, left unchanged
   * @param y n floats, overwritten; another array than x
   */
  void apply(float[] x, float[] y);

  /**
   * Multiplies several vectors; an operator that can do better than one by one overrides this.
   *
   * @param x count vectors of n floats, one after the other, left unchanged
   * @param y the products in the same layout, overwritten; another array than x
   */
  default void applyBlock(float[] x, float[] y, int count) {
    int n = dimension();
    float[] in = new float[n];
    float[] out = new float[n];
    for (int j = 0; j < count; j++) {
      System.arraycopy(x, j * n, in, 0, n);
      apply(in, out);
      System.arraycopy(out, 0, y, j * n, n);
    }
  }

  /**
   * How exact a product is: ‖computed − A x‖ is about this times ‖A‖ ‖x‖. Estimators take what is smaller for zero. The default is the rounding of
   * floats; a Hessian by differences overrides it.
   */
  default double relativeError() {
    return 0x1p-24;
  }
}
