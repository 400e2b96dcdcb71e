package curvata.bench.measure;

import java.util.List;

/** A product and its operands by name and size: what JMH times, with or without peers. */
public final class ProductSetup {
  private ProductSetup() {}

  /**
   * The product as users call it.
   *
   * @throws IllegalArgumentException if there is no such product
   */
  public static Work own(String name, int side) {
    return subject(name, side).prepare().work();
  }

  /**
   * The same product by a peer on so many threads, compared with sums in double first.
   *
   * @throws IllegalArgumentException if there is no such product, or the peer has none
   * @throws IllegalStateException if its result is wrong
   */
  public static Work by(Peer peer, int threads, String name, int side) {
    peer.threads(threads);
    ProductSubject subject = subject(name, side);
    String difference = subject.difference(peer);
    if (difference != null) {
      throw new IllegalStateException(difference);
    }
    return subject.prepare(List.of(peer)).rivals().getFirst().work();
  }

  private static ProductSubject subject(String name, int side) {
    return ProductCase.all(side).stream().filter(c -> c.name().equals(name)).findFirst().map(ProductSubject::new)
        .orElseThrow(() -> new IllegalArgumentException("product " + name + ", expected one of " + ProductCase.all(side)));
  }
}
