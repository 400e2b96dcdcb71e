package curvata.optim.io;

import java.util.Arrays;
import java.util.Objects;

/**
 * Name, element type and shape of a stored tensor.
 *
 * <p>Row-major; the shape {@code []} is a scalar of one element, a zero in the shape makes an empty tensor. Dimensions are {@code long}
 * because a file may hold a tensor that no array can. Immutable: the shape is copied on the way in and on the way out.
 *
 * @param name not empty
 * @param dtype the stored element type
 * @param shape dimensions, slowest first, each at least 0
 */
public record TensorInfo(String name, DType dtype, long[] shape) {
  /**
   * Checks and copies.
   *
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if the name is empty, a dimension is negative, or the size in bytes exceeds 2⁶³ − 1
   */
  public TensorInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = Objects.requireNonNull(shape, "shape").clone();
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name is empty, expected at least one character");
    }
    if (size(shape, dtype.bytes()) < 0) {
      throw new IllegalArgumentException("shape of " + Text.shown(name) + " = " + Text.shown(shape)
          + ", expected dimensions >= 0 and at most 2^63 - 1 bytes");
    }
  }

  /** A copy of the dimensions. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Whether the dimensions are these. */
  public boolean hasShape(int... expected) {
    return Arrays.equals(shape, Arrays.stream(expected).asLongStream().toArray());
  }

  /** The product of the dimensions: 1 for a scalar. */
  public long elements() {
    return size(shape, 1);
  }

  /** Bytes in the file: {@code elements() * dtype().bytes()}. */
  public long bytes() {
    return size(shape, dtype.bytes());
  }

  /** Product of dimensions and width, or -1 where a dimension is negative or the product (from the left) exceeds a long. */
  static long size(long[] shape, int width) {
    long size = 1;
    for (long d : shape) {
      if (d < 0 || Math.multiplyHigh(size, d) != 0 || size * d < 0) {
        return -1;
      }
      size *= d;
    }
    return size > Long.MAX_VALUE / width ? -1 : size * width;
  }

  /** Equal where name, type and every dimension are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo t && name.equals(t.name) && dtype == t.dtype && Arrays.equals(shape, t.shape);
  }

  /** Agrees with {@link #equals}. */
  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + dtype.hashCode()) + Arrays.hashCode(shape);
  }

  /** For example {@code "layer0.weight" F32 [64, 32]}. */
  @Override
  public String toString() {
    return Text.shown(name) + " " + dtype + " " + Text.shown(shape);
  }
}
