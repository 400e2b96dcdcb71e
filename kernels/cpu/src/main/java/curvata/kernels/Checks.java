package curvata.kernels;

import java.util.Objects;

/** Argument checks that name the argument, what it was and what was expected; used at doors, never inside ranges. */
public final class Checks {
  private Checks() {}

  /**
   * Requires {@code 0 <= from <= to <= array.length}.
   *
   * @throws NullPointerException if the array is null
   * @throws IllegalArgumentException if the range does not fit
   */
  public static void range(String name, float[] array, int from, int to) {
    Objects.requireNonNull(array, name);
    if (from < 0 || from > to || to > array.length) {
      throw new IllegalArgumentException("range [" + from + ", " + to + ") of " + name + ", expected within [0, " + array.length + ")");
    }
  }

  /**
   * Requires a condition on a value.
   *
   * @throws IllegalArgumentException {@code name = value, expected expectation} if it does not hold
   */
  public static void that(boolean holds, String name, Object value, String expectation) {
    if (!holds) {
      throw new IllegalArgumentException(name + " = " + value + ", expected " + expectation);
    }
  }

  /** {@link #that(boolean, String, Object, String)} of a whole number, which a call on a warm path must not box. */
  public static void that(boolean holds, String name, long value, String expectation) {
    if (!holds) {
      that(false, name, (Object) value, expectation);
    }
  }

  /** {@link #that(boolean, String, Object, String)} of a float, not boxed. */
  public static void that(boolean holds, String name, float value, String expectation) {
    if (!holds) {
      that(false, name, (Object) value, expectation);
    }
  }

  /** {@link #that(boolean, String, Object, String)} of a double, not boxed. */
  public static void that(boolean holds, String name, double value, String expectation) {
    if (!holds) {
      that(false, name, (Object) value, expectation);
    }
  }

  /**
   * The product of dimensions as an int.
   *
   * @throws IllegalArgumentException if a dimension is negative or the product exceeds an array's size
   */
  public static int size(String name, int... shape) {
    long size = 1;
    for (int d : shape) {
      that(d >= 0, name + ".shape", java.util.Arrays.toString(shape), "dimensions >= 0");
      size = Math.multiplyExact(size, (long) d);
      that(size <= Integer.MAX_VALUE - 64, name + ".shape", java.util.Arrays.toString(shape), "at most 2^31 - 65 elements");
    }
    return (int) size;
  }
}
