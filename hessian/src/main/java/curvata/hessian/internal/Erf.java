package curvata.hessian.internal;

/**
 * The error function.
 *
 * <pre>
 *   erf(x) = 2/√π ∫₀ˣ e^{−t²} dt
 *   |x| &lt; 3:  2/√π e^{−x²} Σ_{k ≥ 0} 2ᵏ x^{2k+1} / (1·3·…·(2k+1)), all terms of one sign
 *   else:     1 − e^{−x²}/√π · 1/(x + ½/(x + 1/(x + (3/2)/(x + …))))
 * </pre>
 *
 * Within a few units of 2⁻⁵³, relatively to erf below 3 and absolutely above.
 *
 * @see <a href="https://personal.math.ubc.ca/~cbm/aands/page_297.htm">Abramowitz, Stegun: Handbook of Mathematical Functions, 7.1.6, 7.1.14</a>
 */
public final class Erf {
  private static final double SERIES = 3;
  private static final double ONE = 6; // from here on erf rounds to 1
  private static final int LEVELS = 60;

  private Erf() {}

  /** erf(x). */
  public static double of(double x) {
    double magnitude = Math.abs(x);
    if (magnitude < SERIES) {
      return series(x);
    }
    return magnitude < ONE ? Math.copySign(1 - complement(magnitude), x) : x != x ? x : Math.copySign(1, x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int k = 1; Math.abs(term) > 0x1p-60 * Math.abs(sum); k++) {
      term *= 2 * x * x / (2 * k + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }

  private static double complement(double x) {
    double fraction = x;
    for (int k = LEVELS; k >= 1; k--) {
      fraction = x + k / 2.0 / fraction;
    }
    return StrictMath.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
  }

  /** The z with P(|Z| ≤ z) = confidence for a standard normal Z; confidence inside (0, 1). */
  public static double normalTwoSided(double confidence) {
    double low = 0;
    double high = ONE * Math.sqrt(2);
    for (double mid = high / 2; low < mid && mid < high; mid = (low + high) / 2) {
      if (of(mid / Math.sqrt(2)) < confidence) {
        low = mid;
      } else {
        high = mid;
      }
    }
    return low;
  }
}
