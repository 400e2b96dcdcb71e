package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.device.Call;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A group with an element-wise rule on a device.
 *
 * <p>Measured values stay there: the rule forms its scalars without them (all zero), and the kernel's twin brings both together.
 */
final class DeviceElementGroup<S extends Record> extends DeviceGroup {
  private static final String MEASURES = "#measures";

  /** The scalars of one program. */
  private record Calls<S extends Record>(Call<S> first, Call<S> update, boolean each) {}

  private final ElementRule<?, S> rule;
  private final List<ScopedMeasure> scoped;
  private final MeasuringKernel<S> first;
  private final int columns;
  private final boolean each;
  private final StepContext context;
  private final Tensors tensors;
  private final Map<Program, Calls<S>> calls = new IdentityHashMap<>();
  private final Map<String, SignalMeans> means = new HashMap<>();

  DeviceElementGroup(Group group, ElementRule<?, S> rule) {
    super(group);
    this.rule = rule;
    scoped = rule.measures();
    first = rule.first();
    each = first != null || !scoped.isEmpty();
    List<String> names = new ArrayList<>(scoped.stream().map(m -> m.measure().name()).toList());
    if (first != null) {
      names.addAll(first.sums());
    }
    columns = names.size();
    context = new StepContext(List.copyOf(names));
    tensors = new Tensors(group.parameters);
  }

  @Override
  void open(Session session, boolean gradientsTravel) {
    calls.clear();
    super.open(session, gradientsTravel);
    if (each) {
      add(session, MEASURES, Kind.DOUBLE, segments.count() * columns);
    }
  }

  @Override
  Kernel<S> kernel(long step, double factor) {
    context.begin(step, group.lr * factor, factor, rule.signals(step));
    return rule.kernel(context);
  }

  @Override
  void record(Program program, Kernel<?> chosen) {
    @SuppressWarnings("unchecked") // it is this rule's: from kernel(…)
    Kernel<S> kernel = (Kernel<S>) chosen;
    DeviceBuffer measures = buffer(MEASURES);
    if (!scoped.isEmpty()) {
      boolean[] overAll = new boolean[scoped.size()];
      for (int m = 0; m < overAll.length; m++) {
        overAll[m] = scoped.get(m).group();
      }
      program.measure(scoped.stream().map(ScopedMeasure::measure).toList(), overAll, buffers(), segments, measures, columns);
    }
    Call<S> moments = first == null ? null
        : program.measuring(first, segments, measures, columns, scoped.size(), operands(first.operands()));
    Call<S> update = each ? program.updateEach(kernel, segments, measures, columns, scoped.size(), operands(kernel.operands()))
        : program.update(kernel, segments, operands(kernel.operands()));
    calls.put(program, new Calls<>(moments, update, each));
  }

  @Override
  void scalars(Program program, long step, double factor) {
    Calls<S> recorded = calls.get(program);
    context.begin(step, group.lr * factor, factor, rule.signals(step));
    if (!recorded.each) {
      recorded.update.set(rule.scalars(context));
      return;
    }
    for (int t = 0; t < segments.count(); t++) {
      context.shape(group.parameters.get(t).shape());
      S scalars = rule.scalars(context);
      recorded.update.set(t, scalars);
      if (recorded.first != null) {
        recorded.first.set(t, scalars);
      }
    }
  }

  @Override
  float[][] seen(String signal, float[][] supplied) {
    return means.computeIfAbsent(signal, s -> new SignalMeans(s, rule, tensors)).of(supplied);
  }
}
