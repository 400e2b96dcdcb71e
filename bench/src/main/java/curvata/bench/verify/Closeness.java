package curvata.bench.verify;

import java.io.IOException;
import java.util.Arrays;

/** Compares computed tensors of one file with recorded ones, by the measures that curvature recordings are judged by. */
final class Closeness {
  private final GoldenFile.Tensors golden;

  Closeness(GoldenFile.Tensors golden) {
    this.golden = golden;
  }

  /** Whether there is such a truth. */
  boolean recorded(String name) {
    return golden.tensors().contains(name);
  }

  /** A recorded tensor. */
  double[] truth(String name) throws IOException {
    return golden.tensors().doubles(name);
  }

  /** The file has no such tensor. */
  Check missing(String name) {
    return Check.missing(golden.path().toString(), name);
  }

  /** Nothing to compare. */
  Check unsupported(String name, String why) {
    return Check.unsupported(golden.path().toString(), name, why);
  }

  /** A failure for a reason. */
  Check failed(String name, String why) {
    return Check.failed(golden.path().toString(), name, why);
  }

  /** The same allowed error everywhere. */
  Check absolute(Results.Tensor ours, double allowed) throws IOException {
    return within(ours, ours.values().length, allowed);
  }

  /** The same allowed error in the first elements; the others are not compared. */
  Check within(Results.Tensor ours, int count, double allowed) throws IOException {
    return range(ours, 0, Math.min(count, ours.values().length), allowed);
  }

  /** A share of the largest recorded magnitude in the last elements; the others are not compared. */
  Check last(Results.Tensor ours, int count, double share) throws IOException {
    int length = ours.values().length;
    return range(ours, Math.max(0, length - count), length, share * largest(truth(ours.name()), 0, 1));
  }

  private Check range(Results.Tensor ours, int from, int to, double allowed) throws IOException {
    Check wrong = shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = truth(ours.name());
    Worst worst = new Worst();
    for (int i = from; i < to; i++) {
      worst.add(Math.abs(ours.values()[i] - truth[i]), allowed, i);
    }
    return compared(ours.name(), worst, "element " + worst.index());
  }

  /** A share of the largest recorded magnitude. */
  Check relative(Results.Tensor ours, double share) throws IOException {
    return absolute(ours, share * largest(truth(ours.name()), 0, 1));
  }

  /** A share of the largest recorded magnitude of each column: columns that are different quantities. */
  Check columns(Results.Tensor ours, int rows, double share) throws IOException {
    Check wrong = shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = truth(ours.name());
    int cols = ours.shape()[ours.shape().length - 1];
    Worst worst = new Worst();
    for (int j = 0; j < cols; j++) {
      double allowed = share * largest(truth, j, cols);
      for (int i = j; i < Math.min(rows * cols, truth.length); i += cols) {
        worst.add(Math.abs(ours.values()[i] - truth[i]), allowed, i);
      }
    }
    return compared(ours.name(), worst, "row " + worst.index() / cols + ", column " + worst.index() % cols);
  }

  /** A comparison that was made. */
  Check compared(String name, Worst worst, String at) {
    return Check.compared(golden.path().toString(), name, worst, at);
  }

  /** What is wrong with the recorded shape, or null. */
  Check shape(Results.Tensor ours) throws IOException {
    var info = golden.tensors().info(ours.name());
    return info.hasShape(ours.shape()) ? null
        : failed(ours.name(), "recorded with shape " + Arrays.toString(info.shape()) + ", computed with " + Arrays.toString(ours.shape()));
  }

  /** The largest magnitude of every step-th element; NaN where one is NaN. */
  static double largest(double[] values, int from, int step) {
    double largest = 0;
    for (int i = from; i < values.length; i += step) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
