package curvata.hessian.internal;

/**
 * Quantiles of Student's distribution for whole degrees of freedom.
 *
 * <pre>
 *   A(t, ν) = P(|T| ≤ t),   θ = arctan(t/√ν)
 *   ν even:  A = sin θ (1 + ½ cos²θ + (1·3)/(2·4) cos⁴θ + … up to cos^{ν−2}θ)
 *   ν odd:   A = (2/π) (θ + sin θ cos θ (1 + ⅔ cos²θ + (2·4)/(3·5) cos⁴θ + … up to cos^{ν−3}θ));   ν = 1: 2θ/π
 * </pre>
 *
 * All terms are positive, so the sums are exact to rounding; inverted by bisection. From ν = 1000 on an expansion about the normal quantile, whose
 * next term is 2·10⁻¹² at 95 % and 10⁻⁸ at 1 − 10⁻⁹.
 *
 * @see <a href="https://personal.math.ubc.ca/~cbm/aands/page_948.htm">Abramowitz, Stegun: Handbook of Mathematical Functions, 26.7.3–5</a>
 */
public final class StudentT {
  private static final int EXPANSION = 1000;

  private StudentT() {}

  /**
   * The t with P(|T| ≤ t) = confidence.
   *
   * @param confidence inside (0, 1)
   * @param degrees degrees of freedom, at least 1
   */
  public static double twoSided(double confidence, int degrees) {
    if (degrees >= EXPANSION) {
      return expansion(Erf.normalTwoSided(confidence), degrees);
    }
    double low = 0;
    double high = Math.PI / 2;
    for (double mid = high / 2; low < mid && mid < high; mid = (low + high) / 2) {
      if (probability(mid, degrees) < confidence) {
        low = mid;
      } else {
        high = mid;
      }
    }
    return Math.sqrt(degrees) * StrictMath.tan(low);
  }

  private static double probability(double theta, int degrees) {
    double sin = StrictMath.sin(theta);
    double cos = StrictMath.cos(theta);
    int odd = degrees % 2;
    double term = 1;
    double sum = degrees == 1 ? 0 : 1;
    for (int k = 2 + odd; k < degrees; k += 2) {
      term *= (k - 1) * cos * cos / k;
      sum += term;
    }
    return odd == 0 ? sin * sum : 2 / Math.PI * (theta + sin * cos * sum);
  }

  private static double expansion(double z, int degrees) {
    double s = z * z;
    double v = degrees;
    double g1 = (s + 1) * z / 4;
    double g2 = ((5 * s + 16) * s + 3) * z / 96;
    double g3 = (((3 * s + 19) * s + 17) * s - 15) * z / 384;
    return z + (g1 + (g2 + g3 / v) / v) / v;
  }
}
