package curvata.bench.train;

import curvata.bench.model.Dataset;
import curvata.bench.model.Mlp;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.kernels.Checks;
import curvata.kernels.random.Rademacher;
import curvata.optim.Optimizer;
import curvata.optim.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What rules ask for besides the gradient, computed from the rows of the step.
 *
 * <pre>
 *   ghat       the gradient with labels sampled from the model's own output
 *   diagonal   z ⊙ (H z), random signs z, H the exact Hessian of the step's mean loss
 * </pre>
 *
 * <p>Pure functions of seed, step, weights and rows. The monitor's probes are the streams from 0 up, the signs of step t are stream −1 − t: what looks at
 * a run does not share its numbers.
 */
final class Signals {
  /** Floats for each parameter at most: a signal, its probe, and the parameters and gradient of the point where the product is taken. */
  static final int VECTORS = 4;

  private static final String SAMPLED_GRADIENT = "ghat";
  private static final String DIAGONAL = "diagonal";
  private static final List<String> KNOWN = List.of(SAMPLED_GRADIENT, DIAGONAL);

  private final Mlp model;
  private final Batches batches;
  private final long seed;
  private final Map<Integer, Point> points = new HashMap<>(); // by rows: an epoch's last step has fewer
  private final Map<String, float[]> values = new HashMap<>();
  private int[] labels;
  private float[] probe;

  Signals(Mlp model, Batches batches, long seed) {
    this.model = model;
    this.batches = batches;
    this.seed = seed;
  }

  /** Refuses a rule, or null for none, that asks for something else. */
  static void requireKnown(Rule<?> rule) {
    for (String signal : rule == null ? List.<String>of() : rule.signals(1)) {
      Checks.that(KNOWN.contains(signal), "signal of rule " + rule.name(), signal, "one of " + KNOWN + ": train supplies no other");
    }
  }

  /** Hands in what the optimizer needs in its next step, of the rows that were gathered last. */
  void supply(Optimizer optimizer, int rows) {
    List<Optimizer.Need> needs = optimizer.needs();
    for (String signal : KNOWN) {
      if (needs.stream().anyMatch(need -> need.signal().equals(signal))) {
        float[] into = values.computeIfAbsent(signal, s -> new float[model.size()]);
        if (signal.equals(DIAGONAL)) {
          diagonal(optimizer.steps(), rows, into);
        } else {
          sampledGradient(optimizer.steps(), rows, into);
        }
      }
    }
    for (Optimizer.Need need : needs) {
      optimizer.supply(need.parameter().name(), need.signal(), values.get(need.signal()));
    }
  }

  private void sampledGradient(long step, int rows, float[] into) {
    labels = labels == null ? new int[batches.labels().length] : labels;
    model.sampleLabels(batches.inputs(), 0, rows, seed, step, labels);
    model.gradient(batches.inputs(), labels, 0, rows, into);
  }

  private void diagonal(long step, int rows, float[] into) {
    probe = probe == null ? new float[model.size()] : probe;
    Point point = points.computeIfAbsent(rows, this::point);
    System.arraycopy(batches.inputs(), 0, point.rows.inputs(), 0, point.rows.inputs().length);
    System.arraycopy(batches.labels(), 0, point.rows.labels(), 0, rows);
    point.network.move(model.theta());
    Rademacher.fill(seed, -1 - step, probe, 0, probe.length);
    point.hessian.apply(probe, into);
    for (int i = 0; i < into.length; i++) {
      into[i] *= probe[i];
    }
  }

  /** The network on so many rows, which are copied in step by step. */
  private record Point(Dataset rows, MlpPoint network, MlpHessian hessian) {}

  private Point point(int rows) {
    int cols = model.layers()[0];
    Dataset data = new Dataset(new float[rows * cols], new int[rows], cols, model.layers()[model.layers().length - 1]);
    MlpPoint network = MlpPoint.of(model, data);
    return new Point(data, network, new MlpHessian(network));
  }
}
