package curvata.bench.verify;

/**
 * Finds where an error is largest in proportion to what is allowed there.
 *
 * <p>NaN, or a bound that is not finite and so says nothing, counts as worse than any number. Without any element nothing is wrong.
 */
final class Worst {
  private double error;
  private double allowed;
  private double ratio = -1;
  private int index;

  /** One more element. */
  void add(double elementError, double elementAllowed, int elementIndex) {
    double r = !Double.isFinite(elementAllowed) ? Double.NaN : elementError == 0 ? 0 : elementError / elementAllowed;
    if (r > ratio || (Double.isNaN(r) && !Double.isNaN(ratio))) {
      ratio = r;
      error = elementError;
      allowed = elementAllowed;
      index = elementIndex;
    }
  }

  /** The error at the worst element. */
  double error() {
    return error;
  }

  /** What is allowed at the worst element. */
  double allowed() {
    return allowed;
  }

  /** The index that was given with the worst element. */
  int index() {
    return index;
  }

  /** Whether the error is at most what is allowed, everywhere. */
  boolean within() {
    return !Double.isNaN(ratio) && error <= allowed;
  }
}
