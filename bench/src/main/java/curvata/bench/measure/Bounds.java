package curvata.bench.measure;

import curvata.kernels.Kernel.Operand;
import java.util.ArrayList;
import java.util.List;

/** The bounds of work that is passes over arrays, or operations in registers; their loops need the Vector API, whatever the kernels' backend is. */
final class Bounds {
  private Bounds() {}

  /** Memory, and the unit that takes roots and divides, of one pass over n elements on one thread. */
  static List<Bound> pass(List<Operand> operands, float[][] arrays, SlowOperations slow, int n) {
    List<Bound> bounds = new ArrayList<>(streams(List.of(Streams.of(operands, arrays, n))));
    bounds.addAll(roots(slow, n, 1));
    return bounds;
  }

  /** Memory, of passes one after the other. */
  static List<Bound> streams(List<Streams> passes) {
    Streams[] all = passes.toArray(Streams[]::new);
    return List.of(new Bound("streams", all.length == 1 ? all[0] : () -> run(all), 1));
  }

  /** The unit that takes roots and divides, for n elements. */
  static List<Bound> roots(SlowOperations slow, int n, int threads) {
    if (slow.roots() + slow.divisions() == 0) {
      return List.of();
    }
    Roots roots = new Roots(slow, n, threads);
    return List.of(new Bound("roots", roots, (double) n / roots.elements()));
  }

  private static void run(Streams[] streams) {
    for (Streams s : streams) {
      s.run();
    }
  }

  /** Multiply-adds. */
  static List<Bound> flops(double flops, int threads) {
    FmaPeak peak = new FmaPeak(threads);
    return List.of(new Bound("fma", peak, flops / peak.flops()));
  }
}
