package curvata.optim.schedule;

/**
 * A learning-rate schedule: the factor that each group's rate is multiplied by.
 *
 * <p>A pure function of the step in double precision (StrictMath: the same bits on every machine), so a run can resume anywhere. Steps count from 0: the
 * first update uses {@code at(0)}.
 */
public interface Schedule {
  /** The factor of step t ≥ 0. */
  double at(long t);

  /** Number of steps until the schedule has run its course; {@link Long#MAX_VALUE} where it has no end. */
  default long length() {
    return Long.MAX_VALUE;
  }

  /** This schedule stretched over the given number of steps where it leaves a length open, else itself. */
  default Schedule over(long steps) {
    return this;
  }

  /**
   * This schedule for its {@link #length}, then the next one, which counts from 0 again.
   *
   * @throws IllegalArgumentException if this schedule has no end
   */
  default Schedule then(Schedule next) {
    return new Chain(this, next);
  }
}
