package curvata.hessian.solve;

import curvata.hessian.CheckedOperator;
import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A solution on its way, with its true residual.
 *
 * <pre>
 *   x = hi + lo,   r ← b − A hi − A lo
 * </pre>
 *
 * <p>Kept as the unevaluated sum of two float vectors: rounding x to floats alone would leave a residual of 2⁻²⁴ ‖A‖ ‖x‖, which is all of b where A is
 * badly conditioned. So corrections can be computed in floats and still add up to a solution that is exact in its last place.
 */
final class Iterate {
  private static final double NOISY = 10; // times the error of a product that is worse than rounding

  final CheckedOperator a;
  final int n;
  final Workspace ws = new Workspace();
  final float[] r; // the true residual after begin() and recompute(); scratch of the solver between
  final double target;
  private final float[] b;
  private final double norm; // of b
  private final long before;
  private float[] hi;
  private float[] lo;
  private float[] hiBefore;
  private float[] loBefore;
  private final float[] y;
  private double residual;

  /** x = 0. */
  Iterate(LinearOperator operator, float[] b, double tolerance) {
    this.n = operator.dimension();
    this.b = Objects.requireNonNull(b, "b");
    Checks.that(b.length == n, "b.length", b.length, n + " (operator dimension)");
    ws.reserve(0, Reductions.requiredDoubles(n));
    this.norm = norm(b);
    Checks.that(Double.isFinite(norm), "norm of b", norm, "a finite number");
    this.a = CheckedOperator.of(operator);
    this.before = a.products();
    double error = a.relativeError();
    this.target = norm * (error > 0x1p-24 ? Math.max(tolerance, NOISY * error) : tolerance);
    this.hi = new float[n];
    this.lo = new float[n];
    this.hiBefore = new float[n];
    this.loBefore = new float[n];
    this.y = new float[n];
    this.r = b.clone();
    this.residual = norm;
  }

  /** Products so far. */
  int products() {
    return (int) (a.products() - before);
  }

  double dot(float[] x, float[] y) {
    return Reductions.dot(x, y, 0, n, ws);
  }

  double norm(float[] x) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, n, ws));
  }

  /** z ← a x + b y. */
  void combine(double a, float[] x, double b, float[] y, float[] z) {
    Axpby.into(a, x, b, y, z, 0, n, ws);
  }

  /** ‖r‖ as it was computed last from x. */
  double residual() {
    return residual;
  }

  /** x ← x + d. */
  void add(float[] d) {
    System.arraycopy(hi, 0, hiBefore, 0, n);
    System.arraycopy(lo, 0, loBefore, 0, n);
    for (int i = 0; i < n; i++) {
      double x = (double) hi[i] + lo[i] + d[i];
      hi[i] = (float) x;
      lo[i] = (float) (x - hi[i]);
    }
  }

  /** r ← b − A x and returns its norm; two products, one where x is exact in floats. */
  double recompute() {
    a.apply(hi, y);
    combine(1, b, -1, y, r);
    if (norm(lo) > 0) {
      a.apply(lo, y);
      combine(1, r, -1, y, r);
    }
    residual = norm(r);
    return residual;
  }

  /** Takes the last {@link #add} back; r is of no use then. */
  void undo(double oldResidual) {
    float[] h = hi;
    float[] l = lo;
    hi = hiBefore;
    lo = loBefore;
    hiBefore = h;
    loBefore = l;
    residual = oldResidual;
  }

  Solution solution(Ending ending) {
    return solution(ending, null);
  }

  Solution solution(Ending ending, NegativeCurvature direction) {
    double relative = norm == 0 ? 0 : residual / norm;
    return new Solution(Arrays.copyOf(hi, n), residual, relative, products(), ending, Optional.ofNullable(direction));
  }
}
