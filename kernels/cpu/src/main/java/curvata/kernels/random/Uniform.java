package curvata.kernels.random;

/**
 * Uniform numbers, one at a time: for draws that are few, such as initial weights and choices.
 *
 * <pre>
 *   bits(index) = bits(key(seed, stream, uniforms, ⌊index / 2³²⌋), index mod 2³²),   at(index) = 2⁻⁵³ ⌊(2³² bits(2·index) + bits(2·index + 1)) / 2¹¹⌋
 * </pre>
 *
 * <p>See {@link Counter}. A value depends on seed, stream and index alone. Allocates nothing.
 */
public final class Uniform {
  private Uniform() {}

  /** 32 random bits: value {@code index} of the sequence of words. */
  public static int bits(long seed, long stream, long index) {
    return bits(seed, stream, Counter.UNIFORMS, index);
  }

  static int bits(long seed, long stream, int domain, long index) {
    long key = Counter.key(seed, stream, domain, index >>> 32);
    return Counter.bits((int) key, (int) (key >>> 32), (int) index);
  }

  /** A multiple of 2⁻⁵³ in [0, 1): value {@code index} of the sequence, made of words 2·index and 2·index + 1; index below 2⁶². */
  public static double at(long seed, long stream, long index) {
    long high = bits(seed, stream, 2 * index) & 0xffffffffL;
    long low = bits(seed, stream, 2 * index + 1) & 0xffffffffL;
    return ((high << 32 | low) >>> 11) * 0x1p-53;
  }
}
