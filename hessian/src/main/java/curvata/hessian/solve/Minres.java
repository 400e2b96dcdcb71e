package curvata.hessian.solve;

import curvata.hessian.LinearOperator;
import curvata.hessian.internal.Basis;
import curvata.kernels.Checks;

/**
 * Minimal residuals for indefinite and singular operators, such as a Hessian as it is: the default for Newton directions.
 *
 * <pre>
 *   Lanczos:    β_{k+1} v_{k+1} = A v_k − α_k v_k − β_k v_{k−1},   v_1 = r/‖r‖
 *   rotations:  (δ_k, γ̄_k) = G_{k−1} (c_{k−2} β_k, α_k),   ε_k = s_{k−2} β_k,   γ_k = √(γ̄_k² + β_{k+1}²),   c_k = γ̄_k/γ_k,   s_k = β_{k+1}/γ_k
 *   d_k = (v_k − δ_k d_{k−1} − ε_k d_{k−2}) / γ_k,   x ← x + c_k φ d_k,   φ ← −s_k φ             |φ| = ‖b − A x‖, falling
 * </pre>
 *
 * <p>For (A + δ I) x = b give {@code new ScaledOperator(1, a, delta)}. In floats |φ| parts from the truth, so the iteration goes in rounds: each solves
 * for the residual of the last to {@value #ROUND} of it, and the true residual b − A x, x the sum of two float vectors, begins the next. That reaches
 * solutions with a relative error of about 10⁻⁷ κ‖b‖/(‖A‖‖x‖), κ the condition number, where one round would leave 10⁻⁷ κ. What a singular operator
 * cannot reach of b ends it as {@link Ending#LEAST_SQUARES}, an A r below {@value #KERNEL} ‖A‖ ‖r‖ that no round lessens.
 *
 * <p>Lanczos vectors lose their orthogonality once an eigenvalue is found, and then hard systems take many times more products: on a matrix of 200
 * dimensions with eigenvalues on both sides of zero, the smallest 2·10⁴ times smaller than the largest, 9000 against 300. With {@code basis} &gt; 0 that
 * many vectors are kept and new ones are orthogonalized to them. Memory: sixteen vectors of n floats, the basis, and two for the checks of the operator.
 *
 * <p>An operator by differences ({@link LinearOperator#relativeError} above rounding) is solved to ten times its error at most.
 *
 * @param tolerance of ‖b − A x‖, relative to ‖b‖
 * @param maxMatvecs the budget of products, those for true residuals included
 * @param basis vectors that are kept for orthogonalization; at most n are, 0 for none
 * @see <a href="https://doi.org/10.1137/0712047">Paige, Saunders: Solution of sparse indefinite systems of linear equations</a>
 */
public record Minres(double tolerance, int maxMatvecs, int basis) {
  private static final double ROUND = 1e-4;
  private static final int RENEW = 50; // steps after which |φ| is compared with the truth
  private static final int SPARE = 8; // products that the end of a round may take: three true residuals, a comparison and a test of A r
  private static final double KERNEL = 1e-4; // of ‖A‖ ‖r‖: an A r that counts as zero
  private static final double NOISE = 10; // times the error of products: what counts as zero

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the tolerance is not inside (0, 1), the budget below 9, a step and the checks after it, or the basis negative
   */
  public Minres {
    Checks.that(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "0 < tolerance < 1");
    Checks.that(maxMatvecs > SPARE, "maxMatvecs", maxMatvecs, ">= " + (SPARE + 1));
    Checks.that(basis >= 0, "basis", basis, ">= 0");
  }

  /**
   * Solves A x = b, or the least squares problem where that has no solution.
   *
   * @param b n floats, only read
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if b is of another length or not finite
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Solution solve(LinearOperator operator, float[] b) {
    Iterate x = new Iterate(operator, b, tolerance);
    double scale = 0;
    while (x.residual() > 0) {
      double before = x.residual();
      Round round = new Round(x);
      round.run(Math.max(x.target / 2, ROUND * before));
      scale = Math.max(scale, round.scale);
      x.add(round.d);
      double now = x.recompute();
      if (now > 2 * Math.abs(round.phi) && now > x.target) { // rounding decided: an earlier point may be better
        x.undo(before);
        x.add(round.steady);
        double earlier = x.recompute();
        if (earlier > now) {
          x.undo(before);
          x.add(round.d);
          now = x.recompute();
        } else {
          now = earlier;
        }
      }
      if (now > before) {
        x.undo(before);
        now = before;
      }
      boolean over = x.products() + SPARE >= maxMatvecs;
      if (now <= x.target || over || 2 * now > before) {
        return x.solution(now <= x.target ? Ending.TOLERANCE : over ? Ending.BUDGET : ending(x, scale));
      }
    }
    return x.solution(Ending.TOLERANCE);
  }

  /** Why there is no more progress: what is left is in the kernel, or noise. */
  private static Ending ending(Iterate x, double scale) {
    float[] ar = new float[x.n];
    double r = x.recompute();
    x.a.apply(x.r, ar);
    return x.norm(ar) <= KERNEL * scale * r ? Ending.LEAST_SQUARES : Ending.PRECISION;
  }

