package curvata.hessian.solve;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import java.util.Arrays;

/**
 * Conjugate gradients for positive definite operators, such as a damped Gauss–Newton matrix.
 *
 * <pre>
 *   α = rᵀr / pᵀAp,   x ← x + α p,   r ← r − α A p,   p ← r + (rᵀr / its last value) p       from x = 0, r = p = b
 * </pre>
 *
 * <p>For (A + δ I) x = b give {@code new ScaledOperator(1, a, delta)}. The error in the A-norm shrinks by (√κ − 1)/(√κ + 1) per product, κ the condition
 * number. Recurred residuals drift from the truth in floats, so r = b − A x is formed anew every {@value #RENEW} steps and at the end; the residual that
 * is returned is the true one. x is the sum of two float vectors until the end and then rounded. Memory: nine vectors of n floats and two for the
 * checks of the operator; two dots and three vector updates per product, which cost 56 n bytes of traffic.
 *
 * <p>A direction with pᵀAp ≤ 0 ends it as {@link Ending#NEGATIVE_CURVATURE} and is returned; x is then what was found before. Operators that are
 * indefinite belong to {@link Minres}. An operator by differences ({@link LinearOperator#relativeError} above rounding) is solved to ten times
 * its error at most.
 *
 * @param tolerance of ‖b − A x‖, relative to ‖b‖
 * @param maxMatvecs the budget of products, those for true residuals included
 * @see <a href="https://doi.org/10.6028/jres.049.044">Hestenes, Stiefel: Methods of conjugate gradients for solving linear systems</a>
 * @see <a href="https://doi.org/10.1137/0720042">Steihaug: The conjugate gradient method and trust regions in large scale optimization</a>
 */
public record ConjugateGradients(double tolerance, int maxMatvecs) {
  private static final int RENEW = 50;
  private static final int CHECK = 2; // products of a true residual

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the tolerance is not inside (0, 1) or the budget below 3, a step and its check
   */
  public ConjugateGradients {
    Checks.that(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "0 < tolerance < 1");
    Checks.that(maxMatvecs > CHECK, "maxMatvecs", maxMatvecs, ">= " + (CHECK + 1));
  }

  /**
   * Solves A x = b.
   *
   * @param b n floats, only read
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if b is of another length or not finite
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Solution solve(LinearOperator operator, float[] b) {
    Iterate x = new Iterate(operator, b, tolerance);
    return x.residual() == 0 ? x.solution(Ending.TOLERANCE) : iterate(x);
  }

  private Solution iterate(Iterate x) {
    float[] r = x.r;
    float[] p = r.clone();
    float[] ap = new float[x.n];
    float[] d = new float[x.n]; // what is to be added to x
    double square = x.residual() * x.residual();
    for (int step = 1;; step++) {
      x.a.apply(p, ap);
      double curvature = x.dot(p, ap);
      if (!(curvature > 0)) {
        x.add(d);
        x.recompute();
        return x.solution(Ending.NEGATIVE_CURVATURE, new NegativeCurvature(p, curvature / x.dot(p, p)));
      }
      double alpha = square / curvature;
      x.combine(alpha, p, 1, d, d);
      x.combine(-alpha, ap, 1, r, r);
      double next = x.dot(r, r);
      double beta = next / square;
      boolean small = Math.sqrt(next) <= x.target;
      boolean over = x.products() + CHECK >= maxMatvecs;
      if (small || over || step % RENEW == 0) {
        double before = x.residual();
        x.add(d);
        Arrays.fill(d, 0f);
        double now = x.recompute();
        boolean rounding = now > 2 * Math.sqrt(next); // decides what is left
        if (now <= x.target || over || rounding && 2 * now > before) {
          return x.solution(now <= x.target ? Ending.TOLERANCE : over ? Ending.BUDGET : Ending.PRECISION);
        }
        beta = rounding || small ? 0 : beta; // begins anew: p is conjugate to another residual
        next = now * now;
      }
      x.combine(beta, p, 1, r, p);
      square = next;
    }
  }
}
