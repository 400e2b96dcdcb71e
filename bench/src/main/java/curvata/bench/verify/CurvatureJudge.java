package curvata.bench.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares computed tensors with the recorded ones, one by one, and collects the checks. */
final class CurvatureJudge {
  /** Compares one tensor with truth of the same length. */
  interface Comparison {
    /** Where it is worst. */
    Worst worst(double[] ours, double[] truth);
  }

  private final GoldenFile.Tensors golden;
  private final String file;
  private final Results results;
  private final List<Check> checks = new ArrayList<>();
  private final Set<String> judged = new HashSet<>();

  CurvatureJudge(GoldenFile.Tensors golden, Results results) {
    this.golden = golden;
    this.file = golden.path().toString();
    this.results = results;
  }

  /** Whether the recording has this tensor. */
  boolean recorded(String name) {
    return golden.tensors().contains(name);
  }

  /** A recorded tensor. */
  double[] truth(String name) throws IOException {
    return golden.tensors().doubles(name);
  }

  /** What was computed under this name; null if nothing was. */
  double[] ours(String name) {
    Results.Tensor tensor = results.get(name);
    return tensor == null ? null : tensor.values();
  }

  /** Compares a tensor that must have been recorded and computed. */
  void compare(String name, String unit, Comparison comparison) throws IOException {
    judged.add(name);
    double[] ours = ours(name);
    if (ours == null) {
      checks.add(Check.failed(file, name, results.failure(name)));
    } else if (!recorded(name)) {
      checks.add(Check.missing(file, name));
    } else {
      double[] truth = truth(name);
      if (truth.length == ours.length) {
        Worst worst = comparison.worst(ours, truth);
        checks.add(Check.compared(file, name, worst, unit + " " + worst.index()));
      } else {
        checks.add(Check.failed(file, name, truth.length + " numbers recorded, " + ours.length + " computed"));
      }
    }
  }

  /** The same, where the recording may do without. */
  void compareIfRecorded(String name, String unit, Comparison comparison) throws IOException {
    if (recorded(name)) {
      compare(name, unit, comparison);
    }
  }

  /** The checks, with one for each recorded tensor that was neither compared nor is known as an input or as information. */
  List<Check> checks(Set<String> others) {
    for (String name : golden.tensors().names()) {
      if (!judged.contains(name) && !others.contains(name)) {
        checks.add(Check.unsupported(file, name, "not computed by this version"));
      }
    }
    return List.copyOf(checks);
  }

  /** Every number within {@code allowed}. */
  static Comparison within(double allowed) {
    return (ours, truth) -> within(ours, truth, 0, truth.length, allowed);
  }

  /** The numbers from {@code from} to {@code to}, exclusive, within {@code allowed}. */
  static Worst within(double[] ours, double[] truth, int from, int to, double allowed) {
    Worst worst = new Worst();
    for (int i = from; i < to; i++) {
      worst.add(Math.abs(ours[i] - truth[i]), allowed, i);
    }
    return worst;
  }

  /** Every number within a share of the largest one recorded. */
  static Comparison relative(double share) {
    return (ours, truth) -> within(ours, truth, 0, truth.length, share * largest(truth));
  }

  /** In each of so many rows, all numbers but a twentieth of them within {@code allowed}: the error is the largest of those that count. */
  static Comparison mostly(int rows, double allowed) {
    return (ours, truth) -> {
      Worst worst = new Worst();
      int length = truth.length / rows;
      for (int row = 0; row < rows; row++) {
        int from = row * length;
        double[] errors = new double[length];
        Arrays.setAll(errors, i -> Math.abs(ours[from + i] - truth[from + i]));
        Arrays.sort(errors); // NaN comes last
        boolean number = !Double.isNaN(errors[length - 1]);
        worst.add(number ? errors[length - 1 - length / 20] : Double.NaN, allowed, row);
      }
      return worst;
    };
  }

  /** The largest magnitude. */
  static double largest(double[] x) {
    double largest = 0;
    for (double v : x) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  /** 1 − |cos| of the angle between row {@code row} of both. */
  static double angle(double[] ours, double[] truth, int row, int n) {
    double dot = 0;
    double x = 0;
    double y = 0;
    for (int i = row * n; i < (row + 1) * n; i++) {
      dot += ours[i] * truth[i];
      x += ours[i] * ours[i];
      y += truth[i] * truth[i];
    }
    return 1 - Math.abs(dot) / Math.sqrt(x * y);
  }
}
