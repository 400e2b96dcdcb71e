package curvata.bench.verify;

import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares orthogonalizations with the recorded ones, by the recordings' own tolerances.
 *
 * <p>In double, 10⁻¹², beyond a slope at 0 of a thousand that much more, 10⁻⁹ at most: rounding is amplified by the slope. In float, against the
 * recorded double: 4 times what plain float arithmetic missed there (where that was not recorded, what it misses here), or 2·10⁻⁶; 10⁻⁵ where the
 * sum of squares overflows floats, so that plain float arithmetic had no result.
 */
final class OrthogonalizationJudge implements Recording.Judge {
  private static final double WIDE = 1e-12;
  private static final double WIDE_STEEPEST = 1e-9;
  private static final double SLOPE = 1e-3; // of the slope at 0 beyond a thousand, by which rounding is amplified where singular values vanish
  private static final double NARROW = 2e-6;
  private static final double OVERFLOWN = 1e-5;
  private static final double SET = 1e-12;
  private static final double SET_NEAR_ONE = 1e-9; // a step whose interval is a point but for 10⁻⁴: its coefficients are ill-conditioned

  private final GoldenFile.Tensors golden;
  private final List<OrthogonalizationReplay.Case> cases;
  private final Map<String, Optional<NewtonSchulz>> methods;

  OrthogonalizationJudge(
      GoldenFile.Tensors golden, List<OrthogonalizationReplay.Case> cases, Map<String, Optional<NewtonSchulz>> methods) {
    this.golden = golden;
    this.cases = cases;
    this.methods = methods;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    List<Check> checks = new ArrayList<>();
    Closeness close = new Closeness(golden);
    if (results.deviceTasks() > 0) {
      onDevice(results, close, checks);
      return checks;
    }
    Set<String> judged = new HashSet<>();
    for (OrthogonalizationReplay.Case c : cases) {
      judged.add(c.name() + OrthogonalizationFormat.INPUT);
      for (String name : c.recorded()) {
        if (results.get(c.name() + "." + name) != null) {
          judged.add(c.name() + "." + name);
          checks.add(judge(c, name, results, close));
        }
      }
      inFloat(c, results, close, checks);
    }
    for (Results.Tensor tensor : results.tensors()) {
      if (tensor.name().startsWith(OrthogonalizationFormat.SET)) {
        judged.add(tensor.name());
        checks.add(close.recorded(tensor.name()) ? set(tensor, close) : close.missing(tensor.name()));
      }
    }
    for (String name : golden.tensors().names()) {
      if (!judged.contains(name)) {
        checks.add(close.unsupported(name, "not computed by this version"));
      }
    }
    return List.copyOf(checks);
  }

  /** What a device computed, and nothing of what is recorded besides: that is in double, or of other methods. */
  private void onDevice(Results results, Closeness close, List<Check> checks) throws IOException {
    for (OrthogonalizationReplay.Case c : cases) {
      for (String name : c.recorded()) {
        String method = name.endsWith(".f64") ? name.substring(0, name.length() - 4) : "";
        String narrow = c.name() + "." + method + ".f32";
        if (results.get(narrow) != null) {
          checks.add(inFloat(c, method, narrow, results, close));
        }
      }
    }
  }

  private Check judge(OrthogonalizationReplay.Case c, String name, Results results, Closeness close) throws IOException {
    Results.Tensor ours = results.get(c.name() + "." + name);
    if (name.equals("singular_values")) {
      return close.relative(ours, ours.values().length * 0x1p-50);
    }
    if (name.equals("polar_exact")) {
      return close.absolute(ours, exact(results.get(c.name() + ".singular_values"), ours.values().length));
    }
    String method = name.substring(0, name.lastIndexOf('.'));
    if (name.endsWith(".f64")) {
      NewtonSchulz recipe = OrthogonalizationReplay.recipe(methods, method).orElseThrow();
      return close.absolute(ours, Math.min(WIDE_STEEPEST, WIDE * Math.max(1, SLOPE * recipe.coefficients().slope())));
    }
    return inFloat(c, method, c.name() + "." + name, results, close);
  }

