package curvata.bench.measure;

import curvata.kernels.MeasuringKernel;
import curvata.kernels.reduce.Blocks;

/** The first pass of a two-pass update over all its blocks, on one thread. */
final class MeasuringSubject<S extends Record> implements Subject {
  private final MeasuringKernel<S> kernel;
  private final S scalars;
  private final int n;

  MeasuringSubject(KernelCase.Measuring<S> c, int n) {
    this.kernel = c.kernel();
    this.scalars = c.scalars();
    this.n = n;
  }

  @Override
  public String name() {
    return kernel.name();
  }

  @Override
  public int n() {
    return n;
  }

  @Override
  public long elements() {
    return n;
  }

  @Override
  public long bytes() {
    return (long) n * Streams.bytes(kernel.operands());
  }

  @Override
  public long flops() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public Prepared prepare() {
    float[][] arrays = Values.arrays(kernel.operands().size(), n, 1);
    float[] scratch = new float[MeasuringKernel.CHUNK];
    double[] partials = new double[kernel.stride()];
    int length = Blocks.length(n);
    Work work = () -> {
      for (int from = 0; from < n; from += length) {
        kernel.block(scalars, arrays, scratch, from, Math.min(from + length, n), partials, 0);
      }
    };
    return new Prepared(work, Bounds.pass(kernel.operands(), arrays, SlowOperations.of(kernel, scalars.getClass()), n));
  }

  /** Chooses its body itself: its reference is compared where it is tested. */
  @Override
  public String difference() {
    return null;
  }
}
