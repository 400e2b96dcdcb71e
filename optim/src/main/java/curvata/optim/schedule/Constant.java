package curvata.optim.schedule;

import curvata.kernels.Checks;

/**
 * A constant factor.
 *
 * <pre>
 *   f(t) = factor
 * </pre>
 *
 * @param factor the factor; 1 by default
 * @param steps how many steps, where another schedule follows; 0: no end
 */
public record Constant(double factor, long steps) implements Schedule {
  /** Checks the ranges. */
  public Constant {
    Checks.that(factor >= 0 && Double.isFinite(factor), "factor", factor, "factor >= 0 and finite");
    Checks.that(steps >= 0, "steps", steps, "steps >= 0");
  }

  @Override
  public double at(long t) {
    return factor;
  }

  @Override
  public long length() {
    return steps == 0 ? Long.MAX_VALUE : steps;
  }
}
