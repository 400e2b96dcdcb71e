package curvata.gpu.reduce;

import curvata.kernels.reduce.Operation;

/**
 * What all reductions share: terms, and how two results become one.
 *
 * <p>The tree over local memory is written out in every kernel: TornadoVM addresses local arrays wrongly where a method is handed them.
 */
final class Tree {
  /** Threads of a group. */
  static final int THREADS = 256;

  /** Groups that a launch has at most; more work is shared among them. */
  static final int MOST_GROUPS = 1 << 16;

  /** Bits of one measure in a packed code: two for the operation, two for each array. */
  static final int BITS = 6;

  private static final int DOT = 2;
  private static final int MAX_ABS = 3;

  private Tree() {}

  /** An operation as a number for kernels: 0 sum, 1 sum of squares, 2 dot, 3 largest magnitude. */
  static int code(Operation operation) {
    return switch (operation) {
      case SUM -> 0;
      case SUM_OF_SQUARES -> 1;
      case DOT -> DOT;
      case MAX_ABS -> MAX_ABS;
    };
  }

  /** The result so far with one element more; y is looked at by the dot product only. Widened before multiplying: a product is exact. */
  static double with(int code, double sum, double x, double y) {
    if (code == 0) {
      return sum + x;
    }
    if (code == 1) {
      return sum + x * x;
    }
    if (code == DOT) {
      return sum + x * y;
    }
    return larger(sum, Math.abs(x));
  }

  /** The result over two sets of elements. */
  static double both(int code, double a, double b) {
    return code == MAX_ABS ? larger(a, b) : a + b;
  }

  /** The larger one; a NaN stays, whichever way round TornadoVM turns the comparison. */
  private static double larger(double a, double b) {
    double largest = b > a ? b : a;
    largest = Double.isNaN(a) ? a : largest;
    return Double.isNaN(b) ? b : largest;
  }
}
