package curvata.kernels.matrix;

/**
 * One step on a singular value: an odd polynomial of degree 3 or 5.
 *
 * <pre>
 *   p(x) = a x + b x³ + c x⁵        on a matrix: p(X) = a X + (b A + c A²) X,  A = X Xᵀ
 * </pre>
 *
 * @param a slope at 0
 * @param b coefficient of x³
 * @param c coefficient of x⁵; 0 for degree 3
 */
public record OddPolynomial(double a, double b, double c) {
  /**
   * 3/2 x − 1/2 x³: converges to 1 from (0, √3).
   *
   * @see <a href="https://doi.org/10.1137/0708036">Björck, Bowie: An Iterative Algorithm for Computing the Best Estimate of an Orthogonal Matrix</a>
   */
  public static final OddPolynomial CUBIC = new OddPolynomial(1.5, -0.5, 0);

  /** 15/8 x − 10/8 x³ + 3/8 x⁵: converges to 1, with the first two derivatives zero there. */
  public static final OddPolynomial QUINTIC = new OddPolynomial(1.875, -1.25, 0.375);

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
  }

  /** The value at one number. */
  public double at(double x) {
    double y = x * x;
    return x * (a + y * (b + y * c));
  }
}
