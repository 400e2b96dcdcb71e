package curvata.optim;

import java.util.Arrays;
import java.util.List;

/**
 * The parameters of one pass seen as one long row of elements, cut into parts for the threads.
 *
 * <p>Parts depend on the sizes alone and begin at multiples of 16 elements; many small tensors share a part, a large one has many.
 */
final class Tensors {
  private static final int PART = 16_384;
  private static final long WHOLE_VECTORS = ~15L;

  final List<Parameter> parameters;
  private final long[] starts;
  private final long elements;
  private final int parts;

  Tensors(List<Parameter> parameters) {
    this.parameters = parameters;
    starts = new long[parameters.size()];
    long at = 0;
    for (int t = 0; t < starts.length; t++) {
      starts[t] = at;
      at += parameters.get(t).size();
    }
    elements = at;
    parts = (int) Math.min(1 << 20, (at + PART - 1) / PART);
  }

  int count() {
    return starts.length;
  }

  long elements() {
    return elements;
  }

  int parts() {
    return parts;
  }

  /** First element of a part. */
  long begin(int part) {
    return part == parts ? elements : (elements / parts * part + elements % parts * part / parts) & WHOLE_VECTORS;
  }

  /** The tensor that holds the element. */
  int at(long element) {
    int found = Arrays.binarySearch(starts, element);
    if (found < 0) {
      return -found - 2;
    }
    while (found + 1 < starts.length && starts[found + 1] == element) {
      found++; // empty tensors begin where the next one does
    }
    return found;
  }

  long start(int tensor) {
    return starts[tensor];
  }
}
