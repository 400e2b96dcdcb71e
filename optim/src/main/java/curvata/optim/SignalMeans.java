package curvata.optim;

import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.vector.RunMeans;
import java.util.ArrayList;
import java.util.List;

/** One signal as the kernel sees it: mean magnitudes of neighbours for the tensors whose rule asks for them, the caller's arrays for the others. */
final class SignalMeans implements Threads.Task {
  private final Tensors tensors;
  private final int[] runs;
  private final float[][] means; // null where the signal stays as it is
  private final float[][] seen;
  private float[][] supplied;

  SignalMeans(String signal, ElementRule<?, ?> rule, Tensors tensors) {
    this.tensors = tensors;
    int count = tensors.count();
    runs = new int[count];
    means = new float[count][];
    seen = new float[count][];
    List<Parameter> averaged = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      Parameter p = tensors.parameters.get(t);
      runs[t] = p.size() == 0 ? 1 : rule.averagedOver(signal, p.shape());
      Checks.that(runs[t] >= 1 && p.size() % runs[t] == 0, "neighbours of signal " + signal, runs[t], "a divisor of the size of parameter " + p);
      if (runs[t] > 1) {
        averaged.add(p);
      }
    }
    State scratch = new State(List.of(Slot.zero(signal)), averaged); // laid out as the parameters are, so that all operands share one offset
    for (int i = 0; i < averaged.size(); i++) {
      means[tensors.parameters.indexOf(averaged.get(i))] = scratch.array(i, 0);
    }
  }

  /** What the kernel sees of what the caller supplied, tensor by tensor. */
  float[][] of(float[][] newSupplied) {
    boolean any = false;
    for (int t = 0; t < seen.length; t++) {
      seen[t] = means[t] == null ? newSupplied[t] : means[t];
      any |= means[t] != null;
    }
    if (any) {
      supplied = newSupplied;
      Threads.run(this, tensors.parts(), tensors.elements());
    }
    return seen;
  }

  /** The runs that begin in the part. */
  @Override
  public void run(int part, int worker) {
    long at = tensors.begin(part);
    long end = tensors.begin(part + 1);
    for (int t = tensors.at(at); at < end; t++) {
      Parameter p = tensors.parameters.get(t);
      long start = tensors.start(t);
      if (means[t] != null) {
        int from = wholeRuns(at - start, runs[t]);
        int to = wholeRuns(Math.min(p.size(), end - start), runs[t]);
        RunMeans.magnitudes(supplied[t], means[t], p.offset() + from, p.offset() + to, runs[t]);
      }
      at = start + p.size();
    }
  }

  private static int wholeRuns(long elements, int run) {
    return (int) ((elements + run - 1) / run * run);
  }
}
