package curvata.bench.model;

/**
 * The exact Hessian of a network's mean loss, by the R-operator.
 *
 * <pre>
 *   H v = d/dt ∇L(θ + t v) at t = 0:   the tangents of forward and backward pass along v
 *   R∂z = (p ∘ Rz − p (pᵀ Rz)) / rows for softmax cross-entropy,   Rz / rows for squared error
 * </pre>
 *
 * <p>The rectifier's second derivative is taken as zero. A product costs about 6 multiply-adds per weight and row, twice a gradient; it reads what
 * {@link MlpPoint#move} kept and allocates nothing. Exact up to the rounding of floats, with the same bits for any threads, backend and vector width.
 *
 * @see <a href="https://doi.org/10.1162/neco.1994.6.1.147">Pearlmutter: Fast exact multiplication by the Hessian</a>
 */
public final class MlpHessian extends MlpOperator {
  /** The Hessian at the point where the network stands, also after it moves. */
  public MlpHessian(MlpPoint point) {
    super(point);
  }

  @Override
  void multiply(float[] x, float[] y, int at) {
    point.tangent(x, at);
    point.curveOutputs(point.outputCotangent());
    point.bentCotangent(x, at, y, at);
  }
}
