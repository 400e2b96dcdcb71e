package curvata.gpu.update;

import curvata.gpu.Running;
import curvata.gpu.matrix.PlainLoops;
import curvata.kernels.Kernel;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.update.MuonUpdate;
import curvata.optim.ElementRule;
import curvata.optim.MatrixRule;
import curvata.optim.Rule;
import curvata.optim.StepContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The steps of one group in running error analysis: values and state go from step to step with all that may have come together in them.
 *
 * <p>The exact values are those of a rule without a single rounding, its scalars excepted: they are floats that host and device share.
 */
final class RunningSteps {
  private static final double SUMS = 0x1p-40; // relative, of reductions in double

  /** One tensor: {@code theta}, {@code g}, slots and signals by name. */
  static final class Tensor {
    final int[] shape;
    final Map<String, Running[]> operands = new HashMap<>();

    Tensor(int[] shape, float[] theta) {
      this.shape = shape;
      set("theta", theta);
    }

    /** An operand that host and device share. */
    void set(String operand, float[] values) {
      Running[] exact = new Running[values.length];
      Arrays.setAll(exact, i -> Running.of(values[i]));
      operands.put(operand, exact);
    }

    Running[] get(String operand) {
      return operands.get(operand);
    }

    int size() {
      return get("theta").length;
    }
  }

  final List<Tensor> tensors;
  private final Rule<?> rule;
  private double largest;
  private double largestChange;
  private double orthogonalized; // what the orthogonalizations' own bound adds to any value

  RunningSteps(Rule<?> rule, List<Tensor> tensors) {
    this.rule = rule;
    this.tensors = tensors;
  }

  /** One step; gradients and signals of this step have been set. */
  void step(long step, double lr) {
    List<double[]> before = tensors.stream().map(t -> Arrays.stream(t.get("theta")).mapToDouble(Running::value).toArray()).toList();
    switch (rule) {
      case ElementRule<?, ?> r when r.first() != null -> lamb(r, step, lr);
      case ElementRule<?, ?> r -> tensors.forEach(t -> elements(r, context(step, lr, t), t));
      case MatrixRule<?, ?> r -> tensors.forEach(t -> matrix(r, context(step, lr, t), t));
    }
    for (int t = 0; t < before.size(); t++) {
      for (int i = 0; i < before.get(t).length; i++) {
        double now = tensors.get(t).get("theta")[i].value();
        largest = Math.max(largest, Math.abs(now));
        largestChange = Math.max(largestChange, Math.abs(now - before.get(t)[i]));
      }
    }
  }

  private StepContext context(long step, double lr, Tensor t) {
    Map<String, Double> measures =
        List.of("gradSquared", "thetaSquared", "uSquared").stream().collect(Collectors.toMap(Function.identity(), n -> 0.0));
    return StepContext.of(step, lr, rule.signals(step), measures, t.shape);
  }

  private static <S extends Record> void elements(ElementRule<?, S> rule, StepContext c, Tensor t) {
    apply(rule.kernel(c), Formulas.floats(rule.scalars(c)), t);
  }

  private static void apply(Kernel<?> kernel, float[] s, Tensor t) {
    List<Running[]> operands = kernel.operands().stream().map(o -> t.get(o.name())).toList();
    for (int i = 0; i < t.size(); i++) {
      int at = i;
      Running[] next = Formulas.ALL.get(kernel).next(s, operands.stream().map(o -> o[at]).toArray(Running[]::new));
      for (int o = 0; o < next.length; o++) {
        operands.get(o)[i] = next[o];
      }
    }
  }

  /** {@link curvata.kernels.update.LambUpdate}, its two ratios formed on the device. */
  private <S extends Record> void lamb(ElementRule<?, S> rule, long step, double lr) {
    double gradients = norm(tensors.stream().flatMap(t -> Arrays.stream(t.get("g"))).mapToDouble(Running::value).toArray());
    for (Tensor t : tensors) {
      float[] s = Formulas.floats(rule.scalars(context(step, lr, t)));
      double ratio = s[10] == 0 ? 0 : gradients / s[10];
      Running clip = Running.of(s[0]).times(Running.of(1).over(Running.of(1).max(new Running(ratio, (SUMS + Running.U) * ratio))));
      Running[] u = new Running[t.size()];
      for (int i = 0; i < u.length; i++) {
        Running g = t.get("g")[i].times(clip);
        Running m = t.get("m")[i].times(Running.of(s[1])).plus(g.times(Running.of(s[2])));
        Running v = t.get("v")[i].times(Running.of(s[3])).plus(g.times(g).times(Running.of(s[4])));
        t.get("m")[i] = m;
        t.get("v")[i] = v;
        u[i] = m.times(Running.of(s[5])).over(v.sqrt().times(Running.of(s[6])).plus(Running.of(s[7])))
            .plus(t.get("theta")[i].times(Running.of(s[8])));
      }
      Running theta = norm(t.get("theta"));
      Running direction = norm(u);
      boolean adapts = s[11] != 0 && theta.value() != 0 && direction.value() != 0;
      Running trust =
          !adapts ? Running.of(1) : s[11] == Float.POSITIVE_INFINITY ? theta.over(direction) : theta.over(direction).min(Running.of(s[11]));
      for (int i = 0; i < u.length; i++) {
        t.get("theta")[i] = t.get("theta")[i].plus(u[i].times(Running.of(s[9]).times(trust)));
      }
    }
  }

  /** ‖x‖; where the elements are off by e, by at most ‖e‖. */
  private static Running norm(Running[] x) {
    double norm = norm(Arrays.stream(x).mapToDouble(Running::value).toArray());
    return new Running(norm, norm(Arrays.stream(x).mapToDouble(Running::error).toArray()) + SUMS * norm);
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
  }

  /**
   * The direction and what is done with the orthogonalized one, by rounding errors; between them the bound that NewtonSchulzGpu states, since
   * intervals that go through five polynomials of a matrix hold anything. The direction does not depend on the values, so that nothing is fed back.
   */
  private <S extends Record> void matrix(MatrixRule<?, S> rule, StepContext c, Tensor t) {
    float[] s = Formulas.floats(rule.scalars(c));
    t.operands.put("u", t.get("g").clone());
    apply(rule.direction(), s, t);
    NewtonSchulz method = rule.orthogonalization();
    double[] u = Arrays.stream(t.get("u")).mapToDouble(Running::value).toArray();
    float[] narrow = new float[u.length];
    for (int i = 0; i < u.length; i++) {
      narrow[i] = (float) u[i];
    }
    double[] exact = PlainLoops.exact(method, c.rows(), c.cols(), u);
    double allowed = PlainLoops.allowed(method, c.rows(), c.cols(), exact, narrow);
    t.operands.put("o", Arrays.stream(exact).mapToObj(x -> new Running(x, allowed)).toArray(Running[]::new));
    apply(MuonUpdate.APPLY, s, t);
    orthogonalized += s[5] * allowed;
  }

  /** The largest change of a value in one step. */
  double largestChange() {
    return largestChange;
  }

  /** The largest value of the path. */
  double largest() {
    return largest;
  }

  /**
   * What roundings alone make of half an interval in so many steps, to first order in u: each step rounds a value twice, and adds a change that is
   * off by what averages have gathered (at most 4 roundings for each step so far, as they are convex) and by the rest of the formula, at most 64 u.
   */
  double rounded(int steps) {
    return steps * Running.U * (2 * largest + (4 * steps + 64) * largestChange) + orthogonalized;
  }
}
