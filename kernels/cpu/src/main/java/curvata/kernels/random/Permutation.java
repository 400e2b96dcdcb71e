package curvata.kernels.random;

/**
 * Random permutations, each of the n! equally likely up to the quality of {@link Counter}.
 *
 * <pre>
 *   p ← 0, …, n − 1;   for i = n − 1, …, 1:  exchange p[i] and p[j],  j uniform on 0, …, i
 *   j = ⌊(i + 1) · w / 2³²⌋,   w = bits(key(seed, stream, shuffles, a), i)
 *                              for the first attempt a = 0, 1, … with (i + 1) · w mod 2³² ≥ 2³² mod (i + 1)
 * </pre>
 *
 * <p>A permutation depends on seed, stream and n alone.
 *
 * @see <a href="https://doi.org/10.1145/3230636">Lemire: Fast random integer generation in an interval, Alg. 5</a>
 */
public final class Permutation {
  private Permutation() {}

  /** Writes the numbers 0, …, n − 1 in random order, where n is the length of {@code out}; allocates nothing. */
  public static void shuffle(long seed, long stream, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = i;
    }
    for (int i = out.length - 1; i > 0; i--) {
      int j = draw(seed, stream, i);
      int moved = out[i];
      out[i] = out[j];
      out[j] = moved;
    }
  }

  /** A number from 0 to i, all equally likely. */
  private static int draw(long seed, long stream, int i) {
    long bound = i + 1L;
    long uneven = (1L << 32) % bound;
    for (long attempt = 0;; attempt++) {
      long product = bound * (Uniform.bits(seed, stream, Counter.SHUFFLES, attempt << 32 | i) & 0xffffffffL);
      if ((product & 0xffffffffL) >= uneven) {
        return (int) (product >>> 32);
      }
    }
  }
}
