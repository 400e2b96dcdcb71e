package curvata.kernels.reduce;

/**
 * The fixed order in which every reduction adds, so that its bits depend on the values and their number alone.
 *
 * <pre>
 *   block b of n elements:  [b·L, min((b + 1)·L, n)),  L = {@link #length length(n)}
 *   lane of element i:      (i − start of its block) mod 16; each lane is one chain in ascending order, from 0
 *   block:                  l₀…₇ += l₈…₁₅, then l₀…₃ += l₄…₇, l₀…₁ += l₂…₃, l₀ += l₁
 *   all:                    of k values left, the last ⌊k/2⌋ are added to the first ⌊k/2⌋ in order, until one is left
 * </pre>
 *
 * <p>Everything is {@code double}; an element is widened before it is multiplied, so a product of two floats is exact, no sum overflows and no small
 * square underflows. Blocks may be done by any thread, lanes by vectors of any width. The error of a sum is at most {@code (length(n) / 16 + 14) ·
 * 2⁻⁵³ · Σ|terms|}: 3·10⁻¹⁴ up to 4 million elements, 10⁻¹² up to 147 million; above, where the bound reaches 1.5·10⁻¹¹ at 2³¹, only rounding that
 * always goes the same way would come near it.
 */
public final class Blocks {
  /** Chains per block. */
  public static final int LANES = 16;

  private static final int SHORTEST = 4096;
  private static final int MOST = 1024;

  private Blocks() {}

  /** Elements per block for n elements: {@code max(4096, ⌈n / 1024⌉)}, rounded up to a multiple of {@value #LANES}. */
  public static int length(int n) {
    int even = (int) (((long) n + MOST - 1) / MOST);
    return Math.max(SHORTEST, (even + LANES - 1) & -LANES);
  }

  /** Blocks of n elements, at most 1024; 0 for n = 0. */
  public static int count(int n) {
    int length = length(n);
    return (int) (((long) n + length - 1) / length);
  }

  /** Adds up the {@value #LANES} lanes at {@code lanes[at]}; the sum is left there and returned, the other lanes hold intermediate sums. */
  public static double foldSum(double[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = at; l < at + half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[at];
  }

  /** The largest of the {@value #LANES} lanes at {@code lanes[at]}, or NaN if one is; left there and returned. */
  public static double foldMax(double[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = at; l < at + half; l++) {
        lanes[l] = Math.max(lanes[l], lanes[l + half]);
      }
    }
    return lanes[at];
  }

  /**
   * Adds up {@code count} values at {@code partials[at + b·stride]}; the sum is left at {@code partials[at]} and returned, intermediate sums in the
   * other places. 0 if there are none, and then nothing is written.
   */
  public static double treeSum(double[] partials, int at, int count, int stride) {
    for (int left = count; left > 1; left -= left / 2) {
      int add = left / 2;
      for (int i = 0; i < add; i++) {
        partials[at + i * stride] += partials[at + (left - add + i) * stride];
      }
    }
    return count == 0 ? 0 : partials[at];
  }

  /** The largest of {@code count} values at {@code partials[at + b·stride]}, NaN if one is, 0 if there are none; left as by {@link #treeSum}. */
  public static double treeMax(double[] partials, int at, int count, int stride) {
    for (int left = count; left > 1; left -= left / 2) {
      int add = left / 2;
      for (int i = 0; i < add; i++) {
        partials[at + i * stride] = Math.max(partials[at + i * stride], partials[at + (left - add + i) * stride]);
      }
    }
    return count == 0 ? 0 : partials[at];
  }
}
