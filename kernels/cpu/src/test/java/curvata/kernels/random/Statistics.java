package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Tests of hypotheses with fixed limits of five standard errors: a correct generator fails one in two million of them. */
final class Statistics {
  static final double SIGMAS = 5;

  private Statistics() {}

  /** χ² of counts that should be equal. */
  static void assertEven(String what, int[] counts) {
    double[] expected = new double[counts.length];
    Arrays.fill(expected, Arrays.stream(counts).sum() / (double) counts.length);
    assertFits(what, counts, expected);
  }

  /** χ² of counts, k − 1 degrees of freedom, by Wilson and Hilferty's cube root, which makes it normal. */
  static void assertFits(String what, int[] counts, double[] expected) {
    double chi = 0;
    for (int i = 0; i < counts.length; i++) {
      assertThat(expected[i]).as("expected count of cell %d of %s", i, what).isGreaterThan(5);
      chi += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
    }
    double k = counts.length - 1;
    double z = (Math.cbrt(chi / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
    assertThat(Math.abs(z)).as("z of χ² = %s with %s degrees of freedom, %s", chi, k, what).isLessThan(SIGMAS);
  }

  /** A mean of n terms of this standard deviation against what it should be. */
  static void assertMean(String what, double sum, long n, double expected, double deviation) {
    assertThat(Math.abs(sum / n - expected)).as("%s: %s, expected %s", what, sum / n, expected).isLessThan(SIGMAS * deviation / Math.sqrt(n));
  }

  /** Φ(x) by Marsaglia's series, all digits of a double for |x| ≤ 6. */
  static double normalDistribution(double x) {
    double term = x;
    double sum = x;
    for (int k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
