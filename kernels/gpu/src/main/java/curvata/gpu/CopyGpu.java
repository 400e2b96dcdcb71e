package curvata.gpu;

import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Copies between buffers or slices of floats: {@code to ← from}. */
final class CopyGpu {
  private CopyGpu() {}

  static void record(TornadoProgram program, DeviceBuffer from, DeviceBuffer to) {
    program.require("from", from, Kind.FLOAT, 0);
    program.require("to", to, Kind.FLOAT, 0);
    Checks.that(from.size() == to.size(), "to.size", to.size(), from.size() + " (from.size)");
    program.requireApart("to", to, "from", from);
    if (from.size() > 0) {
      program.record(r -> r.graph().task(
          r.task("copy", from.size(), 256), CopyGpu::copy, r.context(), r.floats(from), from.offset(), r.floats(to), to.offset(), from.size()));
    }
  }

  // Not a @Parallel loop to n: where a grid of threads is given, TornadoVM takes its size for such a bound.
  static void copy(KernelContext context, FloatArray from, int fromAt, FloatArray to, int toAt, int n) {
    int i = context.globalIdx;
    if (i < n) {
      to.set(toAt + i, from.get(fromAt + i));
    }
  }
}
