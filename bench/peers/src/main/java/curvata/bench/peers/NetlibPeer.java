package curvata.bench.peers;

import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;
import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The BLAS in Java of dev.ludovic.netlib, which takes the Vector API where it is there. It has one thread, and is not compared with more. */
public final class NetlibPeer implements Peer {
  private static final Logger LOG = Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder"); // kept, so that its level is

  private final BLAS blas;
  private int threads = 1;

  /** For the service loader. */
  public NetlibPeer() {
    LOG.setLevel(Level.OFF); // it warns that a native library, which nobody asked for, is not there
    blas = JavaBLAS.getInstance();
  }

  @Override
  public String name() {
    return "netlib " + blas.getClass().getSimpleName();
  }

  @Override
  public void threads(int count) {
    threads = count;
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return threads == 1 ? new Call(shape, a.clone(), shape.gram() ? null : b.clone()) : null;
  }

  /** Row-major C = A B is column-major Cᵀ = Bᵀ Aᵀ: the same memory with the operands exchanged. */
  private final class Call implements Product {
    private final ProductCase shape;
    private final float[] a;
    private final float[] b;
    private final float[] c;

    Call(ProductCase shape, float[] a, float[] b) {
      this.shape = shape;
      this.a = a;
      this.b = b == null ? a : b;
      c = new float[shape.cLength()];
    }

    @Override
    public String name() {
      return NetlibPeer.this.name();
    }

    @Override
    public void run() {
      int m = shape.m();
      int n = shape.n();
      int k = shape.k();
      for (int i = 0; i < shape.count(); i++) {
        blas.sgemm(
            shape.transB() ? "T" : "N", shape.transA() ? "T" : "N", n, m, k, 1, b, i * k * n, shape.ldb(), a, i * m * k, shape.lda(), 0, c,
            i * m * n, n);
      }
    }

    @Override
    public float[] result() {
      return c.clone();
    }
  }
}
