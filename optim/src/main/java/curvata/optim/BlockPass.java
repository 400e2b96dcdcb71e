package curvata.optim;

import curvata.kernels.Threads;
import curvata.kernels.reduce.Blocks;

/**
 * Sums over the blocks of every tensor of a group, spread over threads.
 *
 * <p>Blocks and trees depend on the tensors' sizes alone, so the sums have the same bits for any number of threads.
 */
abstract class BlockPass implements Threads.Task {
  private final Tensors tensors;
  private final int stride;
  private final int[] firstBlock;
  private final double[] partials;

  BlockPass(Tensors tensors, int stride) {
    this.tensors = tensors;
    this.stride = stride;
    firstBlock = new int[tensors.count() + 1];
    for (int t = 0; t < tensors.count(); t++) {
      firstBlock[t + 1] = firstBlock[t] + Blocks.count(tensors.parameters.get(t).size());
    }
    partials = new double[Math.multiplyExact(firstBlock[tensors.count()], stride)];
  }

  /** Sums one block of one tensor into {@code partials[at …]}. */
  abstract void block(int tensor, int from, int to, int worker, double[] partials, int at);

  final void start() {
    Threads.run(this, firstBlock[tensors.count()], tensors.elements());
  }

  @Override
  public final void run(int part, int worker) {
    int tensor = tensorOf(part);
    Parameter p = tensors.parameters.get(tensor);
    int length = Blocks.length(p.size());
    int from = (part - firstBlock[tensor]) * length;
    int to = Math.min(from + length, p.size());
    block(tensor, p.offset() + from, p.offset() + to, worker, partials, part * stride);
  }

  private int tensorOf(int block) {
    int low = 0;
    int high = tensors.count() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firstBlock[middle] <= block) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** What the blocks left, {@code stride} doubles each. */
  final double[] partials() {
    return partials;
  }

  /** Where the partials of a tensor's blocks begin. */
  final int partialsOf(int tensor) {
    return firstBlock[tensor] * stride;
  }

  /** Number of blocks of a tensor. */
  final int blocksOf(int tensor) {
    return firstBlock[tensor + 1] - firstBlock[tensor];
  }
}
