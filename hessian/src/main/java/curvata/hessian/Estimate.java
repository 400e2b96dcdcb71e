package curvata.hessian;

import curvata.hessian.internal.RunningMean;
import curvata.hessian.internal.StudentT;
import curvata.kernels.Checks;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A stochastic estimate with its error.
 *
 * @param value the estimate
 * @param standardError its standard deviation, estimated; infinite from a single sample
 * @param samples what was averaged, one number per probe
 * @param matvecs products that were used
 * @param seed of the probes; none where the caller gave them
 * @param stoppedBy whether a tolerance was met
 */
public record Estimate(double value, double standardError, double[] samples, int matvecs, OptionalLong seed, StoppedBy stoppedBy) {
  /** Copies the samples. */
  public Estimate {
    samples = samples.clone();
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(stoppedBy, "stoppedBy");
  }

  /** The mean of samples with the standard error s/√m of independent ones, s with m − 1 degrees of freedom. */
  public static Estimate ofMean(double[] samples, int matvecs, OptionalLong seed, StoppedBy stoppedBy) {
    Checks.that(samples.length >= 1, "samples.length", samples.length, ">= 1");
    RunningMean mean = new RunningMean();
    for (double x : samples) {
      mean.add(x);
    }
    return new Estimate(mean.value(), mean.standardError(), samples, matvecs, seed, stoppedBy);
  }

  /** A copy of the samples. */
  @Override
  public double[] samples() {
    return samples.clone();
  }

  /**
   * value ± t · standardError, t the two-sided quantile of Student's distribution with samples − 1 degrees of freedom.
   *
   * @param confidence probability that the interval holds the truth, where samples are independent and nearly normal; 0 &lt; confidence &lt; 1
   * @throws IllegalArgumentException if confidence is not inside (0, 1)
   */
  public Interval interval(double confidence) {
    double half = halfWidth(confidence);
    return new Interval(value - half, value + half);
  }

  /** Half the width of {@link #interval}; infinite from a single sample. */
  public double halfWidth(double confidence) {
    Checks.that(confidence > 0 && confidence < 1, "confidence", confidence, "0 < confidence < 1");
    return samples.length < 2 ? Double.POSITIVE_INFINITY : standardError * StudentT.twoSided(confidence, samples.length - 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Estimate e && Double.compare(value, e.value) == 0 && Double.compare(standardError, e.standardError) == 0
        && Arrays.equals(samples, e.samples) && matvecs == e.matvecs && seed.equals(e.seed) && stoppedBy == e.stoppedBy;
  }

  @Override
  public int hashCode() {
    return Objects.hash(value, standardError, Arrays.hashCode(samples), matvecs, seed, stoppedBy);
  }

  /** Such as {@code 13.27 ± 0.41 (149 samples, 149 products, stopped by tolerance)}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.6g ± %.2g (%d samples, %d products, stopped by %s)", value, standardError, samples.length, matvecs,
        stoppedBy.name().toLowerCase(Locale.ROOT));
  }
}
