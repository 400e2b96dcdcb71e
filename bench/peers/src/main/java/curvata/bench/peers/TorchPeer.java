package curvata.bench.peers;

import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch: {@code mm} and {@code bmm} into a tensor that is there, as {@code torch.mm(a, b, out=c)}. */
public final class TorchPeer implements Peer {
  private final boolean bfloat16;

  /** In float32; loads the library on first use. */
  public TorchPeer() {
    this(false);
  }

  /** In float32 or bfloat16. */
  TorchPeer(boolean bfloat16) {
    this.bfloat16 = bfloat16;
  }

  @Override
  public String name() {
    return bfloat16 ? "libtorch bf16" : "libtorch";
  }

  @Override
  public void threads(int count) {
    torch.set_num_threads(count);
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return new Call(shape, a, b, bfloat16);
  }

  @Override
  public Product muon(int rows, int cols, float[] x) {
    return new Muon(rows, cols, x, bfloat16);
  }

  private static double rounding(boolean bfloat16) {
    return bfloat16 ? 0x1p-9 : 0x1p-24;
  }

  /** The steps of torch.optim.Muon, which are in bfloat16 there: a tall matrix is transposed, sums are fused into the products by {@code addmm}. */
  private static final class Muon implements Product {
    private static final int STEPS = 5;

    private final Scalar a = new Scalar(3.4445f);
    private final Scalar b = new Scalar(-4.7750f);
    private final Scalar c = new Scalar(2.0315f);
    private final Scalar one = new Scalar(1f);
    private final Scalar guard = new Scalar(1e-7f);
    private final boolean tall;
    private final boolean bfloat16;
    private final Tensor x;
    private final float[] result;

    Muon(int rows, int cols, float[] values, boolean bfloat16) {
      tall = rows > cols;
      this.bfloat16 = bfloat16;
      x = bfloat16 ? Tensor.create(values, rows, cols).to(torch.ScalarType.BFloat16) : Tensor.create(values, rows, cols);
      result = new float[rows * cols];
    }

    @Override
    public String name() {
      return "libtorch muon" + (bfloat16 ? " bf16" : "");
    }

    @Override
    public double rounding() {
      return TorchPeer.rounding(bfloat16);
    }

    @Override
    public void run() {
      try (PointerScope _ = new PointerScope()) {
        Tensor y = steps();
        assert y.numel() == result.length;
      }
    }

    private Tensor steps() {
      Tensor y = tall ? x.transpose(0, 1) : x;
      y = y.div(x.norm().add(guard));
      for (int step = 0; step < STEPS; step++) {
        Tensor gram = torch.mm(y, y.transpose(0, 1));
        y = torch.addmm(y, torch.addmm(gram, gram, gram, b, c), y, a, one);
      }
      return tall ? y.transpose(0, 1) : y;
    }

    @Override
    public float[] result() {
      try (PointerScope _ = new PointerScope()) {
        new FloatPointer(steps().to(torch.ScalarType.Float).contiguous().data_ptr_float()).get(result);
      }
      return result;
    }
  }

  private static final class Call implements Product {
    private final ProductCase shape;
    private final boolean bfloat16;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;
    private final Tensor left;
    private final Tensor right;

    Call(ProductCase shape, float[] x, float[] y, boolean bfloat16) {
      this.shape = shape;
      this.bfloat16 = bfloat16;
      boolean batch = shape.count() > 1;
      a = matrices(x, shape.transA() ? shape.k() : shape.m(), shape.transA() ? shape.m() : shape.k());
      b = shape.gram() ? a : matrices(y, shape.transB() ? shape.n() : shape.k(), shape.transB() ? shape.k() : shape.n());
      c = matrices(new float[shape.cLength()], shape.m(), shape.n());
      left = shape.transA() ? a.transpose(batch ? 1 : 0, batch ? 2 : 1) : a;
      right = shape.transB() ? b.transpose(batch ? 1 : 0, batch ? 2 : 1) : b;
    }

    private Tensor matrices(float[] x, int rows, int cols) {
      Tensor matrices = shape.count() > 1 ? Tensor.create(x, shape.count(), rows, cols) : Tensor.create(x, rows, cols);
      return bfloat16 ? matrices.to(torch.ScalarType.BFloat16) : matrices;
    }

    @Override
    public String name() {
      return "libtorch" + (shape.count() > 1 ? " bmm" : " mm") + (bfloat16 ? " bf16" : "");
    }

    @Override
    public double rounding() {
      return TorchPeer.rounding(bfloat16);
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
      try (PointerScope _ = new PointerScope()) {
        new FloatPointer((bfloat16 ? c.to(torch.ScalarType.Float) : c).data_ptr_float()).get(x);
      }
      return x;
    }
  }
}
