package curvata.kernels.layer;

import curvata.kernels.Workspace;
import curvata.kernels.elementary.Exp;
import java.util.Objects;

/**
 * Softmax of rows of logits, its cross-entropy with a label for each row, and the gradient.
 *
 * <pre>
 *   d_j ← z_j − max z (float),   e_j ← exp d_j (float, {@link Exp}),   t ← Σ e_j without the first e_j = 1 (double, ascending j)
 *   p_j = e_j / (1 + t)
 *   loss = ln(1 + t) − d_label (double)
 *   ∂z_j = scale · (p_j − [j = label]),   p_label − 1 formed as −t / (1 + t) where t leaves out the label, else as −(t + 1 − e_label) / (1 + t)
 * </pre>
 *
 * The largest logit contributes exactly 1, which t leaves out; nothing cancels, so that loss and gradient stay accurate however sure the prediction
 * is. With D = max z − min z, a loss, a probability or an element of the gradient of scale ≤ 1 is off by at most (D + 3) · 2⁻²³ of itself (the
 * differences of logits are rounded to float, the rest is {@link Exp}) plus cols · 2⁻¹⁴⁸ (subnormal exponentials). Loss is in nats.
 *
 * <p>Logits are contiguous rows; labels are from 0 to cols − 1. A row with NaN or +∞, or with only −∞, gives NaN; −∞ beside finite logits has
 * probability 0 and, as the label, loss ∞. Each row is computed alone: same bits for either backend, any vector width and however rows are split.
 * Allocates nothing.
 */
public final class SoftmaxCrossEntropy {
  private SoftmaxCrossEntropy() {}

  /**
   * Replaces logits by the gradient of the scaled loss, and writes the loss of each row, unscaled.
   *
   * @param logits rows · cols floats from offset on, in place
   * @param labels one per row from labelOffset on
   * @param losses one per row from lossOffset on
   * @param scale what the gradient is multiplied by; 1 / rows of the batch for the gradient of the mean
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a block does not fit its array, cols is 0 or a label is out of range; nothing is written then
   */
  public static void gradient(
      float[] logits, int offset, int rows, int cols, int[] labels, int labelOffset, double[] losses, int lossOffset, double scale) {
    check(logits, offset, rows, cols, labels, labelOffset);
    checkLosses(losses, lossOffset, rows);
    int chunk = Rows.perChunk(cols);
    for (int i = 0, count; i < rows; i += count) {
      count = Math.min(chunk, rows - i);
      int at = offset + i * cols;
      shift(logits, at, logits, at, count, cols);
      margins(logits, at, count, cols, labels, labelOffset + i, losses, lossOffset + i);
      Exp.exp(logits, logits, at, at + count * cols);
      for (int r = 0; r < count; r++) {
        int row = at + r * cols;
        int best = best(logits, row, cols);
        double others = others(logits, row, cols, best);
        losses[lossOffset + i + r] += StrictMath.log1p(others);
        gradientRow(logits, row, cols, best, others, labels[labelOffset + i + r], scale);
      }
    }
  }

  /**
   * Writes the loss of each row; leaves the logits alone.
   *
   * @param logits rows · cols floats from offset on; only read
   * @param labels one per row from labelOffset on
   * @param losses one per row from lossOffset on
   * @param ws scratch of {@link #requiredFloats} floats
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if a block does not fit its array, cols is 0 or a label is out of range; nothing is written then
   * @throws IllegalStateException if the workspace is too small; nothing is written then
   */
  public static void losses(
      float[] logits, int offset, int rows, int cols, int[] labels, int labelOffset, double[] losses, int lossOffset, Workspace ws) {
    check(logits, offset, rows, cols, labels, labelOffset);
    checkLosses(losses, lossOffset, rows);
    Objects.requireNonNull(ws, "ws");
    int at = ws.takeFloats(requiredFloats(cols));
    float[] e = ws.floats();
    int chunk = Rows.perChunk(cols);
    for (int i = 0, count; i < rows; i += count) {
      count = Math.min(chunk, rows - i);
      shift(logits, offset + i * cols, e, at, count, cols);
      margins(e, at, count, cols, labels, labelOffset + i, losses, lossOffset + i);
      Exp.exp(e, e, at, at + count * cols);
      for (int r = 0; r < count; r++) {
        int row = at + r * cols;
        losses[lossOffset + i + r] += StrictMath.log1p(others(e, row, cols, best(e, row, cols)));
      }
    }
    ws.releaseFloats(at);
  }

  /**
   * The scratch of {@link #losses}, in floats.
   *
   * @throws IllegalArgumentException if cols &lt; 1
   */
  public static int requiredFloats(int cols) {
    Rows.positive("cols", cols);
    return Rows.perChunk(cols) * cols;
  }

