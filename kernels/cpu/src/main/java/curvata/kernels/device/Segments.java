package curvata.kernels.device;

import curvata.kernels.Checks;

/**
 * How several tensors lie in one buffer, so that one kernel launch serves them all.
 *
 * <p>Each begins at a multiple of {@value #ALIGNMENT} elements; the gaps belong to none and are never measured.
 */
public final class Segments {
  /** Tensors begin at multiples of this many elements. */
  public static final int ALIGNMENT = 256;

  private final int[] offsets;
  private final int[] lengths;
  private final int size;

  private Segments(int[] lengths) {
    this.lengths = lengths.clone();
    offsets = new int[lengths.length];
    long at = 0;
    for (int i = 0; i < lengths.length; i++) {
      Checks.that(lengths[i] >= 0, "lengths[" + i + "]", lengths[i], ">= 0");
      Checks.that(at + lengths[i] <= Integer.MAX_VALUE - ALIGNMENT, "elements", at + lengths[i], "less than 2^31 in one buffer");
      offsets[i] = (int) at;
      at += (lengths[i] + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
    }
    size = (int) at;
  }

  /**
   * Tensors of these lengths, one after the other.
   *
   * @throws IllegalArgumentException if a length is negative or they need 2³¹ elements or more
   */
  public static Segments of(int... lengths) {
    return new Segments(lengths);
  }

  /** Number of tensors. */
  public int count() {
    return lengths.length;
  }

  /** Where a tensor begins. */
  public int offset(int segment) {
    return offsets[segment];
  }

  /** Number of elements of a tensor. */
  public int length(int segment) {
    return lengths[segment];
  }

  /** Number of elements of a buffer that holds them all, gaps included. */
  public int size() {
    return size;
  }

  /** The part of a buffer that holds one tensor. */
  public DeviceBuffer slice(DeviceBuffer buffer, int segment) {
    return buffer.slice(offsets[segment], lengths[segment]);
  }
}
