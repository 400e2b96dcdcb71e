package curvata.optim.schedule;

import curvata.kernels.Checks;

/**
 * Half a cosine from 1 down to an end factor, where it stays.
 *
 * <pre>
 *   f(t) = end + (1 − end) (1 + cos(π min(t, T) / T)) / 2
 * </pre>
 *
 * @param steps T; 0: as many as the run has
 * @param end factor from step T on
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov, Hutter: SGDR, eq. 5</a> without restarts
 */
public record Cosine(long steps, double end) implements Schedule {
  /** Checks the ranges. */
  public Cosine {
    Checks.that(steps >= 0, "steps", steps, "steps >= 0");
    Checks.that(end >= 0 && Double.isFinite(end), "end", end, "end >= 0 and finite");
  }

  @Override
  public double at(long t) {
    return steps == 0 ? 1 : end + (1 - end) * (1 + StrictMath.cos(Math.PI * Math.min(t, steps) / steps)) / 2;
  }

  @Override
  public long length() {
    return steps == 0 ? Long.MAX_VALUE : steps;
  }

  @Override
  public Schedule over(long total) {
    return steps == 0 ? new Cosine(total, end) : this;
  }
}
