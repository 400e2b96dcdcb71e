package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.vector.Axpby;
import java.util.Objects;

/**
 * A multiple of an operator, shifted: damping, weight decay, spectra turned round.
 *
 * <pre>
 *   y ← α A x + δ x
 * </pre>
 *
 * <p>Formed in double from the product and rounded once; allocates nothing of its own.
 */
public final class ScaledOperator implements LinearOperator {
  private final double alpha;
  private final LinearOperator a;
  private final double delta;
  private final Workspace ws = new Workspace();

  /**
   * α A + δ I.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if a factor is not finite
   */
  public ScaledOperator(double alpha, LinearOperator a, double delta) {
    Checks.that(Double.isFinite(alpha), "alpha", alpha, "a finite number");
    Checks.that(Double.isFinite(delta), "delta", delta, "a finite number");
    this.alpha = alpha;
    this.a = Objects.requireNonNull(a, "a");
    this.delta = delta;
  }

  @Override
  public int dimension() {
    return a.dimension();
  }

  @Override
  public double relativeError() {
    return a.relativeError();
  }

  @Override
  public void apply(float[] x, float[] y) {
    a.apply(x, y);
    Axpby.into(alpha, y, delta, x, y, 0, dimension(), ws);
  }

  @Override
  public void applyBlock(float[] x, float[] y, int count) {
    a.applyBlock(x, y, count);
    Axpby.into(alpha, y, delta, x, y, 0, count * dimension(), ws);
  }
}
