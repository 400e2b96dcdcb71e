package curvata.kernels.reduce;

import java.util.Objects;

/**
 * A named reduction over named arrays: what a rule asks for, before anything is known of where the arrays are.
 *
 * @param name of the result, such as {@code gg}
 * @param operation what is computed
 * @param left name of the array, or of the first one
 * @param right name of the second array; null unless the operation takes two
 */
public record Measure(String name, Operation operation, String left, String right) {
  /**
   * Checks that all names are there.
   *
   * @throws NullPointerException if name, operation or left is missing
   * @throws IllegalArgumentException if the operation takes another number of arrays
   */
  public Measure {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(left, "left");
    if (operation.binary() != (right != null)) {
      throw new IllegalArgumentException(
          "measure " + name + ": right = " + right + ", expected " + (operation.binary() ? "an array" : "none") + " for " + operation);
    }
  }

  /** Σ x. */
  public static Measure sum(String name, String x) {
    return new Measure(name, Operation.SUM, x, null);
  }

  /** Σ x². */
  public static Measure sumOfSquares(String name, String x) {
    return new Measure(name, Operation.SUM_OF_SQUARES, x, null);
  }

  /** Σ x·y. */
  public static Measure dot(String name, String x, String y) {
    return new Measure(name, Operation.DOT, x, y);
  }

  /** max |x|. */
  public static Measure maxAbs(String name, String x) {
    return new Measure(name, Operation.MAX_ABS, x, null);
  }
}
