package curvata.gpu.update;

/**
 * How far a device's update may be from exact arithmetic on the same floats, with u = 2⁻²⁴.
 *
 * <p>Sums and products are rounded once each ({@link #OPERATION} u of their value) or fused, which only leaves a rounding out; quotients and roots
 * are within {@link #QUOTIENT} u and {@link #ROOT} u. These are the specification's numbers for OpenCL without -cl-fast-relaxed-math, which is how
 * sessions compile; CUDA without --use_fast_math rounds quotients and roots correctly. Errors of the operands add up as in any running error
 * analysis: a sum that cancels keeps the absolute errors of its terms. What is below 2⁻¹²⁶ may count as zero.
 *
 * <p>A trajectory is bounded by the same rules: values and state enter a step with the errors they left the last one with, and scalars are floats
 * that host and device share. Averages are convex and forget; a value gathers about 2 u of itself and the error of its change in every step, so that
 * an interval grows in proportion to the steps and stays far narrower than one of them. Where a gradient nearly cancels against coupled decay and is
 * then divided by its own magnitude (Adam), the interval of that element is wider by as much as it cancels; where Lion's direction cancels to
 * rounding level, by twice the rate. LAMB's ratios of norms are bounded like any quotient of the norms' intervals. Muon's momentum, direction and
 * last pass are bounded so, too; intervals that went through its orthogonalization would hold anything, so that there the bound that {@link
 * curvata.gpu.matrix.NewtonSchulzGpu} states stands in their place. {@code TrajectoryBoundTest} holds every value and every state after every step of
 * recorded trajectories to this.
 */
public final class Bound {
  /** A sum, difference or product. */
  public static final double OPERATION = 1;

  /** A quotient: 2.5 ulp, and an ulp is at most 2 u of the value. */
  public static final double QUOTIENT = 5;

  /** A square root: 3 ulp. */
  public static final double ROOT = 6;

  private Bound() {}
}
