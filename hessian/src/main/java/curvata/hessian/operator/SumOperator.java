package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.vector.Axpby;
import java.util.Objects;

/**
 * A combination of two operators: a sum, a difference such as Hessian minus Gauss–Newton matrix, a mean of mini-batches.
 *
 * <pre>
 *   y ← α A x + β B x
 * </pre>
 *
 * <p>Formed in double from the two products and rounded once. Keeps one vector per vector of a block.
 */
public final class SumOperator implements LinearOperator {
  private final double alpha;
  private final LinearOperator a;
  private final double beta;
  private final LinearOperator b;
  private final Workspace ws = new Workspace();
  private float[] product = new float[0];

  /**
   * α A + β B.
   *
   * @throws NullPointerException if an operator is null
   * @throws IllegalArgumentException if a factor is not finite or the dimensions differ
   */
  public SumOperator(double alpha, LinearOperator a, double beta, LinearOperator b) {
    Checks.that(Double.isFinite(alpha), "alpha", alpha, "a finite number");
    Checks.that(Double.isFinite(beta), "beta", beta, "a finite number");
    this.alpha = alpha;
    this.a = Objects.requireNonNull(a, "a");
    this.beta = beta;
    this.b = Objects.requireNonNull(b, "b");
    Checks.that(a.dimension() == b.dimension(), "b.dimension", b.dimension(), a.dimension() + " (a.dimension)");
  }

  /** A − B. */
  public static SumOperator difference(LinearOperator a, LinearOperator b) {
    return new SumOperator(1, a, -1, b);
  }

  @Override
  public int dimension() {
    return a.dimension();
  }

  @Override
  public double relativeError() {
    return Math.max(a.relativeError(), b.relativeError());
  }

  @Override
  public void apply(float[] x, float[] y) {
    int n = dimension();
    float[] second = room(n);
    a.apply(x, y);
    b.apply(x, second);
    Axpby.into(alpha, y, beta, second, y, 0, n, ws);
  }

  @Override
  public void applyBlock(float[] x, float[] y, int count) {
    int length = Math.multiplyExact(count, dimension());
    float[] second = room(length);
    a.applyBlock(x, y, count);
    b.applyBlock(x, second, count);
    Axpby.into(alpha, y, beta, second, y, 0, length, ws);
  }

  private float[] room(int length) {
    if (product.length != length) {
      product = new float[length];
    }
    return product;
  }
}
