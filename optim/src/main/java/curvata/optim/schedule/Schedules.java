package curvata.optim.schedule;

import curvata.optim.Catalog;

/** The catalog of schedules, and short names for the usual ones. */
public final class Schedules {
  /** All schedules with their defaults; lengths of 0 are filled in from the run. */
  public static final Catalog<Schedule> CATALOG =
      new Catalog<Schedule>(
          "schedule",
          new Constant(1, 0),
          new Linear(1, 0, 0),
          new Cosine(0, 0),
          new Wsd(0, 0, 0, 0, Wsd.Shape.LINEAR));

  private Schedules() {}

  /** The rate as it is. */
  public static Schedule constant() {
    return new Constant(1, 0);
  }

  /** A straight line from 0 to 1. */
  public static Schedule warmup(long steps) {
    return new Linear(0, 1, steps);
  }

  /** A straight line from 1 to 0. */
  public static Schedule linearDecay(long steps) {
    return new Linear(1, 0, steps);
  }

  /** Half a cosine from 1 to 0. */
  public static Schedule cosine(long steps) {
    return new Cosine(steps, 0);
  }

  /** Warm-up, stable, linear decay to 0. */
  public static Schedule wsd(long warmup, long stable, long decay) {
    return new Wsd(warmup, stable, decay, 0, Wsd.Shape.LINEAR);
  }

  /**
   * Reads one schedule, or several joined by {@code +}, as in {@code linear:start=0,end=1,steps=50+cosine}.
   *
   * @throws IllegalArgumentException if a name, key or value is not valid, or a schedule without end is followed by another
   */
  public static Schedule parse(String spec) {
    String[] parts = spec.split("\\+(?=[A-Za-z])", -1); // not the sign of an exponent
    Schedule schedule = CATALOG.parse(parts[parts.length - 1]);
    for (int i = parts.length - 2; i >= 0; i--) {
      schedule = CATALOG.parse(parts[i]).then(schedule);
    }
    return schedule;
  }

  /** The spelling that {@link #parse} reads; a schedule of the caller's own is spelled by its class name. */
  public static String format(Schedule schedule) {
    if (schedule instanceof Chain chain) {
      return format(chain.first()) + "+" + format(chain.next());
    }
    return schedule instanceof Record ? Catalog.format(schedule) : schedule.getClass().getName();
  }
}