  /** One run of the iteration for A d = r. */
  private final class Round {
    private final Iterate x;
    private final int n;
    private final Basis kept;
    private final float[] d;
    private final float[] steady; // d where ‖A r‖ / ‖r‖ was least: beyond it a singular operator's d grows without end
    private float[] v;
    private float[] vOld;
    private float[] w;
    private float[] direction;
    private float[] directionOld;
    private double phi;
    private double scale; // ‖A‖ as far as it was seen
    private double least = Double.POSITIVE_INFINITY;

    Round(Iterate x) {
      this.x = x;
      this.n = x.n;
      this.kept = basis == 0 ? null : new Basis(n, Math.min(basis, n));
      this.d = new float[n];
      this.steady = new float[n];
      this.v = new float[n];
      this.vOld = new float[n];
      this.w = new float[n];
      this.direction = new float[n];
      this.directionOld = new float[n];
    }

    /** Iterates until |φ| is small enough or not the truth any more, nothing is left, or the budget is used up. */
    void run(double enough) {
      phi = x.residual();
      x.combine(1 / phi, x.r, 0, x.r, v);
      double beta = 0;
      double c = 1;
      double cOld = 1;
      double s = 0;
      double sOld = 0;
      for (int step = 1;; step++) {
        keep();
        x.a.apply(v, w);
        x.combine(-beta, vOld, 1, w, w);
        double alpha = x.dot(v, w);
        x.combine(-alpha, v, 1, w, w);
        double next = kept == null ? x.norm(w) : kept.orthogonalize(w);
        scale = Math.max(scale, Math.max(Math.abs(alpha), next));
        double zero = NOISE * x.a.relativeError() * scale;
        double delta = c * cOld * beta + s * alpha;
        double bar = c * alpha - s * cOld * beta;
        double root = Math.hypot(bar, c * next); // ‖A r‖ / ‖r‖ before this step
        settle(root);
        double gamma = Math.hypot(bar, next);
        if (root <= zero || gamma <= zero) {
          return;
        }
        turn(delta / gamma, sOld * beta / gamma, 1 / gamma);
        cOld = c;
        sOld = s;
        c = bar / gamma;
        s = next / gamma;
        x.combine(c * phi, direction, 1, d, d);
        phi = -s * phi;
        boolean over = x.products() + SPARE >= maxMatvecs;
        if (Math.abs(phi) <= enough || next <= zero || over || step % RENEW == 0 && drifted()) {
          return;
        }
        advance(next);
        beta = next;
      }
    }

    private void keep() {
      if (kept != null && kept.size() < Math.min(basis, n)) {
        kept.append(v, 1);
      }
    }

    private void settle(double root) {
      if (root < least / 2) {
        least = root;
        System.arraycopy(d, 0, steady, 0, n);
      }
    }

    /** Whether r − A d is far from what the recurrence says. */
    private boolean drifted() {
      float[] rest = new float[n];
      x.a.apply(d, rest);
      x.combine(1, x.r, -1, rest, rest);
      return x.norm(rest) > 2 * Math.abs(phi);
    }

    /** d_k from v_k, d_{k−1} and d_{k−2}, which it replaces. */
    private void turn(double delta, double epsilon, double scale) {
      x.combine(scale, v, -epsilon, directionOld, directionOld);
      x.combine(1, directionOld, -delta, direction, directionOld);
      float[] free = direction;
      direction = directionOld;
      directionOld = free;
    }

    private void advance(double next) {
      float[] free = vOld;
      vOld = v;
      v = w;
      w = free;
      x.combine(1 / next, v, 0, v, v);
    }
  }
}
