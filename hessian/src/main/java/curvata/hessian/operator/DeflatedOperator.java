package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.hessian.internal.Basis;
import curvata.kernels.Checks;
import java.util.List;
import java.util.Objects;

/**
 * An operator with known directions taken out.
 *
 * <pre>
 *   y ← P A P x,   P = I − Q Qᵀ
 * </pre>
 *
 * <p>Eigenvectors in Q become zero eigenvalues; all others stay. Reads Q four times per product beside the product itself; Q is copied. Not for use
 * by two threads at once.
 */
public final class DeflatedOperator implements LinearOperator {
  private final LinearOperator a;
  private final Basis q;
  private final float[] in;

  /**
   * Takes the span of these vectors out.
   *
   * @param directions vectors of n floats; orthonormalized here, those that depend on others are left out
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are n or more, or one is not finite, zero or of another length
   */
  public DeflatedOperator(LinearOperator a, List<float[]> directions) {
    this.a = Objects.requireNonNull(a, "a");
    int n = a.dimension();
    Checks.that(directions.size() < n, "directions", directions.size(), "< " + n + " (a.dimension)");
    this.q = new Basis(n, directions.size());
    this.in = new float[n];
    for (float[] direction : directions) {
      Checks.that(direction.length == n, "length of a direction", direction.length, n + " (a.dimension)");
      double before = q.norm(direction);
      Checks.that(before > 0 && Double.isFinite(before), "norm of a direction", before, "positive and finite");
      System.arraycopy(direction, 0, in, 0, n);
      double after = q.orthogonalize(in);
      if (after > 1e-5 * before) { // less is rounding
        q.append(in, after);
      }
    }
  }

  /** How many directions are taken out. */
  public int deflated() {
    return q.size();
  }

  /** x ← P x, in place. */
  public void project(float[] x) {
    Checks.that(x.length == dimension(), "x.length", x.length, dimension() + " (a.dimension)");
    q.orthogonalize(x);
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
    System.arraycopy(x, 0, in, 0, in.length);
    q.orthogonalize(in);
    a.apply(in, y);
    q.orthogonalize(y);
  }
}
