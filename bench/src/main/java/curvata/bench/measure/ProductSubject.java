package curvata.bench.measure;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.Product;

/** The product of two square matrices, on all threads where the library spreads it. */
final class ProductSubject implements Subject {
  private static final int SHARED = 1 << 20; // multiply-adds from which a product uses all threads

  private final int n;

  ProductSubject(int n) {
    this.n = n;
  }

  @Override
  public String name() {
    return "product";
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
    return 2L * n * n * n;
  }

  @Override
  public int threads() {
    return (long) n * n * n > SHARED ? Threads.count() : 1;
  }

  @Override
  public Prepared prepare() {
    float[][] x = Values.arrays(3, n * n, 1);
    Workspace ws = new Workspace();
    ws.reserve(Product.required(n, n, n), 0);
    return new Prepared(() -> multiply(x, ws), Bounds.flops(flops(), threads()));
  }

  private void multiply(float[][] x, Workspace ws) {
    Product.multiply(false, false, n, n, n, 1, x[0], 0, n, x[1], 0, n, 0, x[2], 0, n, ws);
  }

  /** The contract of the product, row 0 against plain sums in double. */
  @Override
  public String difference() {
    float[][] x = Values.arrays(3, n * n, 1);
    Workspace ws = new Workspace();
    ws.reserve(Product.required(n, n, n), 0);
    multiply(x, ws);
    for (int j = 0; j < n; j++) {
      double expected = 0;
      for (int k = 0; k < n; k++) {
        expected += (double) x[0][k] * x[1][k * n + j];
      }
      double allowed = (Math.min(n, 512) + n / 512 + 3) * 0x1p-24 * expected; // all terms are positive
      if (!(Math.abs(x[2][j] - expected) <= allowed)) {
        return "product: c[0][" + j + "] = " + x[2][j] + ", expected " + expected + " ± " + allowed;
      }
    }
    return null;
  }
}
