package curvata.bench.measure;

/** One element-wise kernel, called directly on one thread. */
final class KernelSubject<S extends Record> implements Subject {
  private final KernelCase<S> kernel;
  private final int n;

  KernelSubject(KernelCase<S> kernel, int n) {
    this.kernel = kernel;
    this.n = n;
  }

  @Override
  public String name() {
    return kernel.kernel().name();
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
    return (long) n * Streams.bytes(kernel.kernel().operands());
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
    KernelSetup<S> setup = KernelSetup.of(kernel, n);
    return new Prepared(setup, Bounds.pass(kernel.kernel().operands(), setup.arrays(), SlowOperations.of(kernel.kernel()), n));
  }

  @Override
  public String difference() {
    return KernelSetup.difference(kernel, n);
  }
}
