package curvata.bench.verify;

import curvata.optim.io.SafetensorsWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a replay computed: tensors under the names that the recording uses for them, in order. */
final class Results {
  /**
   * One computed tensor.
   *
   * @param name its name in the recording
   * @param shape the axes, outermost first
   * @param values row-major
   * @param sums for state: the sum of magnitudes that each element had at the start and after every step, which bounds its rounding error; else null
   */
  record Tensor(String name, int[] shape, double[] values, double[] sums) {}

  private final List<Tensor> tensors = new ArrayList<>();
  private final Map<String, String> failures = new HashMap<>();
  private long deviceTasks;
  private String refused;

  /** Nothing, because the device cannot do it, and why. */
  static Results refused(String why) {
    Results results = new Results();
    results.refused = why;
    return results;
  }

  /** Why a device did none of it; null where it did, or the CPU. */
  String refused() {
    return refused;
  }

  /** Notes that a device ran so many kernels more. */
  void ran(long tasks) {
    deviceTasks += tasks;
  }

  /** Kernels that a device ran for these results; 0 where they are the CPU's. */
  long deviceTasks() {
    return deviceTasks;
  }

  /** Adds a tensor. */
  void add(String name, int[] shape, double[] values) {
    tensors.add(new Tensor(name, shape, values, null));
  }

  /** Adds a state tensor with the sums of its elements' magnitudes. */
  void add(String name, int[] shape, double[] values, double[] sums) {
    tensors.add(new Tensor(name, shape, values, sums));
  }

  /** Notes why a tensor could not be computed. */
  void fail(String name, String why) {
    failures.put(name, why);
  }

  /** Why a tensor is not there. */
  String failure(String name) {
    return failures.getOrDefault(name, "not computed");
  }

  /** The tensors, in the order in which they were added. */
  List<Tensor> tensors() {
    return tensors;
  }

  /** The tensor of this name, or null if none was computed. */
  Tensor get(String name) {
    for (Tensor tensor : tensors) {
      if (tensor.name.equals(name)) {
        return tensor;
      }
    }
    return null;
  }

  /** All tensors as F64, ready to be written; the bytes depend on the results alone. */
  SafetensorsWriter writer() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Tensor tensor : tensors) {
      writer.addDoubles(tensor.name, tensor.shape, tensor.values);
    }
    return writer;
  }
}
