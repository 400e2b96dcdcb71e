package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.device.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A group on a device: all its tensors in one buffer for values, one for gradients, one for each slot and signal. */
abstract sealed class DeviceGroup permits DeviceElementGroup, DeviceMatrixGroup {
  final Group group;
  final Segments segments;
  private final Map<String, DeviceBuffer> buffers = new LinkedHashMap<>();

  DeviceGroup(Group group) {
    this.group = group;
    segments = Segments.of(group.parameters.stream().mapToInt(Parameter::size).toArray());
  }

  static DeviceGroup of(Group group) {
    return switch (group.rule) {
      case ElementRule<?, ?> r -> new DeviceElementGroup<>(group, r);
      case MatrixRule<?, ?> r -> new DeviceMatrixGroup<>(group, r);
    };
  }

  /** What a step runs that may differ from step to step: its kernel. */
  abstract Kernel<?> kernel(long step, double factor);

  /** Records a step with this kernel. */
  abstract void record(Program program, Kernel<?> kernel);

  /** Sets the scalars of a program for this step. */
  abstract void scalars(Program program, long step, double factor);

  /** Signals by name, as the kernel sees them; null where they stay as the caller supplied them. */
  float[][] seen(String signal, float[][] supplied) {
    return supplied;
  }

  /** Declares the buffers of a new session, values and state as they are on the host. */
  void open(Session session, boolean gradientsTravel) {
    buffers.clear();
    buffers.put("theta", session.buffer(name("theta"), Kind.FLOAT, segments.size()));
    buffers.put("g", gradientsTravel ? session.input(name("g"), Kind.FLOAT, segments.size())
        : session.buffer(name("g"), Kind.FLOAT, segments.size()));
    for (Slot slot : group.state.slots) {
      buffers.put(slot.name(), session.buffer(name(slot.name()), Kind.FLOAT, segments.size()));
    }
    for (long step = 1; step <= 2; step++) {
      for (String signal : group.rule.signals(step)) {
        buffers.computeIfAbsent(signal, s -> session.input(name(s), Kind.FLOAT, segments.size()));
      }
    }
    upload();
  }

  final DeviceBuffer add(Session session, String name, Kind kind, int size) {
    DeviceBuffer buffer = session.buffer(name(name), kind, size);
    buffers.put(name, buffer);
    return buffer;
  }

  private String name(String what) {
    return group.name + "." + what;
  }

  final DeviceBuffer buffer(String name) {
    return buffers.get(name);
  }

  final Map<String, DeviceBuffer> buffers() {
    return buffers;
  }

  final DeviceBuffer[] operands(List<Kernel.Operand> operands) {
    return operands.stream().map(o -> buffers.get(o.name())).toArray(DeviceBuffer[]::new);
  }

  final int tensor(String parameter) {
    for (int t = 0; t < group.parameters.size(); t++) {
      if (group.parameters.get(t).name().equals(parameter)) {
        return t;
      }
    }
    return -1;
  }

  /** Host to device: values and state. */
  final void upload() {
    for (int t = 0; t < group.parameters.size(); t++) {
      Parameter p = group.parameters.get(t);
      segments.slice(buffer("theta"), t).write(p.value(), p.offset());
      for (int s = 0; s < group.state.slots.size(); s++) {
        segments.slice(buffer(group.state.slots.get(s).name()), t).write(group.state.array(t, s), p.offset());
      }
    }
  }

  /** Host to device: gradients, and this step's signals. */
  final void send(long step, boolean gradientsTravel) {
    List<String> signals = group.rule.signals(step);
    for (int t = 0; gradientsTravel && t < group.parameters.size(); t++) {
      Parameter p = group.parameters.get(t);
      segments.slice(buffer("g"), t).write(p.grad(), p.offset());
    }
    for (String signal : signals) {
      float[][] seen = seen(signal, group.signals.get(signal));
      for (int t = 0; t < group.parameters.size(); t++) {
        segments.slice(buffer(signal), t).write(seen[t], group.parameters.get(t).offset());
      }
    }
  }

  /** Device to host: values. */
  final void fetchValues() {
    for (int t = 0; t < group.parameters.size(); t++) {
      Parameter p = group.parameters.get(t);
      segments.slice(buffer("theta"), t).read(p.value(), p.offset());
    }
  }

  /** Device to host: state. */
  final void fetchState() {
    for (int t = 0; t < group.parameters.size(); t++) {
      for (int s = 0; s < group.state.slots.size(); s++) {
        segments.slice(buffer(group.state.slots.get(s).name()), t).read(group.state.array(t, s), group.parameters.get(t).offset());
      }
    }
  }

  /** Names of all kernels that a rule may run, as far as its first steps show. */
  static List<String> kernels(Rule<?> rule) {
    List<String> names = new ArrayList<>();
    switch (rule) {
      case ElementRule<?, ?> r -> {
        if (r.first() != null) {
          names.add(r.first().name());
        }
        for (long step = 1; step <= 2; step++) {
          names.add(r.kernel(StepContext.of(step, r.lr(), r.signals(step), Map.of())).name());
        }
      }
      case MatrixRule<?, ?> r -> {
        names.add(r.direction().name());
        names.add(r.apply().name());
      }
    }
    return names.stream().distinct().toList();
  }
}
