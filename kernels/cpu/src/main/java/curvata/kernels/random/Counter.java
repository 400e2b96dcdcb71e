package curvata.kernels.random;

/**
 * The mixing function under every random number of this library: 32 random bits from a key and a counter.
 *
 * <pre>
 *   bits(k₀, k₁, c):  x ← c + k₀;  x ← x ⊕ (x ≫ 17);  x ← x · ed5ad4bb₁₆ + k₁;
 *                     x ← x ⊕ (x ≫ 11);  x ← x · ac4c1b51₁₆;  x ← x ⊕ (x ≫ 15);  x ← x · 31848bab₁₆;  x ⊕ (x ≫ 14)
 *
 *   key = mix(mix(mix(seed + γ) + stream) + 256·high + domain),   k₀ = lower, k₁ = upper 32 bits
 *   mix(z):  z ← (z ⊕ (z ≫ 30)) · bf58476d1ce4e5b9₁₆;  z ← (z ⊕ (z ≫ 27)) · 94d049bb133111eb₁₆;  z ⊕ (z ≫ 31)
 *   γ = 9e3779b97f4a7c15₁₆;  all modulo 2³² or 2⁶⁴, ≫ fills with zeros
 * </pre>
 *
 * {@code bits} is a bijection of the counter for each key and uses 32-bit integers only, so that it runs in the lanes of any vector and on devices,
 * which call {@link #bits} as it stands: its shifts are written for a compiler that has no unsigned one. {@code high} is the part of an index that
 * the counter cannot hold; {@code domain} keeps signs, normals, uniforms and shuffles of one seed and stream independent. Two sequences of n words
 * share a part, shifted, with probability n · 2⁻⁶³; two streams of one seed never coincide.
 *
 * <p>Good enough for probes, noise and shuffles, and tested for that; not for secrets.
 *
 * @see <a href="https://github.com/skeeto/hash-prospector">Wellons: triple32</a>, with the second half of the key between the rounds
 * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea, Flood: Fast splittable pseudorandom number generators</a>: mix
 */
public final class Counter {
  static final int M0 = 0xed5ad4bb;
  static final int M1 = 0xac4c1b51;
  static final int M2 = 0x31848bab;

  static final int SIGNS = 1;
  static final int NORMALS = 2;
  static final int UNIFORMS = 3;
  static final int SHUFFLES = 4;

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private Counter() {}

  /** The key of part {@code high} of a sequence; its lower half is k₀, its upper half k₁. */
  static long key(long seed, long stream, int domain, long high) {
    return mix(mix(mix(seed + GAMMA) + stream) + (high << 8) + domain);
  }

  /** Requires indices from {@code first} on to be at least 0 and to fit a long. */
  static void checkIndices(long first, int count) {
    if (first < 0 || first > Long.MAX_VALUE - count) {
      throw new IllegalArgumentException("first = " + first + ", expected 0 <= first <= 2^63 - 1 - " + count);
    }
  }

  /** How many of the next {@code count} indices share a key, where one key serves 2^shift of them. */
  static int sameKey(long index, int count, int shift) {
    long left = (1L << shift) - (index & ((1L << shift) - 1));
    return (int) Math.min(count, left);
  }

  /** 32 random bits. */
  public static int bits(int k0, int k1, int counter) {
    int x = counter + k0;
    x = (x ^ ((x >> 17) & 0x7fff)) * M0 + k1;
    x = (x ^ ((x >> 11) & 0x1fffff)) * M1;
    x = (x ^ ((x >> 15) & 0x1ffff)) * M2;
    return x ^ ((x >> 14) & 0x3ffff);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
