package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import java.util.Arrays;
import java.util.Objects;

/**
 * A Hessian from gradients alone, by differences along the unit vector.
 *
 * <pre>
 *   ε = s · max(‖θ‖, 10⁻³ √n),   v̂ = v / ‖v‖
 *   central:     H v ≈ ‖v‖ (g(θ + ε v̂) − g(θ − ε v̂)) / (2 ε)                two gradients
 *   Richardson:  (4 · central(ε/2) − central(ε)) / 3                         four gradients
 *   forward:     H v ≈ ‖v‖ (g(θ + ε v̂) − g(θ)) / ε                           one gradient, and one at first
 * </pre>
 *
 * <p>Works on a copy of the weights as they were when it was made; whoever called keeps theirs untouched. The error is ε²/6 · |g'''| plus the noise
 * of gradients over ε: with float gradients and s = 10⁻³ at most 2·10⁻⁴ of ‖H v‖ on tanh networks, random and sharp directions, forward differences
 * 3 to 30 times worse. So it is symmetric and linear only to about 10⁻⁴: tolerances of eigenvalues below 10⁻³ mean nothing. Weights that pass
 * through kinks (ReLU) between the two points add what the kink adds. Keeps five vectors of n floats; allocates nothing when warm. H 0 = 0.
 */
public final class DifferenceHessian implements LinearOperator {
  /** Which differences are taken. */
  public enum Scheme {
    /** Two gradients a product: the default. */
    CENTRAL,
    /** Four gradients a product, ten times closer along sharp directions. */
    RICHARDSON,
    /** One gradient a product: only where a percent does not matter. */
    FORWARD
  }

  /** Relative step of central and forward differences. */
  public static final double STEP = 1e-3;

  /** Relative step of Richardson's. */
  public static final double RICHARDSON_STEP = 3e-3;

  /** What {@link #relativeError} says. */
  public static final double RELATIVE_ERROR = 1e-3;

  private final GradientFunction gradient;
  private final Scheme scheme;
  private final int n;
  private final float[] theta;
  private final float[] moved;
  private final float[] plus;
  private final float[] minus;
  private final double epsilon;
  private final Workspace ws = new Workspace();
  private float[] base; // g(θ), of forward differences
  private float[] coarse; // of Richardson's

  private DifferenceHessian(GradientFunction gradient, float[] theta, Scheme scheme, double step) {
    this.gradient = Objects.requireNonNull(gradient, "gradient");
    this.scheme = Objects.requireNonNull(scheme, "scheme");
    this.n = theta.length;
    Checks.that(n >= 1, "theta.length", n, ">= 1");
    Checks.that(step > 0 && step <= 1, "step", step, "0 < step <= 1");
    this.theta = theta.clone();
    this.moved = new float[n];
    this.plus = new float[n];
    this.minus = new float[n];
    ws.reserve(0, Reductions.requiredDoubles(n));
    double norm = norm(theta);
    Checks.that(Double.isFinite(norm), "norm of theta", norm, "a finite number");
    this.epsilon = step * Math.max(norm, Math.sqrt(n) * 1e-3);
  }

  /**
   * Central differences with the step {@value #STEP}.
   *
   * @param theta the weights, copied
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are no weights or one is not finite
   */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta) {
    return new DifferenceHessian(gradient, theta, Scheme.CENTRAL, STEP);
  }

  /** Differences of this kind with their own step, {@value #STEP} or {@value #RICHARDSON_STEP}; throws as {@link #of(GradientFunction, float[])}. */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta, Scheme scheme) {
    return new DifferenceHessian(gradient, theta, scheme, scheme == Scheme.RICHARDSON ? RICHARDSON_STEP : STEP);
  }

  /**
   * Differences of this kind with a relative step s; throws as {@link #of(GradientFunction, float[])}.
   *
   * @param step s, in (0, 1]
   */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta, Scheme scheme, double step) {
    return new DifferenceHessian(gradient, theta, scheme, step);
  }

  @Override
  public int dimension() {
    return n;
  }

  @Override
  public double relativeError() {
    return RELATIVE_ERROR;
  }

  @Override
  public void apply(float[] x, float[] y) {
    Checks.range("x", x, 0, n);
    Checks.range("y", y, 0, n);
    double norm = norm(x);
    if (norm == 0) {
      Arrays.fill(y, 0, n, 0f);
      return;
    }
    switch (scheme) {
      case CENTRAL -> central(x, norm, epsilon, y);
      case RICHARDSON -> richardson(x, norm, y);
      case FORWARD -> forward(x, norm, y);
    }
  }

  /**
   * How much a product changes when the step is halved, relative to itself: what the third derivative and rounding do together. More than 0.01 calls
   * for another step or for Richardson's scheme. Costs twice a product.
   *
   * @param x a direction of n floats
   */
  public double stepSensitivity(float[] x) {
    Checks.range("x", x, 0, n);
    double norm = norm(x);
    Checks.that(norm > 0 && Double.isFinite(norm), "norm of x", norm, "positive and finite");
    float[] whole = new float[n];
    float[] half = new float[n];
    central(x, norm, epsilon, whole);
    central(x, norm, epsilon / 2, half);
    double size = norm(half);
    Axpby.into(1, whole, -1, half, whole, 0, n, ws);
    double change = norm(whole);
    return change == 0 ? 0 : change / size;
  }

  private void central(float[] x, double norm, double eps, float[] y) {
    gradientAt(x, eps / norm, plus);
    gradientAt(x, -eps / norm, minus);
    double scale = norm / (2 * eps);
    Axpby.into(scale, plus, -scale, minus, y, 0, n, ws);
  }

  private void richardson(float[] x, double norm, float[] y) {
    if (coarse == null) {
      coarse = new float[n];
    }
    central(x, norm, epsilon, coarse);
    central(x, norm, epsilon / 2, y);
    Axpby.into(4.0 / 3, y, -1.0 / 3, coarse, y, 0, n, ws);
  }

  private void forward(float[] x, double norm, float[] y) {
    if (base == null) {
      float[] g = new float[n];
      gradientAt(theta, 0, g);
      base = g;
    }
    gradientAt(x, epsilon / norm, plus);
    double scale = norm / epsilon;
    Axpby.into(scale, plus, -scale, base, y, 0, n, ws);
  }

  private void gradientAt(float[] x, double step, float[] g) {
    Axpby.into(step, x, 1, theta, moved, 0, n, ws);
    gradient.gradient(moved, g);
  }

  private double norm(float[] x) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, n, ws));
  }
}
