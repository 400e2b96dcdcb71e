package curvata.optim.schedule;

import curvata.kernels.Checks;

/**
 * A straight line between two factors: warm-up (0 → 1) or decay (1 → 0).
 *
 * <pre>
 *   f(t) = start + (end − start) min(t, N) / N
 * </pre>
 *
 * @param start factor at step 0
 * @param end factor from step N on
 * @param steps N; 0: as many as the run has
 */
public record Linear(double start, double end, long steps) implements Schedule {
  /** Checks the ranges. */
  public Linear {
    Checks.that(start >= 0 && Double.isFinite(start), "start", start, "start >= 0 and finite");
    Checks.that(end >= 0 && Double.isFinite(end), "end", end, "end >= 0 and finite");
    Checks.that(steps >= 0, "steps", steps, "steps >= 0");
  }

  @Override
  public double at(long t) {
    return steps == 0 ? start : start + (end - start) * Math.min(t, steps) / steps;
  }

  @Override
  public long length() {
    return steps == 0 ? Long.MAX_VALUE : steps;
  }

  @Override
  public Schedule over(long total) {
    return steps == 0 ? new Linear(start, end, total) : this;
  }
}
