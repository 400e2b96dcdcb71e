package curvata.kernels.vector;

/** How element-wise work is cut for threads. */
final class Parts {
  /** Elements of a part. */
  static final int LENGTH = 1 << 14;

  private Parts() {}

  static int count(int n) {
    return (int) (((long) n + LENGTH - 1) / LENGTH);
  }
}
