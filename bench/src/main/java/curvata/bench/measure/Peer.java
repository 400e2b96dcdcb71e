package curvata.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** A library that people would otherwise use for the same operations, called in this process. */
public interface Peer {
  /** Its name as rows show it. */
  String name();

  /** Lets it use so many threads from now on. */
  void threads(int count);

  /** A product of that shape on copies of these operands, or null where it has none. */
  Product product(ProductCase shape, float[] a, float[] b);

  /** Muon's orthogonalization of a rows × cols matrix as its users call it there, or null where there is none. */
  default Product muon(int rows, int cols, float[] x) {
    return null;
  }

  /** A product that a peer computes. */
  interface Product extends Work {
    /** What computes it, as rows show it. */
    String name();

    /** What operands and results are rounded to, relative to their size; sums are in float. */
    default double rounding() {
      return 0x1p-24;
    }

    /** C as the last run left it; of a symmetric one that computes a triangle, both halves. */
    float[] result();
  }

  /** Peers on the class path. */
  static List<Peer> find() {
    List<Peer> peers = new ArrayList<>();
    ServiceLoader.load(Peer.class).forEach(peers::add);
    return peers;
  }
}
