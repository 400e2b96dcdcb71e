package curvata.bench.verify;

import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.hessian.LinearOperator;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.ThickRestart;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.Sgd;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Descends as recorded, with the library's rule, the exact Hessian and its eigensolver.
 *
 * <p>And once more with noise of one unit in the last place at every step: where that parts from the first descent, rounding to floats decides.
 */
final class EdgeReplay implements Recording.Replay {
  static final String LOSS = "loss_per_step";
  static final String SHARPNESS = "step_eigmax_eigmin_gradnorm2";
  static final String WEIGHTS = "weights_step100";

  /** Beside the recorded names: the last step up to which descents in floats agree among themselves. */
  static final String PREDICTABLE = "predictable_steps";

  private static final int WEIGHTS_STEP = 100;
  private static final double TOLERANCE = 1e-5; // of residuals: eigenvalues are then far closer than judged
  private static final int COLUMNS = 4;
  private static final double TOGETHER = 1e-4; // a tenth of what is judged

  private final RecordedNetwork network;
  private final double eta;
  private final float[] start;
  private final int steps;
  private final int every;

  EdgeReplay(RecordedNetwork network, double eta, float[] start, int steps, int every) {
    this.network = network;
    this.eta = eta;
    this.start = start;
    this.steps = steps;
    this.every = every;
  }

  @Override
  public Results run() {
    Results results = new Results();
    double[] rows = new double[(steps / every + 1) * COLUMNS];
    double[] losses = descend(null, (step, point, theta) -> {
      if (step % every == 0) {
        sharpness(point, step, rows, step / every * COLUMNS);
      }
      if (step == WEIGHTS_STEP) {
        results.add(WEIGHTS, new int[] {theta.length}, CurvatureReplay.wide(theta));
      }
    });
    results.add(LOSS, new int[] {steps + 1}, losses);
    results.add(SHARPNESS, new int[] {rows.length / COLUMNS, COLUMNS}, rows);
    results.add(PREDICTABLE, new int[] {1}, new double[] {together(losses, descend(new SplittableRandom(0), (step, point, theta) -> {}))});
    return results;
  }

  /** What happens at each point. */
  private interface Visitor {
    void at(int step, MlpPoint point, float[] theta);
  }

  /** The losses along the way; with a source of noise, every weight is moved to a neighbouring float after each step. */
  private double[] descend(SplittableRandom noise, Visitor visitor) {
    MlpPoint point = new MlpPoint(network.layers(), network.activation(), network.loss(), network.data());
    float[] theta = start.clone();
    float[] gradient = new float[theta.length];
    Parameter parameter = Parameter.slice("weights", theta, gradient, 0, theta.length);
    double[] losses = new double[steps + 1];
    try (Optimizer optimizer = Optimizer.builder().group("all", Sgd.defaults().withLr(eta), List.of(parameter)).build()) {
      for (int t = 0; t <= steps; t++) {
        losses[t] = point.move(theta);
        visitor.at(t, point, theta);
        System.arraycopy(point.gradient(), 0, gradient, 0, gradient.length);
        optimizer.step();
        for (int i = 0; noise != null && i < theta.length; i++) {
          theta[i] = noise.nextBoolean() ? Math.nextUp(theta[i]) : Math.nextDown(theta[i]);
        }
      }
    }
    return losses;
  }

  /** The last step up to which two descents are together, in units of their largest loss. */
  private static int together(double[] a, double[] b) {
    double largest = Math.max(Closeness.largest(a, 0, 1), Closeness.largest(b, 0, 1));
    int step = 0;
    while (step + 1 < a.length && Math.abs(a[step + 1] - b[step + 1]) <= TOGETHER * largest) {
      step++;
    }
    return step;
  }

  /** Writes one row. Every search begins anew: one from the sharpest direction before may stop short of the smallest eigenvalue. */
  private static void sharpness(MlpPoint point, int step, double[] rows, int at) {
    LinearOperator hessian = new MlpHessian(point);
    ThickRestart solver = ThickRestart.ends(1, 1).withTolerance(TOLERANCE).withBasis(Math.min(point.size(), 40));
    Eigenpairs pairs = solver.solve(hessian);
    double squares = 0;
    for (float g : point.gradient()) {
      squares += (double) g * g;
    }
    rows[at] = step;
    rows[at + 1] = pairs.top().getFirst().value();
    rows[at + 2] = pairs.bottom().getFirst().value();
    rows[at + 3] = squares;
  }
}
