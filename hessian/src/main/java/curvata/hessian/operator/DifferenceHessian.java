package curvata.hessian.operator;

import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import curvata.kernels.vector.Scaled;
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
 * of gradients over ε: with float gradients and s = 10⁻³ at most 2·10⁻⁴ of ‖H v‖ on tanh networks at a loss of about 1, random and sharp directions,
 * forward differences 3 to 30 times worse. So it is symmetric and linear only to about 10⁻⁴: tolerances of eigenvalues below 10⁻³ mean nothing. Weights
 * that pass through kinks (ReLU) between the two points add what the kink adds. Keeps five vectors of n floats; allocates nothing when warm. H 0 = 0.
 *
 * <p>A step of that size is too long where the loss bends within it. On a classifier with cross-entropy the loss of a row that is fitted goes like
 * exp(−margin), and along the sharpest direction the margin changes by more than 1 over ‖θ‖/1000: on digits, trained to a loss of 10⁻⁴, the largest
 * eigenvalue comes out 8.4 % too large with s = 10⁻³, 0.73 % with 3·10⁻⁴, 0.08 % with 10⁻⁴, 0.009 % with 3·10⁻⁵; the noise of gradients is still below
 * that. {@link #tuned} finds such a step; at other points the one it finds is the default.
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

  /** What {@link #relativeError} says at least. */
  public static final double RELATIVE_ERROR = 1e-3;

  private static final double SHORTER = 3;
  private static final double SHORTEST = 1e-6;

  private final GradientFunction gradient;
  private final Scheme scheme;
  private final int n;
  private final float[] theta;
  private final float[] moved;
  private final float[] plus;
  private final float[] minus;
  private final double epsilon;
  private final double step;
  private final double relativeError;
  private final Workspace ws = new Workspace();
  private float[] base; // g(θ), of forward differences
  private float[] coarse; // of Richardson's

  private DifferenceHessian(GradientFunction gradient, float[] theta, Scheme scheme, double step, double relativeError) {
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
    this.step = step;
    this.epsilon = step * Math.max(norm, Math.sqrt(n) * 1e-3);
    this.relativeError = relativeError;
  }

  /**
   * Central differences with the step {@value #STEP}.
   *
   * @param theta the weights, copied
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if there are no weights or one is not finite
   */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta) {
    return new DifferenceHessian(gradient, theta, Scheme.CENTRAL, STEP, RELATIVE_ERROR);
  }

  /** Differences of this kind with their own step, {@value #STEP} or {@value #RICHARDSON_STEP}; throws as {@link #of(GradientFunction, float[])}. */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta, Scheme scheme) {
    return new DifferenceHessian(gradient, theta, scheme, scheme == Scheme.RICHARDSON ? RICHARDSON_STEP : STEP, RELATIVE_ERROR);
  }

  /**
   * Differences of this kind with a relative step s; throws as {@link #of(GradientFunction, float[])}.
   *
   * @param step s, in (0, 1]
   */
  public static DifferenceHessian of(GradientFunction gradient, float[] theta, Scheme scheme, double step) {
    return new DifferenceHessian(gradient, theta, scheme, step, RELATIVE_ERROR);
  }

  /**
   * Differences of this kind with a step that fits the loss at these weights; throws as {@link #of(GradientFunction, float[])}.
   *
   * <pre>
   *   v ← H H z / ‖H H z‖, z normal: a sharp direction
   *   s ← {@value #STEP}, then s/3, s/9, … while halving s changes H v by more than {@value #RELATIVE_ERROR} of it and by less than before
   * </pre>
   *
   * <p>Takes 8 gradients where the default fits, 4 more for each shorter step; Richardson's step is three times as long as what is found.
   * {@link #relativeError} is then what was measured, if that is more than {@value #RELATIVE_ERROR}.
   */
  public static DifferenceHessian tuned(GradientFunction gradient, float[] theta, Scheme scheme) {
    DifferenceHessian trial = of(gradient, theta);
    float[] v = trial.sharp();
    if (v == null) {
      return of(gradient, theta, scheme);
    }
    double change = trial.stepSensitivity(v);
    while (change > RELATIVE_ERROR && trial.step > SHORTEST) {
      DifferenceHessian shorter = of(gradient, theta, Scheme.CENTRAL, trial.step / SHORTER);
      double now = shorter.stepSensitivity(v);
      if (!(now < change)) {
        break; // the noise of gradients has taken over
      }
      trial = shorter;
      change = now;
    }
    double found = scheme == Scheme.RICHARDSON ? trial.step * RICHARDSON_STEP / STEP : trial.step;
    return new DifferenceHessian(gradient, theta, scheme, found, Math.max(RELATIVE_ERROR, change * 4 / 3)); // of an error that falls like s²
  }

  /** Central differences with a step that fits; see {@link #tuned(GradientFunction, float[], Scheme)}. */
  public static DifferenceHessian tuned(GradientFunction gradient, float[] theta) {
    return tuned(gradient, theta, Scheme.CENTRAL);
  }

  /** A direction in which the largest eigenvalues lead, by two products; null where the Hessian is zero or not finite. */
  private float[] sharp() {
    float[] v = new float[n];
    float[] w = new float[n];
    Gaussian.fill(0, -1, v, 0, n);
    for (int product = 0; product < 2; product++) {
      central(v, norm(v), epsilon, w);
      double length = norm(w);
      if (!(length > 0) || !Double.isFinite(length)) {
        return null;
      }
      Scaled.into(1 / length, w, v, 0, n, ws);
    }
    return v;
  }

  @Override
  public int dimension() {
    return n;
  }

  @Override
  public double relativeError() {
    return relativeError;
  }

  /** s, the step relative to the weights. */
  public double step() {
    return step;
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
   * for another step, see {@link #tuned}. Costs twice a product.
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
