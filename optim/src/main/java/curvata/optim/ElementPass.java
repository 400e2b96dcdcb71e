package curvata.optim;

import curvata.kernels.Kernel;
import curvata.kernels.Threads;

/** One element-wise kernel over all tensors of a group, spread over threads; kept and reused, so that a step allocates nothing here. */
final class ElementPass<S extends Record> implements Threads.Task {
  private final Tensors tensors;
  private Kernel<S> kernel;
  private float[][][] operands;
  private Record shared;
  private Record[] each;

  ElementPass(Tensors tensors) {
    this.tensors = tensors;
  }

  /** Runs the kernel with the same scalars for every tensor. */
  void run(Kernel<S> newKernel, float[][][] newOperands, S scalars) {
    shared = scalars;
    each = null;
    start(newKernel, newOperands);
  }

  /** Runs the kernel with scalars of its own for every tensor. */
  void run(Kernel<S> newKernel, float[][][] newOperands, Record[] scalars) {
    each = scalars;
    start(newKernel, newOperands);
  }

  private void start(Kernel<S> newKernel, float[][][] newOperands) {
    kernel = newKernel;
    operands = newOperands;
    Threads.run(this, tensors.parts(), tensors.elements());
  }

  @Override
  public void run(int part, int worker) {
    long at = tensors.begin(part);
    long end = tensors.begin(part + 1);
    for (int t = tensors.at(at); at < end; t++) {
      Parameter p = tensors.parameters.get(t);
      long start = tensors.start(t);
      int from = (int) (at - start) + p.offset();
      int to = (int) Math.min(p.size(), end - start) + p.offset();
      kernel.run(scalars(t), operands[t], from, to);
      at = start + p.size();
    }
  }

  @SuppressWarnings("unchecked") // the array was filled by the rule whose kernel this is
  private S scalars(int tensor) {
    return (S) (each == null ? shared : each[tensor]);
  }
}
