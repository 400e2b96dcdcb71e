package curvata.hessian;

/**
 * A closed interval.
 *
 * @param lower its lower end
 * @param upper its upper end
 */
public record Interval(double lower, double upper) {
  /** Whether x lies in it. */
  public boolean contains(double x) {
    return lower <= x && x <= upper;
  }
}
