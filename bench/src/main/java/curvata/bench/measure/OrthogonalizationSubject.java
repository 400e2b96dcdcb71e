package curvata.bench.measure;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.NewtonSchulz;

/** Muon's five Newton–Schulz steps of a square matrix; counts the operations that a triangle of each symmetric product needs. */
final class OrthogonalizationSubject implements Subject {
  private static final int SHARED = 1 << 20; // multiply-adds from which a product uses all threads

  private final NewtonSchulz method = NewtonSchulz.muon5();
  private final int n;

  OrthogonalizationSubject(int n) {
    this.n = n;
  }

  @Override
  public String name() {
    return "muon5";
  }

  @Override
  public int n() {
    return n;
  }

  @Override
  public long elements() {
    return (long) n * n;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public long flops() {
    return flops(n, method);
  }

  /** Of one square matrix: two symmetric products by half and a whole one in each step. */
  static long flops(int n, NewtonSchulz method) {
    return 4L * n * n * n * method.coefficients().steps().size();
  }

  @Override
  public int threads() {
    return (long) n * n * n > SHARED ? Threads.count() : 1;
  }

  @Override
  public Prepared prepare() {
    float[][] x = Values.arrays(2, n * n, 1);
    Values.sign(x[0]);
    Workspace ws = new Workspace();
    ws.reserve(NewtonSchulz.required(n, n), NewtonSchulz.requiredDoubles(n, n));
    return new Prepared(() -> method.apply(n, n, x[0], 0, x[1], 0, ws), Bounds.flops(flops(), threads()));
  }

  /** Its result has no simple reference: it is compared where it is tested. */
  @Override
  public String difference() {
    return null;
  }
}
