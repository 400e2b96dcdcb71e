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

/** Descends as recorded, with the library's rule, the exact Hessian and its eigensolver. */
final class EdgeReplay implements Recording.Replay {
  static final String LOSS = "loss_per_step";
  static final String SHARPNESS = "step_eigmax_eigmin_gradnorm2";
  static final String WEIGHTS = "weights_step100";

  private static final int WEIGHTS_STEP = 100;
  private static final double TOLERANCE = 1e-5; // of residuals: eigenvalues are then far closer than judged
  private static final int COLUMNS = 4;

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
    MlpPoint point = new MlpPoint(network.layers(), network.activation(), network.loss(), network.data());
    float[] theta = start.clone();
    float[] gradient = new float[theta.length];
    Parameter parameter = Parameter.slice("weights", theta, gradient, 0, theta.length);
    double[] losses = new double[steps + 1];
    double[] rows = new double[(steps / every + 1) * COLUMNS];
    Results results = new Results();
    try (Optimizer optimizer = Optimizer.builder().group("all", Sgd.defaults().withLr(eta), List.of(parameter)).build()) {
      for (int t = 0; t <= steps; t++) {
        losses[t] = point.move(theta);
        if (t % every == 0) {
          sharpness(point, t, rows, t / every * COLUMNS);
        }
        if (t == WEIGHTS_STEP) {
          results.add(WEIGHTS, new int[] {theta.length}, CurvatureReplay.wide(theta));
        }
        System.arraycopy(point.gradient(), 0, gradient, 0, gradient.length);
        optimizer.step();
      }
    }
    results.add(LOSS, new int[] {steps + 1}, losses);
    results.add(SHARPNESS, new int[] {rows.length / COLUMNS, COLUMNS}, rows);
    return results;
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
