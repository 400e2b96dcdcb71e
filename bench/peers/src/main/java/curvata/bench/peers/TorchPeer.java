package curvata.bench.peers;

import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch: {@code mm} and {@code bmm} into a tensor that is there, as {@code torch.mm(a, b, out=c)}. */
public final class TorchPeer implements Peer {
  /** Loads the library on first use. */
  public TorchPeer() {}

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public void threads(int count) {
    torch.set_num_threads(count);
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return new Call(shape, a, b);
  }

  private static final class Call implements Product {
    private final ProductCase shape;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;
    private final Tensor left;
    private final Tensor right;

    Call(ProductCase shape, float[] x, float[] y) {
      this.shape = shape;
      boolean batch = shape.count() > 1;
      a = matrices(x, shape.transA() ? shape.k() : shape.m(), shape.transA() ? shape.m() : shape.k());
      b = shape.gram() ? a : matrices(y, shape.transB() ? shape.n() : shape.k(), shape.transB() ? shape.k() : shape.n());
      c = matrices(new float[shape.cLength()], shape.m(), shape.n());
      left = shape.transA() ? a.transpose(batch ? 1 : 0, batch ? 2 : 1) : a;
      right = shape.transB() ? b.transpose(batch ? 1 : 0, batch ? 2 : 1) : b;
    }

    private Tensor matrices(float[] x, int rows, int cols) {
      return shape.count() > 1 ? Tensor.create(x, shape.count(), rows, cols) : Tensor.create(x, rows, cols);
    }

    @Override
    public String name() {
      return shape.count() > 1 ? "libtorch bmm" : "libtorch mm";
    }

    @Override
    public void run() {
      try (Tensor out = shape.count() > 1 ? torch.bmm_out(c, left, right) : torch.mm_out(c, left, right)) {
        assert !out.isNull(); // c again, under another handle
      }
    }

    @Override
    public float[] result() {
      float[] x = new float[shape.cLength()];
      new FloatPointer(c.data_ptr_float()).get(x);
      return x;
    }
  }
}
