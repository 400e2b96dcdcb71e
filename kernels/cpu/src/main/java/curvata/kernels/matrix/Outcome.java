package curvata.kernels.matrix;

/** What happened in a call of {@link NewtonSchulz}; the caller's, to be reused. */
public final class Outcome {
  private double norm;
  private int steps;
  private double residual;
  private int restarts;

  /** Nothing yet. */
  public Outcome() {}

  /** ‖X‖ of the input; NaN or infinite where it holds a NaN or an infinity. */
  public double norm() {
    return norm;
  }

  /** Polynomials that were applied: fewer than the recipe has where it stopped early. */
  public int steps() {
    return steps;
  }

  /** ‖A − I‖_F / √m when it was last looked at, before the last step; NaN for recipes without tolerance. */
  public double residual() {
    return residual;
  }

  /** Restarts of the Gram form; −1 where the steps ran on X itself. */
  public int restarts() {
    return restarts;
  }

  /** Tells a caller who asked; returns the norm. */
  static double set(Outcome outcome, double norm, int steps, double residual, int restarts) {
    if (outcome != null) {
      outcome.norm = norm;
      outcome.steps = steps;
      outcome.residual = residual;
      outcome.restarts = restarts;
    }
    return norm;
  }

  /** No step was taken. */
  static double none(Outcome outcome, double norm) {
    return set(outcome, norm, 0, Double.NaN, -1);
  }
}
