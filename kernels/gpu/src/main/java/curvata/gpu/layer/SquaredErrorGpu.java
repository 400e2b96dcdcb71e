package curvata.gpu.layer;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gradient of half the squared distance from the label's unit vector, and the loss of each row.
 *
 * <pre>
 *   d_j ← z_j − [j = label] (double),   loss_i = ½ Σ d_j² (double, rounded to float),   z_j ← scale_i · d_j (double, rounded to float)
 * </pre>
 *
 * <p>A group takes a row; the sum is a tree in local memory. Outputs are row-major without gaps and are replaced by the gradient; labels are from 0 to
 * cols − 1, which is not checked on the device.
 *
 * <p>Accuracy: a gradient is off by at most (1 + 2⁻²⁷) 2⁻²⁴ of itself, a loss by (1 + (cols / 64 + 10) 2⁻²⁹) 2⁻²⁴, either by 2⁻¹²⁶ more where
 * the device flushes subnormal numbers. NaN and infinity propagate.
 */
public final class SquaredErrorGpu {
  private static final int GROUP = 64;
  private static final int MOST_GROUPS = 1 << 16;

  private SquaredErrorGpu() {}

  /** {@link curvata.kernels.device.Program#squaredError}. */
  public static void record(
      TornadoProgram program, int rows, int cols, DeviceBuffer outputs, DeviceBuffer labels, DeviceBuffer losses, DeviceBuffer scales) {
    Checks.that(rows >= 0, "rows", rows, ">= 0");
    Checks.that(cols >= 1, "cols", cols, ">= 1");
    program.require("outputs", outputs, Kind.FLOAT, Checks.size("outputs", rows, cols));
    program.require("labels", labels, Kind.INT, rows);
    program.require("losses", losses, Kind.FLOAT, rows);
    program.require("scales", scales, Kind.FLOAT, rows);
    program.requireApart("losses", losses, "outputs", outputs);
    program.requireApart("scales", scales, "outputs", outputs);
    program.requireApart("losses", losses, "scales", scales);
    if (rows == 0) {
      return;
    }
    int groups = Math.min(rows, MOST_GROUPS);
    DeviceBuffer shape = program.table("squared.shape", rows, cols, groups);
    program.record(r -> r.graph().task(
        r.task("squaredError", groups * GROUP, GROUP), SquaredErrorGpu::gradient, r.context(), r.ints(shape), r.floats(outputs), outputs.offset(),
        r.ints(labels), labels.offset(), r.floats(losses), losses.offset(), r.floats(scales), scales.offset()));
  }

  /**
   * Group g takes rows g, g + groups, …
   *
   * @param shape rows, columns, groups
   */
  static void gradient(
      KernelContext kc, IntArray shape, FloatArray z, int zAt, IntArray labels, int labelsAt, FloatArray losses, int lossesAt, FloatArray scales,
      int scalesAt) {
    double[] sums = kc.allocateDoubleLocalArray(GROUP);
    int rows = shape.get(0);
    int cols = shape.get(1);
    int groups = shape.get(2);
    int t = kc.localIdx;
    for (int row = kc.groupIdx; row < rows; row += groups) {
      int at = zAt + row * cols;
      int label = labels.get(labelsAt + row);
      double scale = scales.get(scalesAt + row);
      double sum = 0;
      for (int j = t; j < cols; j += GROUP) {
        double d = z.get(at + j);
        if (j == label) {
          d = d - 1;
        }
        sum = sum + d * d;
        z.set(at + j, (float) (scale * d));
      }
      sums[t] = sum;
      for (int half = GROUP >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          sums[t] = sums[t] + sums[t + half];
        }
      }
      kc.localBarrier();
      if (t == 0) {
        losses.set(lossesAt + row, (float) (0.5 * sums[0]));
      }
      kc.localBarrier();
    }
  }
}
