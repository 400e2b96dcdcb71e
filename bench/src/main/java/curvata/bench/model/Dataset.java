package curvata.bench.model;

import curvata.kernels.Checks;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Labelled rows.
 *
 * @param inputs row after row, {@code cols} each
 * @param labels one per row, from 0 to classes − 1
 * @param cols inputs of a row
 * @param classes how many labels there are
 */
public record Dataset(float[] inputs, int[] labels, int cols, int classes) {
  /**
   * Checks that the parts fit.
   *
   * @throws IllegalArgumentException if lengths do not match or a label is out of range
   */
  public Dataset {
    Objects.requireNonNull(inputs, "inputs");
    Objects.requireNonNull(labels, "labels");
    Checks.that(cols >= 1, "cols", cols, "cols >= 1");
    Checks.that(inputs.length == (long) labels.length * cols, "inputs.length", inputs.length,
        (long) labels.length * cols + " (labels.length * cols)");
    for (int i = 0; i < labels.length; i++) {
      Checks.that(labels[i] >= 0 && labels[i] < classes, "label of row " + i, labels[i], "0 <= label < " + classes);
    }
  }

  /** Number of rows. */
  public int rows() {
    return labels.length;
  }

  /** The rows whose index is chosen, in order; a copy. */
  public Dataset where(IntPredicate chosen) {
    int[] rows = IntStream.range(0, rows()).filter(chosen).toArray();
    float[] x = new float[rows.length * cols];
    int[] y = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(inputs, rows[i] * cols, x, i * cols, cols);
      y[i] = labels[rows[i]];
    }
    return new Dataset(x, y, cols, classes);
  }
}
