package curvata.bench.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inputs of a recorded trajectory, loaded; nothing in it was computed by the reference.
 *
 * @param spelled the rule in our words
 * @param steps number of steps
 * @param lr the rate of every step, or null where the rule's own holds throughout
 * @param tensors the parameters: one group, in this order
 */
record Trajectory(Reference.Spelled spelled, int steps, double[] lr, List<Tensor> tensors) {
  /** The recorded tensor that holds a parameter's start. */
  static String init(String parameter) {
    return "param." + parameter + ".init";
  }

  /** The recorded tensor that holds a parameter's gradients. */
  static String grad(String parameter) {
    return "grad." + parameter;
  }

  /** The recorded tensors that were loaded. */
  Set<String> inputs() {
    Set<String> names = new HashSet<>();
    if (lr != null) {
      names.add("lr");
    }
    for (Tensor tensor : tensors) {
      names.add(init(tensor.name));
      names.add(grad(tensor.name));
      tensor.signals.keySet().forEach(signal -> names.add(spelled.input(signal, tensor.name)));
    }
    return names;
  }

  /**
   * One parameter with what each step brings.
   *
   * @param name without the recording's prefixes
   * @param shape the axes, outermost first
   * @param init its start
   * @param grad the gradient of step after step
   * @param signals further inputs of step after step, by the name the rule gives them
   */
  record Tensor(String name, int[] shape, float[] init, float[] grad, Map<String, float[]> signals) {
    int size() {
      return init.length;
    }

    /** Name of the recorded path of the parameter. */
    String path() {
      return "param." + name + ".f64";
    }

    /** Name of the last parameters of the reference's own run in float32. */
    String last32() {
      return "param." + name + ".f32.final";
    }

    /** Name of a recorded state array after the last step. */
    String state(String reference) {
      return "state." + name + "." + reference + ".f64";
    }
  }
}
