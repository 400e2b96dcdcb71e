package curvata.gpu.update;

/**
 * How far a device's update may be from exact arithmetic on the same floats, with u = 2⁻²⁴.
 *
 * <p>Sums and products are rounded once each ({@link #OPERATION} u of their value) or fused, which only leaves a rounding out; quotients and roots are
 * within {@link #QUOTIENT} u and {@link #ROOT} u. These are the specification's numbers for OpenCL without -cl-fast-relaxed-math, which is how
 * sessions compile; CUDA without --use_fast_math rounds quotients and roots correctly. Errors of the operands add up as in any running error analysis: a
 * sum that cancels keeps the absolute errors of its terms. What is below 2⁻¹²⁶ may count as zero.
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
