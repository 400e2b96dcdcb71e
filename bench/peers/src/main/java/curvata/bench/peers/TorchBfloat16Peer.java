package curvata.bench.peers;

import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;

/** libtorch's products of bfloat16 matrices, and Muon's steps of them, summed in float32: half the memory, an instruction that Java does not have. */
public final class TorchBfloat16Peer implements Peer {
  private final TorchPeer torch = new TorchPeer(true);

  /** Loads the library on first use. */
  public TorchBfloat16Peer() {}

  @Override
  public String name() {
    return torch.name();
  }

  @Override
  public void threads(int count) {
    torch.threads(count);
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return torch.product(shape, a, b);
  }

  @Override
  public Product muon(int rows, int cols, float[] x) {
    return torch.muon(rows, cols, x);
  }
}
