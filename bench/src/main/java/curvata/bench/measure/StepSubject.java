package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.Threads;
import curvata.optim.ElementRule;
import curvata.optim.MatrixRule;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import curvata.optim.ScopedMeasure;
import curvata.optim.StepContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A whole optimizer step of one rule over matrices of 512 × 512 in one buffer, on all threads: measures, scalars, passes. */
final class StepSubject implements Subject {
  private static final int SIDE = 512;

  private final Rule<?> rule;
  private final int tensors;

  /** As many matrices as n elements have room for, at least one. */
  StepSubject(Rule<?> rule, int n) {
    this.rule = rule;
    this.tensors = Math.max(1, n / (SIDE * SIDE));
  }

  @Override
  public String name() {
    return rule.name() + "_step";
  }

  @Override
  public int n() {
    return tensors * SIDE * SIDE;
  }

  @Override
  public long elements() {
    return n();
  }

  @Override
  public long bytes() {
    return rule instanceof MatrixRule ? 0 : passes().stream().mapToLong(p -> Streams.bytes(p)).sum() * n();
  }

  @Override
  public long flops() {
    return rule instanceof MatrixRule<?, ?> r ? tensors * OrthogonalizationSubject.flops(SIDE, SIDE, r.orthogonalization()) : 0;
  }

  @Override
  public int threads() {
    return Threads.count();
  }

  @Override
  public Prepared prepare() {
    Step step = new Step(rule, tensors);
    List<Streams> streams = new ArrayList<>();
    for (List<Operand> operands : passes()) {
      float[][] arrays = operands.stream().map(o -> step.array(o.name())).toArray(float[][]::new);
      streams.add(Streams.of(operands, arrays, n(), true));
    }
    List<Bound> bounds = new ArrayList<>(Bounds.streams(streams));
    bounds.addAll(rule instanceof MatrixRule ? Bounds.flops(flops(), threads()) : Bounds.roots(slow(), n(), threads()));
    return new Prepared(step, bounds);
  }

  /** The sweep of measures, the first pass, the kernel: the operands of each. */
  private List<List<Operand>> passes() {
    return switch (rule) {
      case ElementRule<?, ?> r -> {
        List<List<Operand>> passes = new ArrayList<>();
        if (!r.measures().isEmpty()) {
          passes.add(measured(r.measures()));
        }
        if (r.first() != null) {
          passes.add(r.first().operands());
        }
        passes.add(kernel(r).operands());
        yield passes;
      }
      case MatrixRule<?, ?> r -> List.of(r.direction().operands(), r.apply().operands());
    };
  }

  private SlowOperations slow() {
    ElementRule<?, ?> r = (ElementRule<?, ?>) rule;
    SlowOperations slow = SlowOperations.of(kernel(r));
    return r.first() == null ? slow : slow.plus(SlowOperations.of(r.first(), kernel(r).scalars()));
  }

  private static List<Operand> measured(List<ScopedMeasure> measures) {
    Set<Operand> operands = new LinkedHashSet<>();
    for (ScopedMeasure m : measures) {
      operands.add(Kernel.read(m.measure().left()));
      if (m.measure().right() != null) {
        operands.add(Kernel.read(m.measure().right()));
      }
    }
    return List.copyOf(operands);
  }

  /** The kernel of a step that brings no signal. */
  private static <S extends Record> Kernel<S> kernel(ElementRule<?, S> r) {
    StepContext c = KernelCase.context(r, 2, r.signals(2));
    return r.kernel(c);
  }

  /** Compared with the plain loops kernel by kernel. */
  @Override
  public String difference() {
    return null;
  }

  /** The optimizer, its arrays, and signals where a step wants them. */
  private static final class Step implements Work {
    private final Optimizer optimizer;
    private final Rule<?> rule;
    private final List<String> names = new ArrayList<>();
    private final Map<String, float[]> arrays = new HashMap<>();
    private final int n;

    Step(Rule<?> rule, int tensors) {
      this.rule = rule;
      n = tensors * SIDE * SIDE;
      float[] g = array("g");
      Values.sign(g);
      List<Parameter> parameters = new ArrayList<>();
      for (int t = 0; t < tensors; t++) {
        names.add("p" + t);
        parameters.add(Parameter.slice("p" + t, array("theta"), g, t * SIDE * SIDE, SIDE, SIDE));
      }
      optimizer = Optimizer.builder().group("all", rule, parameters).build();
      optimizer.state((parameter, slot, array, offset) -> arrays.put(slot, array));
    }

    /** The array behind an operand's name: a parameter's, a slot's, or one that nothing else has. */
    float[] array(String name) {
      return arrays.computeIfAbsent(name, missing -> Values.arrays(1, n, missing.hashCode())[0]);
    }

    @Override
    public void run() {
      for (String signal : rule.signals(optimizer.steps() + 1)) {
        for (String parameter : names) {
          optimizer.supply(parameter, signal, array(signal));
        }
      }
      optimizer.step();
    }
  }
}
