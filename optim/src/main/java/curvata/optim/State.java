package curvata.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state arrays of a group, laid out as its parameters are: slices of one flat buffer share state arrays at the same offsets, so that every kernel
 * sees one offset.
 */
final class State {
  final List<Slot> slots;
  private final List<float[][]> perTensor = new ArrayList<>();

  State(List<Slot> slots, List<Parameter> parameters) {
    this.slots = slots;
    Map<float[], Integer> ends = new IdentityHashMap<>();
    for (Parameter p : parameters) {
      ends.merge(p.value(), p.offset() + p.size(), Math::max);
    }
    Map<float[], float[][]> shared = new IdentityHashMap<>();
    for (Parameter p : parameters) {
      perTensor.add(shared.computeIfAbsent(p.value(), value -> arrays(ends.get(value))));
    }
  }

  private float[][] arrays(int length) {
    float[][] arrays = new float[slots.size()][length];
    for (int s = 0; s < arrays.length; s++) {
      if (slots.get(s).initial() != 0) {
        Arrays.fill(arrays[s], slots.get(s).initial());
      }
    }
    return arrays;
  }

  float[] array(int tensor, int slot) {
    return perTensor.get(tensor)[slot];
  }

  /** The slot's index, or -1. */
  int index(String slot) {
    for (int s = 0; s < slots.size(); s++) {
      if (slots.get(s).name().equals(slot)) {
        return s;
      }
    }
    return -1;
  }
}
