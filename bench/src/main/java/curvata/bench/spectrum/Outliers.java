package curvata.bench.spectrum;

import curvata.hessian.spectrum.SpectralDensity;

/**
 * The picture that trained classifiers show: a bulk around zero, and about as many large eigenvalues as there are classes.
 *
 * <pre>
 *   outlier:  λ &gt; {@value #SHARE} λ_max          bulk:  |λ| ≤ {@value #BULK} λ_max
 * </pre>
 *
 * <p>Both are conventions: the spectrum has no sharp edge. What they count is said beside the counts.
 *
 * @see <a href="https://arxiv.org/abs/1706.04454">Sagun, Evci, Güney, Dauphin, Bottou: Empirical analysis of the Hessian of over-parametrized neural
 *     networks</a>
 */
public final class Outliers {
  /** Of the largest eigenvalue: above it are outliers. */
  public static final double SHARE = 0.2;

  /** Of the largest eigenvalue: within it around zero is the bulk. */
  public static final double BULK = 0.01;

  private Outliers() {}

  /** The share of all eigenvalues that are in the bulk. */
  public static double bulk(SpectralDensity density, double largest) {
    double[] f = density.cumulative(new double[] {-BULK * largest, BULK * largest}).middle();
    return f[1] - f[0];
  }
}
