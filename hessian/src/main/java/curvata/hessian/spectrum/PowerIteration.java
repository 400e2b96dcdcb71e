package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.LinearOperator;
import curvata.hessian.StoppedBy;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import curvata.kernels.vector.Scaled;
import java.util.List;

/**
 * The eigenpair of largest modulus by repeated products: a baseline, and a way to follow it with one product per training step.
 *
 * <pre>
 *   w = A v;   θ = vᵀw;   r = ‖w − θ v‖;   v ← w / ‖w‖      until r ≤ tol |θ|
 * </pre>
 *
 * <p>The error shrinks by |λ₂/λ₁| per product; {@link ThickRestart} takes a third of the products or less. Where ±λ both occur it does not converge.
 * Three vectors of memory and two for the checks of the operator.
 *
 * @param tolerance of the residual, relative to the eigenvalue
 * @param maxMatvecs the budget of products
 */
public record PowerIteration(double tolerance, int maxMatvecs) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public PowerIteration {
    Checks.that(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "0 < tolerance < 1");
    Checks.that(maxMatvecs >= 1, "maxMatvecs", maxMatvecs, ">= 1");
  }

  /**
   * Iterates from a vector.
   *
   * @param start n floats, only read
   * @return one pair as {@link Eigenpairs#top}; its residual is explicit
   * @throws IllegalArgumentException if start is zero, not finite or of another length
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Eigenpairs solve(LinearOperator operator, float[] start) {
    int n = operator.dimension();
    Lanczos.checkStart(n, start);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    float[] v = new float[n];
    float[] w = new float[n];
    float[] rest = new float[n];
    Scaled.into(1 / norm(start, ws), start, v, 0, n, ws);
    while (true) {
      a.apply(v, w);
      double theta = Reductions.dot(v, w, 0, n, ws);
      Axpby.into(-theta, v, 1, w, rest, 0, n, ws);
      double residual = norm(rest, ws);
      double length = norm(w, ws); // 0 only with residual 0
      boolean converged = residual <= tolerance * Math.abs(theta);
      int used = (int) (a.products() - before);
      if (converged || used >= maxMatvecs) {
        StoppedBy why = converged ? StoppedBy.TOLERANCE : StoppedBy.BUDGET;
        return new Eigenpairs(List.of(new Eigenpair(theta, v, residual)), List.of(), used, why, length);
      }
      Scaled.into(1 / length, w, v, 0, n, ws);
    }
  }

  private static double norm(float[] x, Workspace ws) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, x.length, ws));
  }
}
