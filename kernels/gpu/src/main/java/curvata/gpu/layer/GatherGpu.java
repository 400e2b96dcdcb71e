package curvata.gpu.layer;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rows by index, of floats or integers: what makes a batch of data that stay on the device.
 *
 * <pre>
 *   to_ij ← from_(indices_i, j)
 * </pre>
 *
 * <p>Indices are not checked on the device: check them before they are written.
 */
public final class GatherGpu {
  private static final int GROUP = 256;

  private GatherGpu() {}

  /** {@link curvata.kernels.device.Program#gather}. */
  public static void record(TornadoProgram program, int rows, int cols, DeviceBuffer from, DeviceBuffer indices, DeviceBuffer to) {
    Checks.that(rows >= 0 && cols >= 0, "rows, cols", rows + ", " + cols, ">= 0");
    int n = Checks.size("to", rows, cols);
    program.require("indices", indices, Kind.INT, rows);
    Kind kind = to.kind() == Kind.INT ? Kind.INT : Kind.FLOAT;
    program.require("from", from, kind, cols);
    program.require("to", to, kind, n);
    program.requireApart("to", to, "from", from);
    if (n == 0) {
      return;
    }
    if (kind == Kind.INT) {
      program.record(r -> r.graph().task(
          r.task("gatherInts", n, GROUP), GatherGpu::gatherInts, r.context(), r.ints(from), from.offset(), r.ints(indices), indices.offset(),
          r.ints(to), to.offset(),
          cols, n));
    } else {
      program.record(r -> r.graph().task(
          r.task("gather", n, GROUP), GatherGpu::gather, r.context(), r.floats(from), from.offset(), r.ints(indices), indices.offset(), r.floats(to),
          to.offset(), cols,
          n));
    }
  }

  static void gather(KernelContext kc, FloatArray from, int fromAt, IntArray indices, int indicesAt, FloatArray to, int toAt, int cols, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      int row = i / cols;
      to.set(toAt + i, from.get(fromAt + indices.get(indicesAt + row) * cols + (i - row * cols)));
    }
  }

  static void gatherInts(KernelContext kc, IntArray from, int fromAt, IntArray indices, int indicesAt, IntArray to, int toAt, int cols, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      int row = i / cols;
      to.set(toAt + i, from.get(fromAt + indices.get(indicesAt + row) * cols + (i - row * cols)));
    }
  }
}
