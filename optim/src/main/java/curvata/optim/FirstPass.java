package curvata.optim;

import curvata.kernels.MeasuringKernel;
import curvata.kernels.Threads;
import curvata.kernels.reduce.Blocks;

/** The first pass of a two-pass rule over all tensors of a group. */
final class FirstPass<S extends Record> extends BlockPass {
  private final MeasuringKernel<S> kernel;
  private final float[][][] operands;
  private final float[][] scratch = new float[Threads.count()][MeasuringKernel.CHUNK];
  private final double[] sums;
  private S scalars;

  FirstPass(Tensors tensors, MeasuringKernel<S> kernel, float[][][] operands) {
    super(tensors, kernel.stride());
    this.kernel = kernel;
    this.operands = operands;
    sums = new double[tensors.count() * kernel.sums().size()];
  }

  void run(S newScalars) {
    scalars = newScalars;
    start();
    for (int t = 0; t < operands.length; t++) {
      for (int j = 0; j < kernel.sums().size(); j++) {
        int at = partialsOf(t) + j * Blocks.LANES;
        sums[t * kernel.sums().size() + j] = Blocks.treeSum(partials(), at, blocksOf(t), kernel.stride());
      }
    }
  }

  @Override
  void block(int tensor, int from, int to, int worker, double[] partials, int at) {
    kernel.block(scalars, operands[tensor], scratch[worker], from, to, partials, at);
  }

  /** A sum of one tensor, by its index in {@link MeasuringKernel#sums}. */
  double sumOf(int tensor, int index) {
    return sums[tensor * kernel.sums().size() + index];
  }
}
