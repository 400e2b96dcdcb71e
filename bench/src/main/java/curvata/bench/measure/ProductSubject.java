package curvata.bench.measure;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.BatchedProduct;
import curvata.kernels.matrix.Product;
import java.util.ArrayList;
import java.util.List;

/** Products of one shape, on all threads where the library spreads them. */
final class ProductSubject implements Subject {
  private static final int SHARED = 1 << 20; // multiply-adds from which a product uses all threads

  private final ProductCase shape;

  ProductSubject(ProductCase shape) {
    this.shape = shape;
  }

  @Override
  public String name() {
    return shape.name();
  }

  @Override
  public int n() {
    return shape.side();
  }

  @Override
  public long elements() {
    return shape.cLength();
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public long flops() {
    return shape.flops();
  }

  @Override
  public int threads() {
    return (double) shape.count() * shape.m() * shape.n() * shape.k() > SHARED ? Threads.count() : 1;
  }

  @Override
  public Prepared prepare() {
    return prepare(List.of());
  }

  @Override
  public Prepared prepare(List<Peer> peers) {
    Operands x = new Operands(shape);
    List<Rival> rivals = new ArrayList<>();
    for (Peer peer : peers) {
      Peer.Product product = peer.product(shape, x.a, x.b);
      if (product != null) {
        rivals.add(new Rival(product.name(), product));
      }
    }
    return new Prepared(x, Bounds.flops(flops(), threads()), rivals);
  }

  @Override
  public String difference() {
    Operands x = new Operands(shape);
    x.run();
    return shape.difference(x.a, x.b, x.c, 0x1p-24);
  }

  @Override
  public String difference(Peer peer) {
    Operands x = new Operands(shape);
    Peer.Product product = peer.product(shape, x.a, x.b);
    if (product == null) {
      return null;
    }
    product.run();
    String difference = shape.difference(x.a, x.b, product.result(), product.rounding());
    return difference == null ? null : product.name() + ", " + difference;
  }

  /** Filled matrices, and the call that multiplies them. */
  private static final class Operands implements Work {
    private final ProductCase shape;
    private final float[] a;
    private final float[] b;
    private final float[] c;
    private final Workspace ws = new Workspace();

    Operands(ProductCase shape) {
      this.shape = shape;
      a = Values.arrays(1, shape.aLength(), 1)[0];
      b = shape.gram() ? a : Values.arrays(1, shape.bLength(), 2)[0];
      c = new float[shape.cLength()];
      Values.sign(a);
      ws.reserve(
          shape.count() == 1
              ? Product.required(shape.m(), shape.n(), shape.k())
              : BatchedProduct.required(shape.count(), shape.m(), shape.n(), shape.k()),
          0);
    }

    @Override
    public void run() {
      ProductCase s = shape;
      if (s.count() > 1) {
        BatchedProduct.multiply(
            s.transA(), s.transB(), s.count(), s.m(), s.n(), s.k(), 1, a, 0, s.lda(), s.m() * s.k(), b, 0, s.ldb(), s.k() * s.n(), 0, c, 0, s.n(),
            s.m() * s.n(), ws);
      } else if (s.gram()) {
        Product.gram(s.transA(), s.n(), s.k(), 1, a, 0, s.lda(), 0, c, 0, s.n(), ws);
      } else {
        Product.multiply(s.transA(), s.transB(), s.m(), s.n(), s.k(), 1, a, 0, s.lda(), b, 0, s.ldb(), 0, c, 0, s.n(), ws);
      }
    }
  }
}
