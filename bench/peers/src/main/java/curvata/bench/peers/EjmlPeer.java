package curvata.bench.peers;

import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;
import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** EJML: plain Java. It has one thread, and is not compared with more; nor with products that would take it many seconds. */
public final class EjmlPeer implements Peer {
  private static final long MOST = 1L << 32; // operations

  private int threads = 1;

  /** For the service loader. */
  public EjmlPeer() {}

  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public void threads(int count) {
    threads = count;
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return threads == 1 && shape.count() == 1 && shape.flops() <= MOST ? new Call(shape, a, b) : null;
  }

  private static final class Call implements Product {
    private final ProductCase shape;
    private final FMatrixRMaj a;
    private final FMatrixRMaj b;
    private final FMatrixRMaj c;

    Call(ProductCase shape, float[] a, float[] b) {
      this.shape = shape;
      this.a = matrix(shape.transA(), shape.m(), shape.k(), a);
      this.b = shape.gram() ? this.a : matrix(shape.transB(), shape.k(), shape.n(), b);
      c = new FMatrixRMaj(shape.m(), shape.n());
    }

    private static FMatrixRMaj matrix(boolean transposed, int rows, int cols, float[] data) {
      return FMatrixRMaj.wrap(transposed ? cols : rows, transposed ? rows : cols, Arrays.copyOf(data, rows * cols));
    }

    @Override
    public String name() {
      return "ejml";
    }

    @Override
    public void run() {
      if (shape.gram() && !shape.transA()) {
        CommonOps_FDRM.multTransB(a, a, c);
      } else if (shape.transA() && shape.transB()) {
        CommonOps_FDRM.multTransAB(a, b, c);
      } else if (shape.transA()) {
        CommonOps_FDRM.multTransA(a, b, c);
      } else if (shape.transB()) {
        CommonOps_FDRM.multTransB(a, b, c);
      } else {
        CommonOps_FDRM.mult(a, b, c);
      }
    }

    @Override
    public float[] result() {
      return c.data.clone();
    }
  }
}
