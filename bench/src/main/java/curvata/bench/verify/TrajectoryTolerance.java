package curvata.bench.verify;

/**
 * How far a float32 trajectory may be from one computed in double.
 *
 * <pre>
 *   parameters of a step   max(4 f, 8 ulp(P))        f: largest error of the reference's own float32 run;  P = max |θ| of the step
 *   element i of state     12 u Sᵢ + dᵢ + 16 T ν     u = 2⁻²⁴;  T steps;  Sᵢ = Σ |sᵢ| over start and all steps of our run;  ν: least subnormal
 * </pre>
 *
 * <p>The first line is the recordings' own rule. The second is derived, element by element, because large and small elements stand side by side.
 * State follows {@code s ← β s + w x} with x = c g, the clipped gradient, or its square; β, w, c are rounded to float32, g is exact. With s' the
 * state before the step, |β s'| ≤ |s'| and |w x| ≤ |s| + |s'|. Each rounding errs by at most u times what is rounded, so that one step makes
 *
 * <ul>
 * <li>x = c g: β and β s' (2 u |s'|); c, c g, w and w x (4 u (|s| + |s'|)); the sum (u |s|): 5 u |s| + 6 u |s'|
 * <li>x = (c g)²: all terms positive, so |w x| ≤ |s|: 2 u |s'|; c and c g twice, the square, w and w x (7 u |s|); the sum: 8 u |s| + 2 u |s'|
 * </ul>
 *
 * <p>and β ≤ 1 passes errors on without enlarging them: over all steps at most 11 u S; 12 leaves room for second-order terms. Where products leave
 * the normal range, each of at most 16 operations a step errs by at most ν / 2. A maximum of such states errs no more than they do.
 *
 * <p>Weight decay that is added to the gradient, g' = g + λ θ, lets the parameters' errors in: with E what those are allowed, and 2 u λ |θ| for
 * product and λ, g' errs by at most δ = 2 λ E, because E ≥ 8 ulp(P) ≥ 8 u |θ|; the sum's own rounding takes the place of the clipping's, which no
 * rule has besides. With w ≤ 1 that is d = T δ for state that gathers g'. For state that gathers its square a step adds w ((|g'| + δ)² − g'²) ≤ 2 √s
 * δ + δ², all steps at most d = 2 δ √(T S) + T δ².
 */
final class TrajectoryTolerance {
  private static final double U = 0x1p-24;
  private static final int FLOAT_FRACTION = 23;
  private static final int FLOAT_LEAST = -149;

  private final double float32Error;

  /**
   * The tolerance of one recording.
   *
   * @param float32Error f, or NaN where it is not known
   */
  TrajectoryTolerance(double float32Error) {
    this.float32Error = float32Error;
  }

  /** Whether f is known. */
  boolean knowsFloat32Error() {
    return !Double.isNaN(float32Error);
  }

  /** What parameters may err by in a step in which their largest magnitude is this. */
  double parameters(double largest) {
    double ulps = 8 * ulp(largest);
    return knowsFloat32Error() ? Math.max(4 * float32Error, ulps) : ulps;
  }

  /** What our last parameters may differ by from the reference's float32 ones: both err, each within its own bound. */
  double bothFloat32(double largest32) {
    return parameters(largest32 + float32Error) + float32Error;
  }

  /**
   * What an element of state may err by.
   *
   * @param steps T
   * @param sum Sᵢ
   * @param gradientError δ, or 0 without coupled decay
   */
  static double state(int steps, double sum, double gradientError, boolean squared) {
    double coupled = squared ? 2 * gradientError * Math.sqrt(steps * sum) + steps * gradientError * gradientError : steps * gradientError;
    return 12 * U * sum + coupled + 16.0 * steps * Float.MIN_VALUE;
  }

  /** Distance to the next float, without overflow where the value is no float any more. */
  static double ulp(double value) {
    return Math.scalb(1.0, Math.max(Math.getExponent(value) - FLOAT_FRACTION, FLOAT_LEAST));
  }
}
