package curvata.bench.verify;

import curvata.bench.model.Dataset;
import curvata.bench.model.MlpFisher;
import curvata.bench.model.MlpGaussNewton;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.hessian.CheckedOperator;
import curvata.hessian.OperatorException;
import curvata.hessian.Probes;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.ThickRestart;
import java.util.Map;

/** Computes what is recorded of a classifier's curvature, at each of its points. */
final class MlpReplay implements Recording.Replay {
  /** Rows of the batches whose curvature is compared with that of all. */
  static final int BATCH = 64;

  static final String BATCHES = "batch" + BATCH + ".eigmax_eigmin_trace";

  private static final String HESSIAN = "hessian.";
  private static final String GAUSS_NEWTON = "ggn.";
  private static final String FISHER = "fisher.";
  static final String KERNEL = "ntk" + BATCH + ".eig";
  private static final String DRIFT = "drift.layer1.";
  private static final int TOP = 10;
  private static final int BOTTOM = 5;

  private final RecordedNetwork network;
  private final Map<String, float[]> points;
  private final float[] signs;
  private final float[] normals;
  private final int batches;

  MlpReplay(RecordedNetwork network, Map<String, float[]> points, float[] signs, float[] normals, int batches) {
    this.network = network;
    this.points = points;
    this.signs = signs;
    this.normals = normals;
    this.batches = batches;
  }

  @Override
  public Results run() {
    Results results = new Results();
    points.forEach((prefix, theta) -> point(results, prefix, theta));
    float[] before = points.get("init.");
    float[] after = points.get("trained.");
    if (before != null && after != null) {
      attempt(results, DRIFT, () -> new MlpSamples(results).drift(DRIFT, at(network.data(), after), before, after));
    }
    return results;
  }

  private void point(Results results, String prefix, float[] theta) {
    MlpPoint point = at(network.data(), theta);
    results.add(prefix + "loss", new int[] {1}, new double[] {point.loss()});
    results.add(prefix + "accuracy", new int[] {1}, new double[] {point.accuracy()});
    results.add(prefix + "grad", new int[] {theta.length}, CurvatureReplay.wide(point.gradient()));

    attempt(results, prefix + HESSIAN, () -> hessian(results, prefix + HESSIAN, point));
    attempt(results, prefix + GAUSS_NEWTON, () -> gaussNewton(results, prefix + GAUSS_NEWTON, point));
    attempt(results, prefix + FISHER, () -> fisher(results, prefix + FISHER, point));
    attempt(results, prefix, () -> batches(results, prefix, theta));
    MlpSamples samples = new MlpSamples(results);
    attempt(results, prefix, () -> samples.gradients(prefix, point));
    attempt(results, prefix + "hidden.", () -> samples.hidden(prefix, point));
    if (network.data().rows() >= BATCH) {
      attempt(results, prefix + KERNEL, () -> samples.kernel(prefix + KERNEL, at(network.data().where(i -> i < BATCH), theta)));
    }
  }

  /** A part that breaks off, as where weights are beyond measure, leaves the others as they are. */
  private static void attempt(Results results, String part, Runnable computation) {
    try {
      computation.run();
    } catch (OperatorException | IllegalArgumentException | IllegalStateException e) {
      results.fail(part, e.getMessage());
    }
  }

  private void hessian(Results results, String prefix, MlpPoint point) {
    CheckedOperator hessian = CheckedOperator.of(new MlpHessian(point));
    MlpMatrix matrix = new MlpMatrix(results, prefix, hessian, point);
    matrix.products("hvp", signs);
    matrix.entries();
    matrix.eigenpairs(TOP, BOTTOM);
    matrix.blocks();
    MlpEstimates estimates = new MlpEstimates(results, point.size());
    estimates.signs(prefix, hessian, signs);
    estimates.normals(prefix, hessian, normals);
  }

  private void gaussNewton(Results results, String prefix, MlpPoint point) {
    CheckedOperator gaussNewton = CheckedOperator.of(new MlpGaussNewton(point));
    MlpMatrix matrix = new MlpMatrix(results, prefix, gaussNewton, point);
    matrix.products("vp", signs);
    matrix.entries();
    matrix.eigenpairs(TOP, 0);
    matrix.blocks();
    new MlpEstimates(results, point.size()).semidefinite(prefix, gaussNewton, normals);
  }

  private void fisher(Results results, String prefix, MlpPoint point) {
    MlpMatrix matrix = new MlpMatrix(results, prefix, CheckedOperator.of(new MlpFisher(point)), point);
    matrix.products("vp", signs);
    matrix.entries();
    matrix.blocks();
  }

  private MlpPoint at(Dataset data, float[] theta) {
    MlpPoint point = new MlpPoint(network.layers(), network.activation(), network.loss(), data);
    point.move(theta);
    return point;
  }

  /** Ends of the spectrum and trace, by n products, for every batch. */
  private void batches(Results results, String prefix, float[] theta) {
    double[] rows = new double[batches * 3];
    for (int b = 0; b < batches; b++) {
      int from = b * BATCH;
      CheckedOperator hessian = CheckedOperator.of(new MlpHessian(at(network.data().where(i -> i >= from && i < from + BATCH), theta)));
      Eigenpairs ends = ThickRestart.ends(1, 1).withTolerance(MlpMatrix.TOLERANCE).solve(hessian);
      rows[b * 3] = ends.top().getFirst().value();
      rows[b * 3 + 1] = ends.bottom().getFirst().value();
      rows[b * 3 + 2] = MlpMatrix.trace(hessian);
    }
    results.add(prefix + BATCHES, new int[] {batches, 3}, rows);
  }

  /** Probes that were recorded, one per row. */
  static Probes probes(float[] rows, int n) {
    return Probes.of(rows, rows.length / n);
  }
}
