package curvata.bench.verify;

import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares a replayed trajectory with the recorded one: parameters at every step, state after the last, and the reference's own float32 end. */
final class TrajectoryJudge implements Recording.Judge {
  private final GoldenFile.Tensors golden;
  private final SafetensorsFile file;
  private final Trajectory trajectory;
  private final TrajectoryTolerance tolerance;

  TrajectoryJudge(GoldenFile.Tensors golden, Trajectory trajectory, TrajectoryTolerance tolerance) {
    this.golden = golden;
    this.file = golden.tensors();
    this.trajectory = trajectory;
    this.tolerance = tolerance;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    List<Check> checks = new ArrayList<>();
    Set<String> known = new HashSet<>(trajectory.inputs());
    for (Trajectory.Tensor tensor : trajectory.tensors()) {
      Results.Tensor path = results.get(tensor.path());
      checks.add(judge(tensor.path(), truth -> path(path, truth)));
      known.add(tensor.path());
      for (Reference.StateName state : trajectory.spelled().states().values()) {
        Results.Tensor last = results.get(tensor.state(state.name()));
        if (last != null) {
          checks.add(judge(last.name(), truth -> state(last, truth, gradientError(path), state.squared())));
          known.add(last.name());
        }
      }
      checks.add(judge(tensor.last32(), truth -> last32(tensor, path, truth)));
      known.add(tensor.last32());
    }
    for (String name : file.names()) {
      if (!known.contains(name)) {
        checks.add(Check.unsupported(golden.path().toString(), name, "not computed by this version"));
      }
    }
    return checks;
  }

  /** Compares with truth that is there. */
  private interface Comparison {
    Check with(double[] truth);
  }

  private Check judge(String name, Comparison comparison) throws IOException {
    return file.contains(name) ? comparison.with(file.doubles(name)) : Check.missing(golden.path().toString(), name);
  }

  private Check path(Results.Tensor path, double[] truth) {
    int size = truth.length / trajectory.steps();
    Worst worst = new Worst();
    for (int t = 0; t < trajectory.steps(); t++) {
      double allowed = tolerance.parameters(largest(truth, t * size, (t + 1) * size));
      for (int i = t * size; i < (t + 1) * size; i++) {
        worst.add(Math.abs(path.values()[i] - truth[i]), allowed, i);
      }
    }
    return compared(path.name(), worst, "step " + (worst.index() / size + 1) + ", element " + worst.index() % size);
  }

  private Check state(Results.Tensor state, double[] truth, double gradientError, boolean squared) {
    Worst worst = new Worst();
    for (int i = 0; i < truth.length; i++) {
      double allowed = TrajectoryTolerance.state(trajectory.steps(), state.sums()[i], gradientError, squared);
      worst.add(Math.abs(state.values()[i] - truth[i]), allowed, i);
    }
    return compared(state.name(), worst, "element " + worst.index());
  }

  private Check last32(Trajectory.Tensor tensor, Results.Tensor path, double[] last) {
    if (!tolerance.knowsFloat32Error()) {
      return Check.unsupported(golden.path().toString(), tensor.last32(), "no metadata " + TrajectoryFormat.FLOAT32_ERROR + " to compare by");
    }
    double allowed = tolerance.bothFloat32(largest(last, 0, last.length));
    int start = path.values().length - last.length;
    Worst worst = new Worst();
    for (int i = 0; i < last.length; i++) {
      worst.add(Math.abs(path.values()[start + i] - last[i]), allowed, i);
    }
    return compared(tensor.last32(), worst, "element " + worst.index());
  }

  private Check compared(String name, Worst worst, String at) {
    return Check.compared(golden.path().toString(), name, worst, at);
  }

  /** What decay that is added to the gradient brings into it of the parameters' errors; from our own parameters, within what they are allowed. */
  private double gradientError(Results.Tensor path) {
    return 2 * trajectory.spelled().coupledDecay() * tolerance.parameters(largest(path.values(), 0, path.values().length));
  }

  private static double largest(double[] values, int from, int to) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
