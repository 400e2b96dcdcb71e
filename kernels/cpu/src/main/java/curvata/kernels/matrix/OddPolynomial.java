package curvata.kernels.matrix;

/**
 * One step on a singular value: an odd polynomial of degree 3, 5, 7 or 9.
 *
 * <pre>
 *   p(x) = a x + b x³ + c x⁵ + d x⁷ + e x⁹        on a matrix: p(X) = (a I + b A + c A² + d A³ + e A⁴) X,  A = X Xᵀ
 * </pre>
 *
 * @param a slope at 0
 * @param b coefficient of x³
 * @param c coefficient of x⁵; 0 for degree 3
 * @param d coefficient of x⁷; 0 for degree 3 and 5
 * @param e coefficient of x⁹; 0 for a lower degree
 */
public record OddPolynomial(double a, double b, double c, double d, double e) {
  /**
   * 3/2 x − 1/2 x³: converges to 1 from (0, √3).
   *
   * @see <a href="https://doi.org/10.1137/0708036">Björck, Bowie: An Iterative Algorithm for Computing the Best Estimate of an Orthogonal Matrix</a>
   */
  public static final OddPolynomial CUBIC = new OddPolynomial(1.5, -0.5, 0);

  /** 15/8 x − 10/8 x³ + 3/8 x⁵: converges to 1, with the first two derivatives zero there. */
  public static final OddPolynomial QUINTIC = new OddPolynomial(1.875, -1.25, 0.375);

  /** (315 x − 420 x³ + 378 x⁵ − 180 x⁷ + 35 x⁹) / 128: converges to 1, with the first four derivatives zero there. */
  public static final OddPolynomial NONIC = new OddPolynomial(2.4609375, -3.28125, 2.953125, -1.40625, 0.2734375);

  /**
   * 3.4445 x − 4.7750 x³ + 2.0315 x⁵: the steepest at 0; does not converge, repeated it ends anywhere in [0.68, 1.13].
   *
   * @see <a href="https://kellerjordan.github.io/posts/muon">Jordan et al.: Muon: An optimizer for hidden layers in neural networks</a>
   */
  public static final OddPolynomial MUON = new OddPolynomial(3.4445, -4.7750, 2.0315);

  /**
   * Checks the coefficients.
   *
   * @throws IllegalArgumentException if one is not finite
   */
  public OddPolynomial {
    if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
      throw new IllegalArgumentException("coefficients = " + a + ", " + b + ", " + c + ", expected finite numbers");
    }
    if (!Double.isFinite(d) || !Double.isFinite(e)) {
      throw new IllegalArgumentException("coefficients of x^7, x^9 = " + d + ", " + e + ", expected finite numbers");
    }
  }

  /** Degree 3 or 5: the rest is 0. */
  public OddPolynomial(double a, double b, double c) {
    this(a, b, c, 0, 0);
  }

  /**
   * From up to five coefficients, lowest degree first.
   *
   * @throws IllegalArgumentException if there are none or more than five, or one is not finite
   */
  public static OddPolynomial of(double... coefficients) {
    if (coefficients.length < 1 || coefficients.length > 5) {
      throw new IllegalArgumentException("coefficients = " + coefficients.length + ", expected 1 to 5");
    }
    double[] k = java.util.Arrays.copyOf(coefficients, 5);
    return new OddPolynomial(k[0], k[1], k[2], k[3], k[4]);
  }

  /** 9, 7, 5 or 3: by the last coefficient that is not 0; 3 where none is. */
  public int degree() {
    return e != 0 ? 9 : d != 0 ? 7 : c != 0 ? 5 : 3;
  }

  /** Coefficient of x^(2i+1), 0 ≤ i ≤ 4. */
  public double coefficient(int i) {
    return switch (i) {
      case 0 -> a;
      case 1 -> b;
      case 2 -> c;
      case 3 -> d;
      case 4 -> e;
      default -> throw new IllegalArgumentException("i = " + i + ", expected 0 to 4");
    };
  }

  /** p(x / f) as a polynomial in x: (a/f, b/f³, c/f⁵, d/f⁷, e/f⁹). */
  public OddPolynomial stretched(double f) {
    double f2 = f * f;
    double f3 = f2 * f;
    double f5 = f3 * f2;
    return new OddPolynomial(a / f, b / f3, c / f5, d / (f5 * f2), e / (f5 * f2 * f2));
  }

  /** The multiple s · p. */
  public OddPolynomial times(double s) {
    return new OddPolynomial(a * s, b * s, c * s, d * s, e * s);
  }

  /** The value at one number. */
  public double at(double x) {
    double y = x * x;
    return x * (a + y * (b + y * (c + y * (d + y * e))));
  }
}
