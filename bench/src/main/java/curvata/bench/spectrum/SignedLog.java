package curvata.bench.spectrum;

/**
 * A scale that is logarithmic on both sides of zero: a bulk around zero and outliers far from it are seen together.
 *
 * <pre>
 *   s(t) = sign(t) ln(1 + |t|/u),   t(s) = sign(s) u (exp |s| − 1)
 * </pre>
 *
 * @param unit u, below which the scale is nearly linear
 */
public record SignedLog(double unit) {
  private static final double DECADES = 1e-4;

  /** The scale for values of at most this magnitude: four decades. */
  public static SignedLog of(double largest) {
    return new SignedLog(largest > 0 ? DECADES * largest : 1);
  }

  /** s(t). */
  public double at(double t) {
    return Math.copySign(StrictMath.log1p(Math.abs(t) / unit), t);
  }

  /** t(s). */
  public double value(double s) {
    return Math.copySign(unit * StrictMath.expm1(Math.abs(s)), s);
  }

  /** Points from {@code low} to {@code high}, evenly on the scale. */
  public double[] grid(double low, double high, int points) {
    double from = at(low);
    double to = at(high);
    double[] t = new double[points];
    for (int i = 0; i < points; i++) {
      t[i] = i == 0 ? low : i == points - 1 ? high : value(from + (to - from) * i / (points - 1));
    }
    return t;
  }
}
