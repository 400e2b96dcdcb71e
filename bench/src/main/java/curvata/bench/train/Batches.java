package curvata.bench.train;

import curvata.bench.model.Dataset;
import curvata.kernels.random.Permutation;

/**
 * The rows of each step: every epoch goes once through all rows, in an order of its own.
 *
 * <p>A pure function of seed and step, so a resumed run sees what an uninterrupted one does. Where one batch holds all rows, they keep their order.
 */
final class Batches {
  private final Dataset data;
  private final int batch;
  private final long seed;
  private final long perEpoch;
  private final int[] order;
  private final float[] inputs;
  private final int[] labels;
  private final int[] picked;
  private long epoch = -1;

  Batches(Dataset data, int batch, long seed) {
    this.data = data;
    this.batch = batch;
    this.seed = seed;
    perEpoch = (data.rows() - 1) / batch + 1;
    order = new int[data.rows()];
    inputs = new float[batch * data.cols()];
    labels = new int[batch];
    picked = new int[batch];
  }

  /** Picks the rows of a step, which counts from 0, without gathering them, and returns how many they are. */
  int pick(long step) {
    order(step / perEpoch);
    int from = (int) (step % perEpoch) * batch;
    int rows = Math.min(batch, data.rows() - from);
    System.arraycopy(order, from, picked, 0, rows);
    return rows;
  }

  /** Gathers the rows of a step, which counts from 0, and returns how many they are. */
  int load(long step) {
    int rows = pick(step);
    for (int i = 0; i < rows; i++) {
      int row = picked[i];
      System.arraycopy(data.inputs(), row * data.cols(), inputs, i * data.cols(), data.cols());
      labels[i] = data.labels()[row];
    }
    return rows;
  }

  private void order(long wanted) {
    if (wanted == epoch) {
      return;
    }
    if (perEpoch > 1) {
      Permutation.shuffle(seed, wanted, order);
    } else {
      java.util.Arrays.setAll(order, i -> i);
    }
    epoch = wanted;
  }

  /** The rows picked last. */
  int[] picked() {
    return picked;
  }

  /** The inputs gathered last, row after row. */
  float[] inputs() {
    return inputs;
  }

  /** The labels gathered last. */
  int[] labels() {
    return labels;
  }
}
