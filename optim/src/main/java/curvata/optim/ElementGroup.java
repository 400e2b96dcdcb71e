package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.MeasuringKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A group with an element-wise rule: measures, scalars, first pass, kernel. */
final class ElementGroup<S extends Record> extends Group {
  private final ElementRule<?, S> rule;
  private final Tensors tensors;
  private final List<ScopedMeasure> scoped;
  private final MeasurePass measures;
  private final FirstPass<S> first;
  private final ElementPass<S> pass;
  private final StepContext context;
  private final Map<Kernel<S>, float[][][]> bound = new HashMap<>();
  private final Map<String, SignalMeans> means = new HashMap<>();
  private final boolean perTensor;
  private final Record[] each;
  private final int[][] shapes;

  ElementGroup(String name, ElementRule<?, S> rule, List<Parameter> parameters) {
    super(name, rule, parameters);
    this.rule = rule;
    tensors = new Tensors(this.parameters);
    scoped = rule.measures();
    MeasuringKernel<S> kernel = rule.first();
    measures = scoped.isEmpty() ? null : new MeasurePass(tensors, scoped.stream().map(ScopedMeasure::measure).toList(), this::bind);
    first = kernel == null ? null : new FirstPass<>(tensors, kernel, bindAll(kernel.operands()));
    pass = new ElementPass<>(tensors);
    perTensor = kernel != null || scoped.stream().anyMatch(m -> !m.group());
    shapes = this.parameters.stream().map(Parameter::shape).toArray(int[][]::new);
    each = new Record[perTensor ? tensors.count() : 0];
    List<String> names = new ArrayList<>(scoped.stream().map(m -> m.measure().name()).toList());
    if (kernel != null) {
      names.addAll(kernel.sums());
    }
    context = new StepContext(List.copyOf(names));
  }

  @Override
  void step(long step, double factor) {
    context.begin(step, lr * factor, factor, rule.signals(step));
    measure();
    Kernel<S> kernel = rule.kernel(context);
    float[][][] operands = bound.computeIfAbsent(kernel, k -> bindAll(k.operands()));
    bindSignals(kernel, operands);
    if (first != null) {
      first.run(rule.scalars(context));
    }
    if (!perTensor) {
      pass.run(kernel, operands, rule.scalars(context));
      return;
    }
    for (int t = 0; t < each.length; t++) {
      each[t] = scalarsOf(t);
    }
    pass.run(kernel, operands, each);
  }

  private void measure() {
    if (measures == null) {
      return;
    }
    measures.run();
    for (int m = 0; m < scoped.size(); m++) {
      if (scoped.get(m).group()) {
        context.measure(m, measures.overAll(m));
      }
    }
  }

  private S scalarsOf(int tensor) {
    context.shape(shapes[tensor]);
    for (int m = 0; m < scoped.size(); m++) {
      if (!scoped.get(m).group()) {
        context.measure(m, measures.of(tensor, m));
      }
    }
    for (int j = 0; first != null && j < rule.first().sums().size(); j++) {
      context.measure(scoped.size() + j, first.sumOf(tensor, j));
    }
    return rule.scalars(context);
  }

  private float[][][] bindAll(List<Operand> operands) {
    float[][][] arrays = new float[tensors.count()][operands.size()][];
    for (int t = 0; t < arrays.length; t++) {
      for (int o = 0; o < operands.size(); o++) {
        arrays[t][o] = bind(t, operands.get(o).name());
      }
    }
    return arrays;
  }

  private void bindSignals(Kernel<S> kernel, float[][][] operands) {
    for (int o = 0; o < kernel.operands().size(); o++) {
      String signal = kernel.operands().get(o).name();
      float[][] supplied = signals.get(signal);
      float[][] seen = supplied == null ? null : means.computeIfAbsent(signal, s -> new SignalMeans(s, rule, tensors)).of(supplied);
      for (int t = 0; seen != null && t < operands.length; t++) {
        operands[t][o] = seen[t];
      }
    }
  }
}
