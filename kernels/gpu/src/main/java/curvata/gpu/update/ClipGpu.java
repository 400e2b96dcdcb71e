package curvata.gpu.update;

import curvata.gpu.TornadoProgram;
import curvata.gpu.reduce.SweepGpu;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Segments;
import curvata.kernels.reduce.Measure;
import curvata.kernels.update.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Clipping by the norm of all gradients together: the twin of {@link Scale} with the factor {@link Scale#clip}, which never leaves the device.
 *
 * <pre>
 *   s_b = Σ g² of buffer b (double, {@link SweepGpu}),   c = min(1, norm / (√Σ_b s_b + 1e-6)) in double,   g ← float(c) g where c is not 1
 * </pre>
 *
 * <p>Accuracy: the sum is within SweepGpu's bound, at most 2⁻⁴⁰ of itself; root and quotient in double are correctly rounded, c is rounded to float
 * once and the product once. So g is off by at most 2 u + 2⁻³⁹ of itself (u = 2⁻²⁴), plus 2⁻¹²⁶. A NaN makes all NaN, an
 * infinity 0 or NaN, as on the CPU. One thread forms c; each gradient is read once, and read and written a second time where the norm is exceeded.
 */
public final class ClipGpu {
  private static final int GROUP = 256;

  private ClipGpu() {}

  /** {@link curvata.kernels.device.Program#clip}. */
  public static void record(TornadoProgram program, List<Segments> layouts, List<DeviceBuffer> gradients, double norm) {
    Checks.that(layouts.size() == gradients.size(), "gradients", gradients.size(), layouts.size() + " (layouts)");
    Checks.that(norm > 0, "norm", norm, "norm > 0");
    List<Integer> first = new ArrayList<>();
    int rows = 0;
    for (int b = 0; b < layouts.size(); b++) {
      program.require("gradients[" + b + "]", gradients.get(b), Kind.FLOAT, layouts.get(b).size());
      if (layouts.get(b).size() > 0) {
        first.add(rows);
      }
      rows += layouts.get(b).count();
    }
    if (first.isEmpty()) {
      return;
    }
    DeviceBuffer squares = program.shared("clip.squares", Kind.DOUBLE, rows);
    DeviceBuffer table = program.table("clip.first", first.stream().mapToInt(Integer::intValue).toArray());
    DeviceBuffer limit = program.constants("clip.norm", norm);
    for (int b = 0, row = 0; b < layouts.size(); row += layouts.get(b).count(), b++) {
      Segments layout = layouts.get(b);
      SweepGpu.record(
          program, List.of(Measure.sumOfSquares("square", "g")), new boolean[] {true}, Map.of("g", gradients.get(b)), layout,
          squares.slice(row, layout.count()), 1);
    }
    DeviceBuffer factor = program.shared("clip.factor", Kind.FLOAT, 1);
    program.record(r -> r.graph().task(
        r.task("clip_factor", 1, 1), ClipGpu::limit, r.context(), r.doubles(squares), r.ints(table), r.doubles(limit), r.floats(factor)));
    for (int b = 0; b < layouts.size(); b++) {
      scale(program, factor, gradients.get(b), layouts.get(b).size());
    }
  }

  private static void scale(TornadoProgram program, DeviceBuffer factor, DeviceBuffer g, int n) {
    if (n > 0) {
      program.record(r -> r.graph().task(r.task("clip", n, GROUP), ClipGpu::scale, r.context(), r.floats(factor), r.floats(g), g.offset(), n));
    }
  }

  /**
   * c, by one thread: a root and a quotient in double are dear where every element would ask for them.
   *
   * @param squares a row for each tensor, that of its buffer in each
   * @param first the first row of each buffer
   */
  static void limit(KernelContext kc, DoubleArray squares, IntArray first, DoubleArray norm, FloatArray factor) {
    if (kc.globalIdx == 0) {
      double square = 0;
      for (int b = 0; b < first.getSize(); b++) {
        square = square + squares.get(first.get(b));
      }
      factor.set(0, (float) Scale.clip(square, norm.get(0)));
    }
  }

  /** g ← c g. */
  static void scale(KernelContext kc, FloatArray factor, FloatArray g, int at, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      float c = factor.get(0);
      if (c < 1 || Float.isNaN(c)) {
        g.set(at + i, g.get(at + i) * c);
      }
    }
  }
}
