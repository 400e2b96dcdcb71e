package curvata.gpu.layer;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.layer.SoftmaxCrossEntropy;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The gradient of softmax cross-entropy, and the loss of each row: the twin of {@link SoftmaxCrossEntropy}.
 *
 * <pre>
 *   d_j ← z_j − max z (float),   e_j ← exp d_j (float),   t ← Σ e_j without the first largest (double)
 *   loss = ln(1 + t) − d_label (double, rounded to float)
 *   ∂z_j = scale_i · e_j / (1 + t);   at the label  −t / (1 + t) where t leaves out the label, else −(t + 1 − e_label) / (1 + t)
 * </pre>
 *
 * <p>A group takes a row: the largest logit and where it first is, then the exponentials and their sum, each by a tree in local memory. Logits are
 * row-major without gaps and are replaced by the gradient; labels are from 0 to cols − 1, which is not checked on the device.
 *
 * <p>Accuracy: with D = max z − min z, a loss or an element of the gradient of scale ≤ 1 is off by at most (D + {@value #EXP_ULP} + 3) · 2⁻²³ of
 * itself, plus cols · 2⁻¹²⁶ (a device may flush subnormal exponentials): the CPU's bound with the exponential that OpenCL allows. A row with NaN or
 * +∞, or with only −∞, gives NaN; −∞ beside finite logits has probability 0 and, as the label, loss ∞.
 */
public final class SoftmaxCrossEntropyGpu {
  /** What OpenCL allows exp to be off, in units in the last place. */
  public static final int EXP_ULP = 3;

  private static final int GROUP = 64;
  private static final int MOST_GROUPS = 1 << 16;

  private SoftmaxCrossEntropyGpu() {}

  /** {@link curvata.kernels.device.Program#softmaxCrossEntropy}. */
  public static void record(TornadoProgram program, int rows, int cols, DeviceBuffer logits, DeviceBuffer labels, DeviceBuffer losses,
      DeviceBuffer scales) {
    Checks.that(rows >= 0, "rows", rows, ">= 0");
    Checks.that(cols >= 1, "cols", cols, ">= 1");
    program.require("logits", logits, Kind.FLOAT, Checks.size("logits", rows, cols));
    program.require("labels", labels, Kind.INT, rows);
    program.require("losses", losses, Kind.FLOAT, rows);
    program.require("scales", scales, Kind.FLOAT, rows);
    program.requireApart("losses", losses, "logits", logits);
    program.requireApart("scales", scales, "logits", logits);
    program.requireApart("losses", losses, "scales", scales);
    if (rows == 0) {
      return;
    }
    int groups = Math.min(rows, MOST_GROUPS);
    // In a table, so that one code serves all shapes: what is compiled in may fold to conditions that TornadoVM cannot express.
    DeviceBuffer shape = program.table("softmax.shape", rows, cols, groups);
    program.record(r -> r.graph().task(
        r.task("softmax", groups * GROUP, GROUP), SoftmaxCrossEntropyGpu::gradient, r.context(), r.ints(shape), r.floats(logits), logits.offset(),
        r.ints(labels), labels.offset(), r.floats(losses), losses.offset(), r.floats(scales), scales.offset()));
  }

  /**
   * Group g takes rows g, g + groups, …
   *
   * @param shape rows, columns, groups
   */
  static void gradient(
      KernelContext kc, IntArray shape, FloatArray logits, int logitsAt, IntArray labels, int labelsAt, FloatArray losses, int lossesAt,
      FloatArray scales,
      int scalesAt) {
    float[] best = kc.allocateFloatLocalArray(GROUP);
    int[] first = kc.allocateIntLocalArray(GROUP);
    double[] sums = kc.allocateDoubleLocalArray(GROUP);
    int rows = shape.get(0);
    int cols = shape.get(1);
    int groups = shape.get(2);
    int t = kc.localIdx;
    for (int row = kc.groupIdx; row < rows; row += groups) {
      int at = logitsAt + row * cols;
      int label = labels.get(labelsAt + row);
      float atLabel = logits.get(at + label);
      float largest = logits.get(at);
      int where = 0;
      for (int j = t; j < cols; j += GROUP) {
        float z = logits.get(at + j);
        if (z > largest) {
          largest = z;
          where = j;
        }
      }
      best[t] = largest;
      first[t] = where;
      for (int half = GROUP >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          float other = best[t + half];
          if (other > best[t] || (other == best[t] && first[t + half] < first[t])) {
            best[t] = other;
            first[t] = first[t + half];
          }
        }
      }
      kc.localBarrier();
      float max = best[0];
      int winner = first[0];
      float margin = atLabel - max;
      double sum = 0;
      for (int j = t; j < cols; j += GROUP) {
        float d = logits.get(at + j) - max;
        float e = TornadoMath.exp(d);
        logits.set(at + j, e);
        if (j != winner || d != 0) { // the largest counts as 1, but not where it is NaN
          sum = sum + e;
        }
      }
      sums[t] = sum;
      for (int half = GROUP >> 1; half > 0; half >>= 1) {
        kc.localBarrier();
        if (t < half) {
          sums[t] = sums[t] + sums[t + half];
        }
      }
      kc.localBarrier();
      double others = sums[0];
      double factor = scales.get(scalesAt + row) / (1 + others);
      for (int j = t; j < cols; j += GROUP) {
        double share = logits.get(at + j);
        if (j == label) {
          share = label == winner ? -others : share - 1 - others;
        }
        logits.set(at + j, (float) (share * factor));
      }
      if (t == 0) {
        losses.set(lossesAt + row, (float) (logOnePlus(others) - margin));
      }
      kc.localBarrier();
    }
  }

  /** ln(1 + t), also where 1 + t is 1 or nearly so: the rounding of the sum is divided out. */
  private static double logOnePlus(double t) {
    double u = 1 + t;
    return u == 1 ? t : TornadoMath.log(u) * t / (u - 1);
  }
}
