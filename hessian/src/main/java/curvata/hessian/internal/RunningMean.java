package curvata.hessian.internal;

/**
 * Mean and deviation of numbers as they come.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1962.10490022">Welford: Note on a method for calculating corrected sums of squares and products</a>
 */
public final class RunningMean {
  private int count;
  private double mean;
  private double m2;

  /** No numbers yet. */
  public RunningMean() {}

  /** Takes one more number. */
  public void add(double x) {
    count++;
    double d = x - mean;
    mean += d / count;
    m2 += d * (x - mean);
  }

  /** How many numbers there were. */
  public int count() {
    return count;
  }

  /** Their mean; 0 if there were none. */
  public double value() {
    return mean;
  }

  /** Standard deviation with count − 1 degrees of freedom; infinite for fewer than two numbers. */
  public double deviation() {
    return count < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(m2 / (count - 1));
  }

  /** Standard error of the mean, deviation/√count; infinite for fewer than two numbers. */
  public double standardError() {
    return deviation() / Math.sqrt(count);
  }
}
