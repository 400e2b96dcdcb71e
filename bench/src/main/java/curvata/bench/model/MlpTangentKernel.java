package curvata.bench.model;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import java.util.Objects;

/**
 * The empirical neural tangent kernel: inner products of the gradients of all outputs of all rows.
 *
 * <pre>
 *   K u = J (Jᵀ u),   J the Jacobian of the outputs by the parameters, (rows · outputs) × parameters
 * </pre>
 *
 * <p>A vector has the outputs of the first row, then those of the second. Positive semidefinite. Cost and accuracy as {@link MlpGaussNewton}; keeps
 * one vector of parameters.
 *
 * @see <a href="https://arxiv.org/abs/1806.07572">Jacot, Gabriel, Hongler: Neural tangent kernel</a>
 */
public final class MlpTangentKernel implements LinearOperator {
  private final MlpPoint point;
  private final float[] parameters;

  /** The kernel at the point where the network stands, also after it moves. */
  public MlpTangentKernel(MlpPoint point) {
    this.point = Objects.requireNonNull(point, "point");
    this.parameters = new float[point.size()];
  }

  @Override
  public int dimension() {
    return point.outputTangent().length;
  }

  @Override
  public void apply(float[] x, float[] y) {
    int n = dimension();
    Checks.range("x", x, 0, n);
    Checks.range("y", y, 0, n);
    System.arraycopy(x, 0, point.outputCotangent(), 0, n);
    point.cotangent(parameters, 0);
    point.tangent(parameters, 0);
    System.arraycopy(point.outputTangent(), 0, y, 0, n);
  }
}
