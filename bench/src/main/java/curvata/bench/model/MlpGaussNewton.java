package curvata.bench.model;

/**
 * The Gauss–Newton matrix of a network's mean loss: the part of the Hessian that is positive semidefinite.
 *
 * <pre>
 *   G v = Jᵀ C J v / rows,   J the Jacobian of the outputs,   C = diag(p) − p pᵀ for softmax cross-entropy, I for squared error
 * </pre>
 *
 * <p>For these losses it is also the Fisher matrix under the model's own distribution. A product costs about 4 multiply-adds per weight and row.
 * Otherwise as {@link MlpHessian}.
 *
 * @see <a href="https://arxiv.org/abs/1412.1193">Martens: New insights and perspectives on the natural gradient method</a>
 */
public final class MlpGaussNewton extends MlpOperator {
  /** The Gauss–Newton matrix at the point where the network stands, also after it moves. */
  public MlpGaussNewton(MlpPoint point) {
    super(point);
  }

  @Override
  void multiply(float[] x, float[] y, int at) {
    point.tangent(x, at);
    point.curveOutputs(point.outputCotangent());
    point.cotangent(y, at);
  }
}
