package curvata.kernels.random;

import static curvata.kernels.internal.Species.I;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Random signs: +1 or −1 with probability ½ each.
 *
 * <pre>
 *   x(index) = 1 − 2 · bit (index mod 32) of bits(key(seed, stream, signs, ⌊index / 2³⁷⌋), ⌊index / 32⌋ mod 2³²)
 * </pre>
 *
 * <p>See {@link Counter}. A value depends on seed, stream and index alone: any split of a range, any thread, any vector width gives the same. Writes
 * 4 bytes per element; allocates nothing.
 */
public final class Rademacher {
  /** Indices that agree above so many bits share a {@link #key}. */
  public static final int KEY_SHIFT = 37;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int WORD = 32;
  private static final int SIGN = 0x80000000;
  private static final int ONE = 0x3f800000;

  private Rademacher() {}

  /** The key of value {@code index}, for devices: the lower half is k₀ of {@link Counter#bits}, the upper half k₁. */
  public static long key(long seed, long stream, long index) {
    return Counter.key(seed, stream, Counter.SIGNS, index >>> KEY_SHIFT);
  }

  /** Value {@code index} of the sequence. */
  public static float at(long seed, long stream, long index) {
    long key = key(seed, stream, index);
    return sign(word((int) key, (int) (key >>> 32), index), index);
  }

  /** Writes x[i] = value i of the sequence for i in [from, to); see {@link #fill(long, long, float[], int, int, long)}. */
  public static void fill(long seed, long stream, float[] x, int from, int to) {
    fill(seed, stream, x, from, to, from);
  }

  /**
   * Writes x[from + k] = value {@code first + k} of the sequence.
   *
   * @param first index of x[from]'s value, at least 0
   * @throws NullPointerException if x is null
   * @throws IllegalArgumentException if the range does not fit or an index would be negative; nothing is written then
   */
  public static void fill(long seed, long stream, float[] x, int from, int to, long first) {
    Checks.range("x", x, from, to);
    Counter.checkIndices(first, to - from);
    for (int i = from, end; i < to; i = end) {
      long index = first + (i - from);
      end = i + Counter.sameKey(index, to - i, KEY_SHIFT);
      long key = key(seed, stream, index);
      if (SIMD) {
        Simd.range((int) key, (int) (key >>> 32), x, i, end, index);
      } else {
        scalar((int) key, (int) (key >>> 32), x, i, end, index);
      }
    }
  }

  static void scalar(int k0, int k1, float[] x, int from, int to, long first) {
    int word = word(k0, k1, first);
    for (int i = from; i < to; i++) {
      long index = first + (i - from);
      if (index % WORD == 0) {
        word = word(k0, k1, index);
      }
      x[i] = sign(word, index);
    }
  }

  private static int word(int k0, int k1, long index) {
    return Counter.bits(k0, k1, (int) (index / WORD));
  }

  private static float sign(int word, long index) {
    return Float.intBitsToFloat(word << (WORD - 1 - (int) index % WORD) & SIGN | ONE);
  }

  static final class Simd {
    static void range(int k0, int k1, float[] x, int from, int to, long first) {
      int head = from + Math.min(to - from, (int) (-first & (WORD - 1)));
      int end = head + ((to - head) & -WORD);
      scalar(k0, k1, x, from, head, first);
      words(k0, k1, x, head, end, (int) ((first + (head - from)) / WORD));
      scalar(k0, k1, x, end, to, first + (end - from));
    }

    private static void words(int k0, int k1, float[] x, int from, int to, int counter) {
      if (from == to) {
        return;
      }
      var toSign = IntVector.broadcast(I, WORD - 1).sub(IntVector.zero(I).addIndex(1));
      for (int i = from; i < to; i += WORD) {
        int word = Counter.bits(k0, k1, counter++);
        for (int lane = 0; lane < WORD; lane += I.length()) {
          IntVector.broadcast(I, word >>> lane).lanewise(VectorOperators.LSHL, toSign)
              .and(SIGN).or(ONE).reinterpretAsFloats()
              .intoArray(x, i + lane);
        }
      }
    }
  }
}