  /** n · 2⁻⁵² times the condition of the polar factor: σ₁ over the smallest singular value that counts. */
  private static double exact(Results.Tensor singular, int elements) {
    double[] s = singular == null ? new double[0] : singular.values();
    double square = 0;
    for (double v : s) {
      square += v * v;
    }
    double condition = 1;
    for (double v : s) {
      condition = v > 0x1p-24 * Math.sqrt(square) ? s[0] / v : condition;
    }
    return Math.max(WIDE, Math.sqrt(elements) * 0x1p-52 * condition);
  }

  /** Stacks are recorded in double only: the float result has a line of its own then. */
  private void inFloat(OrthogonalizationReplay.Case c, Results results, Closeness close, List<Check> checks) throws IOException {
    for (String name : c.recorded()) {
      String method = name.endsWith(".f64") ? name.substring(0, name.length() - 4) : "";
      String narrow = c.name() + "." + method + ".f32";
      if (results.get(narrow) != null && !close.recorded(narrow) && !close.recorded(narrow + "maxdiff")) {
        checks.add(inFloat(c, method, narrow, results, close));
      }
    }
  }

  private Check inFloat(OrthogonalizationReplay.Case c, String method, String name, Results results, Closeness close) throws IOException {
    String of = c.name() + "." + method;
    if (!close.recorded(of + ".f64")) {
      return close.missing(of + ".f64");
    }
    double[] truth = close.truth(of + ".f64");
    double[] ours = results.get(of + ".f32").values();
    if (truth.length != ours.length) {
      return close.failed(name, truth.length + " numbers recorded, " + ours.length + " computed");
    }
    double allowed = allowed(c, method, truth, close);
    Worst worst = new Worst();
    for (int i = 0; i < truth.length; i++) {
      worst.add(Math.abs(ours[i] - truth[i]), allowed, i);
    }
    return close.compared(name, worst, "element " + worst.index());
  }

  private double allowed(OrthogonalizationReplay.Case c, String method, double[] truth, Closeness close) throws IOException {
    double square = 0;
    for (float v : c.x()) {
      square += (double) v * v;
    }
    if (square > Float.MAX_VALUE) {
      return OVERFLOWN;
    }
    String recorded = c.name() + "." + method + ".f32maxdiff";
    return Math.max(NARROW, 4 * (close.recorded(recorded) ? close.truth(recorded)[0] : plain(c, method, truth)));
  }

  /** What plain float arithmetic misses where that was not recorded, as for stacks. */
  private double plain(OrthogonalizationReplay.Case c, String method, double[] truth) {
    NewtonSchulz recipe = OrthogonalizationReplay.recipe(methods, method).orElseThrow();
    int size = c.rows() * c.cols();
    double largest = 0;
    for (int i = 0; i < c.count() && recipe.norm() == Norm.FROBENIUS; i++) {
      float[] y = PlainIteration.apply(recipe, c.rows(), c.cols(), Arrays.copyOfRange(c.x(), i * size, (i + 1) * size));
      for (int j = 0; j < size; j++) {
        largest = Math.max(largest, Math.abs(y[j] - truth[i * size + j]));
      }
    }
    return largest;
  }

  /** Relative to the largest coefficient of the row; the l of a δ-orthogonalization relative to itself. */
  private static Check set(Results.Tensor ours, Closeness close) throws IOException {
    Check wrong = close.shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = close.truth(ours.name());
    int cols = ours.shape()[ours.shape().length - 1];
    Worst worst = new Worst();
    for (int row = 0; row < truth.length / cols; row++) {
      double sum = 0;
      double largest = 0;
      for (int j = row * cols; j < (row + 1) * cols; j++) {
        sum += truth[j];
        largest = Math.max(largest, Math.abs(truth[j]));
      }
      boolean nearOne = cols > 1 && Math.abs(sum - 1) < 1e-4;
      for (int j = row * cols; j < (row + 1) * cols; j++) {
        worst.add(Math.abs(ours.values()[j] - truth[j]), (nearOne ? SET_NEAR_ONE : SET) * largest, j);
      }
    }
    return close.compared(ours.name(), worst, "row " + worst.index() / cols + ", column " + worst.index() % cols);
  }
}
