package curvata.optim.schedule;

import curvata.kernels.Checks;

/**
 * Warm-up, stable, decay.
 *
 * <pre>
 *   f(t) = t / W                      for t &lt; W
 *          1                          for t &lt; W + S
 *          decay(x) from 1 to end     with x = min((t − W − S) / D, 1)
 * </pre>
 *
 * @param warmup W
 * @param stable S; 0: whatever the run leaves between warm-up and decay
 * @param decay D
 * @param end factor after the decay
 * @param shape the form of the decay
 * @see <a href="https://arxiv.org/abs/2404.06395">Hu et al.: MiniCPM, eq. 1</a>
 */
public record Wsd(long warmup, long stable, long decay, double end, Shape shape) implements Schedule {
  /** The form of the decay: end + (1 − end) f(x), or as said. */
  public enum Shape {
    /** f = 1 − x. */
    LINEAR("linear"),
    /** f = 1 − √x. */
    ONE_MINUS_SQRT("1-sqrt"),
    /** f = 1 − x². */
    ONE_MINUS_SQUARE("1-square"),
    /** f = (1 + cos πx) / 2. */
    COSINE("cosine"),
    /** endˣ: a straight line of the logarithm. */
    EXP("exp"),
    /** 1 / (x / end + 1 − x): a straight line of the reciprocal. */
    INVERSE("inverse");

    private final String spelling;

    Shape(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String toString() {
      return spelling;
    }
  }

  /** Checks the ranges. */
  public Wsd {
    Checks.that(warmup >= 0, "warmup", warmup, "warmup >= 0");
    Checks.that(stable >= 0, "stable", stable, "stable >= 0");
    Checks.that(decay >= 0, "decay", decay, "decay >= 0");
    Checks.that(end >= 0 && end <= 1, "end", end, "0 <= end <= 1");
    Checks.that(end > 0 || (shape != Shape.EXP && shape != Shape.INVERSE), "end", end, "end > 0 for shape " + shape);
  }

  @Override
  public double at(long t) {
    if (t < warmup) {
      return (double) t / warmup;
    }
    long into = t - warmup - stable;
    if (into < 0) {
      return 1;
    }
    return fall(into >= decay ? 1 : (double) into / decay);
  }

  private double fall(double x) {
    return switch (shape) {
      case LINEAR -> end + (1 - end) * (1 - x);
      case ONE_MINUS_SQRT -> end + (1 - end) * (1 - Math.sqrt(x));
      case ONE_MINUS_SQUARE -> end + (1 - end) * (1 - x * x);
      case COSINE -> end + (1 - end) * (1 + StrictMath.cos(Math.PI * x)) / 2;
      case EXP -> StrictMath.pow(end, x);
      case INVERSE -> 1 / (x / end + (1 - x));
    };
  }

  @Override
  public long length() {
    return warmup + stable + decay;
  }

  @Override
  public Schedule over(long total) {
    if (stable != 0) {
      return this;
    }
    Checks.that(warmup + decay <= total, "warmup + decay", warmup + decay, "at most the run's " + total + " steps");
    return new Wsd(warmup, total - warmup - decay, decay, end, shape);
  }
}
