package curvata.optim.schedule;

import curvata.kernels.Checks;

/**
 * One schedule after another.
 *
 * <pre>
 *   f(t) = first(t) for t &lt; L,  next(t − L) from there on,  L = first.length()
 * </pre>
 *
 * @param first the schedule that begins
 * @param next the schedule that follows
 */
public record Chain(Schedule first, Schedule next) implements Schedule {
  /** Checks that the first schedule ends, or will once it is stretched over a run. */
  public Chain {
    Checks.that(first.length() != Long.MAX_VALUE, "length of the schedule before +", "unlimited", "a number of steps, as in linear:steps=100");
  }

  @Override
  public double at(long t) {
    return t < first.length() ? first.at(t) : next.at(t - first.length());
  }

  @Override
  public long length() {
    return next.length() == Long.MAX_VALUE ? Long.MAX_VALUE : Math.addExact(first.length(), next.length());
  }

  @Override
  public Schedule over(long steps) {
    Checks.that(first.length() <= steps, "length of the schedule before +", first.length(), "at most the run's " + steps + " steps");
    return new Chain(first, next.over(steps - first.length()));
  }
}
