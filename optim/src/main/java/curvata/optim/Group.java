package curvata.optim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Parameters that share one rule, with their state; does its part of a step. */
abstract sealed class Group permits ElementGroup, MatrixGroup {
  final String name;
  final Rule<?> rule;
  final List<Parameter> parameters;
  final State state;
  final Map<String, float[][]> signals = new HashMap<>();
  double lr;

  Group(String name, Rule<?> rule, List<Parameter> parameters) {
    this.name = Objects.requireNonNull(name, "group name");
    this.rule = rule;
    this.parameters = List.copyOf(parameters);
    this.state = new State(rule.slots(), parameters);
    this.lr = rule.lr();
  }

  static Group of(String name, Rule<?> rule, List<Parameter> parameters) {
    return switch (Objects.requireNonNull(rule, "rule of group \"" + name + "\"")) {
      case ElementRule<?, ?> r -> new ElementGroup<>(name, r, parameters);
      case MatrixRule<?, ?> r -> new MatrixGroup<>(name, r, parameters);
    };
  }

  /** One step with all signals at hand. */
  abstract void step(long step, double factor);

  /** Takes the caller's array for one tensor and signal, laid out as the parameter. */
  void supply(int tensor, String signal, float[] values) {
    signals.computeIfAbsent(signal, s -> new float[parameters.size()][])[tensor] = values;
  }

  /** The first signal that this step needs and does not have, as a message, or null. */
  String missing(long step) {
    for (String signal : rule.signals(step)) {
      float[][] supplied = signals.get(signal);
      for (int t = 0; t < parameters.size(); t++) {
        if (supplied == null || supplied[t] == null) {
          return "signal \"" + signal + "\" of parameter \"" + parameters.get(t).name() + "\" is missing in step " + step + ", expected by rule "
              + rule.name() + " of group \"" + name + "\"";
        }
      }
    }
    return null;
  }

  void forgetSignals() {
    for (float[][] supplied : signals.values()) {
      java.util.Arrays.fill(supplied, null);
    }
  }

  /** The array that a kernel's operand of this name is bound to; signals are bound anew in every step. */
  float[] bind(int tensor, String operand) {
    Parameter p = parameters.get(tensor);
    int slot = state.index(operand);
    if (slot >= 0) {
      return state.array(tensor, slot);
    }
    return switch (operand) {
      case "theta" -> p.value();
      case "g" -> p.grad();
      default -> null;
    };
  }
}