  /**
   * The mean of losses, summed in ascending order.
   *
   * @throws NullPointerException if losses is null
   * @throws IllegalArgumentException if rows &lt; 1 or the losses do not fit their array
   */
  public static double mean(double[] losses, int lossOffset, int rows) {
    Rows.positive("rows", rows);
    checkLosses(losses, lossOffset, rows);
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      sum += losses[lossOffset + i];
    }
    return sum / rows;
  }

  /**
   * Replaces logits by probabilities.
   *
   * @param logits rows · cols floats from offset on, in place
   * @throws NullPointerException if logits is null
   * @throws IllegalArgumentException if the block does not fit its array or cols is 0; nothing is written then
   */
  public static void probabilities(float[] logits, int offset, int rows, int cols) {
    checkLogits(logits, offset, rows, cols);
    int chunk = Rows.perChunk(cols);
    for (int i = 0, count; i < rows; i += count) {
      count = Math.min(chunk, rows - i);
      int at = offset + i * cols;
      shift(logits, at, logits, at, count, cols);
      Exp.exp(logits, logits, at, at + count * cols);
      for (int row = at; row < at + count * cols; row += cols) {
        scaleRow(logits, row, cols, 1 / (1 + others(logits, row, cols, best(logits, row, cols))));
      }
    }
  }

  /**
   * How many rows have their largest logit at their label; of equal ones the first counts, and a row with NaN is not correct.
   *
   * @param logits rows · cols floats from offset on; only read
   * @param labels one per row from labelOffset on
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a block does not fit its array, cols is 0 or a label is out of range
   */
  public static int correct(float[] logits, int offset, int rows, int cols, int[] labels, int labelOffset) {
    check(logits, offset, rows, cols, labels, labelOffset);
    int count = 0;
    for (int i = 0; i < rows; i++) {
      count += first(logits, offset + i * cols, cols, labels[labelOffset + i]) ? 1 : 0;
    }
    return count;
  }

  private static void check(float[] logits, int offset, int rows, int cols, int[] labels, int labelOffset) {
    checkLogits(logits, offset, rows, cols);
    Objects.requireNonNull(labels, "labels");
    Rows.span("labels", labels.length, labelOffset, rows);
    for (int i = labelOffset; i < labelOffset + rows; i++) {
      if (labels[i] < 0 || labels[i] >= cols) {
        throw new IllegalArgumentException("labels[" + i + "] = " + labels[i] + ", expected 0 <= label < " + cols + " (cols)");
      }
    }
  }

  private static void checkLogits(float[] logits, int offset, int rows, int cols) {
    Rows.positive("cols", cols);
    Rows.block("logits", logits, offset, rows, cols);
  }

  private static void checkLosses(double[] losses, int lossOffset, int rows) {
    Objects.requireNonNull(losses, "losses");
    Rows.span("losses", losses.length, lossOffset, rows);
  }

  /** d ← z − max z, row by row. */
  private static void shift(float[] z, int from, float[] d, int to, int rows, int cols) {
    for (int i = 0; i < rows; i++) {
      float max = max(z, from + i * cols, cols);
      for (int j = i * cols; j < (i + 1) * cols; j++) {
        d[to + j] = z[from + j] - max;
      }
    }
  }

  private static float max(float[] z, int row, int cols) {
    float max = z[row];
    for (int j = 1; j < cols; j++) {
      max = z[row + j] > max ? z[row + j] : max; // NaN may be passed over: z − max is NaN there all the same
    }
    return max;
  }

  /** losses ← −d_label. */
  private static void margins(float[] d, int at, int rows, int cols, int[] labels, int labelOffset, double[] losses, int lossOffset) {
    for (int i = 0; i < rows; i++) {
      losses[lossOffset + i] = -d[at + i * cols + labels[labelOffset + i]];
    }
  }

  /** The first e_j = 1; cols where there is none, which is so for NaN only. */
  private static int best(float[] e, int row, int cols) {
    int j = 0;
    while (j < cols && e[row + j] != 1) {
      j++;
    }
    return j;
  }

  private static double others(float[] e, int row, int cols, int best) {
    double sum = 0;
    for (int j = 0; j < best; j++) {
      sum += e[row + j];
    }
    for (int j = best + 1; j < cols; j++) {
      sum += e[row + j];
    }
    return sum;
  }

  private static void gradientRow(float[] e, int row, int cols, int best, double others, int label, double scale) {
    double factor = scale / (1 + others);
    double rest = label == best ? others : 1 + others - e[row + label];
    scaleRow(e, row, cols, factor);
    e[row + label] = (float) (-rest * factor);
  }

  private static void scaleRow(float[] e, int row, int cols, double factor) {
    for (int j = 0; j < cols; j++) {
      e[row + j] = (float) (e[row + j] * factor);
    }
  }

  /** Whether z_label is above all before it and not below any after it. */
  private static boolean first(float[] z, int row, int cols, int label) {
    boolean is = z[row + label] == z[row + label];
    for (int j = 0; j < cols; j++) {
      is &= j < label ? z[row + j] < z[row + label] : z[row + j] <= z[row + label];
    }
    return is;
  }
}
