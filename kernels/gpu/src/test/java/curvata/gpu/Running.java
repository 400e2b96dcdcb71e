package curvata.gpu;

import curvata.gpu.update.Bound;

/**
 * Running error analysis: an exact value and how far a device may be from it, by the rules of {@link Bound}.
 *
 * @param value in double, whose own rounding is a millionth of what is bounded here
 * @param error largest distance of the device's float
 */
public record Running(double value, double error) {
  /** u = 2⁻²⁴. */
  public static final double U = 0x1p-24;

  private static final double TINY = 0x1p-126; // what may count as zero

  /** A float that both sides have. */
  public static Running of(float x) {
    return new Running(x, 0);
  }

  private static Running rounded(double value, double error, double roundings) {
    double bound = error + roundings * U * (Math.abs(value) + error) * 1.000001 + TINY;
    return new Running(value, Double.isNaN(bound) ? Double.POSITIVE_INFINITY : bound);
  }

  /** A zero without an error: sums of two and products with a number are zero on the device, too. */
  private boolean isZero() {
    return value == 0 && error == 0;
  }

  /** Sum. */
  public Running plus(Running o) {
    return isZero() && o.isZero() ? this : rounded(value + o.value, error + o.error, Bound.OPERATION);
  }

  /** Difference. */
  public Running minus(Running o) {
    return isZero() && o.isZero() ? this : rounded(value - o.value, error + o.error, Bound.OPERATION);
  }

  /** Product. */
  public Running times(Running o) {
    if (isZero() && Math.abs(o.value) + o.error < Float.MAX_VALUE || o.isZero() && Math.abs(value) + error < Float.MAX_VALUE) {
      return new Running(0, 0);
    }
    return rounded(value * o.value, Math.abs(value) * o.error + Math.abs(o.value) * error + error * o.error, Bound.OPERATION);
  }

  /** Quotient. */
  public Running over(Running o) {
    double least = Math.abs(o.value) - o.error;
    if (!(least > 0)) {
      return new Running(value / o.value, Double.POSITIVE_INFINITY);
    }
    return isZero() ? this : rounded(value / o.value, (error + Math.abs(value / o.value) * o.error) / least, Bound.QUOTIENT);
  }

  /** Square root. */
  public Running sqrt() {
    double root = Math.sqrt(Math.max(value, 0));
    double least = Math.sqrt(Math.max(value - error, 0));
    return isZero() ? this : rounded(root, Math.max(root - least, Math.sqrt(Math.max(value, 0) + error) - root), Bound.ROOT);
  }

  /** Power with an exact exponent in (0, 1], within so many ulp. */
  public Running pow(float exponent, int ulp) {
    double power = Math.pow(value, exponent);
    double below = Math.pow(Math.max(value - error, 0), exponent);
    return rounded(power, Math.max(power - below, Math.pow(value + error, exponent) - power), 2.0 * ulp);
  }

  /** The larger one. */
  public Running max(Running o) {
    return new Running(Math.max(value, o.value), Math.max(error, o.error));
  }

  /** The smaller one. */
  public Running min(Running o) {
    return new Running(Math.min(value, o.value), Math.max(error, o.error));
  }

  /** The nearest in [−1, 1]: where all that the value may be lies beyond, one of both ends. */
  public Running clip() {
    double nearest = clip(value);
    boolean finite = Double.isFinite(value);
    double off = Math.max(clip(value + error) - nearest, nearest - clip(value - error));
    return new Running(nearest, Double.isInfinite(value) ? 0 : finite ? off : 2);
  }

  private static double clip(double x) {
    return Math.max(-1, Math.min(1, x));
  }

  /** ±magnitude or 0; both signs are right where the value could be either. */
  public Running signTimes(Running magnitude) {
    double uncertain = !isZero() && Math.abs(value) <= error ? 2 * Math.abs(magnitude.value) : 0;
    return new Running(Math.signum(value) * magnitude.value, magnitude.error + uncertain);
  }

  /** Whether a float is within the bound; NaN only where this is NaN. */
  public boolean admits(float x) {
    return Double.isNaN(value) ? Float.isNaN(x)
        : (float) value == x || Math.abs(x - value) <= error || Math.abs(value) > Float.MAX_VALUE * (1 - 1e-5);
  }
}
