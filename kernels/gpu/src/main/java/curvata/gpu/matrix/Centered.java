package curvata.gpu.matrix;

import curvata.kernels.matrix.OddPolynomial;

/**
 * A step in powers of W = A − μ I instead of A: the coefficients of degrees 7 and 9 reach 400 and cancel, which would amplify rounding as much.
 *
 * <pre>
 *   a I + b A + c A² + d A³ + e A⁴ = a' I + b' W + c' W² + d' W³ + e' W⁴
 * </pre>
 *
 * <p>μ is where the second highest power vanishes, the middle of what the polynomial is made for; 0 for lower degrees, whose coefficients stay.
 *
 * @param center μ
 */
record Centered(double a, double b, double c, double d, double e, double center) {
  /** The same step about the center of its range. */
  static Centered of(OddPolynomial p) {
    double mu = p.degree() == 9 ? -p.d() / (4 * p.e()) : p.degree() == 7 ? -p.c() / (3 * p.d()) : 0;
    mu = mu > 0 && mu < Double.POSITIVE_INFINITY ? mu : 0;
    double a = p.a() + mu * (p.b() + mu * (p.c() + mu * (p.d() + mu * p.e())));
    double b = p.b() + mu * (2 * p.c() + mu * (3 * p.d() + mu * 4 * p.e()));
    double c = p.degree() == 7 && mu > 0 ? 0 : p.c() + mu * (3 * p.d() + mu * 6 * p.e());
    double d = p.degree() == 9 && mu > 0 ? 0 : p.d() + mu * 4 * p.e();
    return new Centered(a, b, c, d, p.e(), mu);
  }
}
