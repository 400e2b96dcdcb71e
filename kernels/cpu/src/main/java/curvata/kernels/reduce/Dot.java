package curvata.kernels.reduce;

import static curvata.kernels.internal.Species.D;
import static curvata.kernels.reduce.Blocks.LANES;
import static curvata.kernels.reduce.Wide.wide;

import curvata.kernels.Backend;
import jdk.incubator.vector.DoubleVector;

/**
 * Dot products in sixteen double lanes: Σxy, widened to double before multiplying.
 *
 * <pre>
 *   lane l ← lane l + x[i]·y[i]   for i = from, …, to − 1 with (i − from) mod 16 = l, in ascending order
 * </pre>
 *
 * <p>A product is exact (24 bits doubled fit 53), so fused and separate operations agree; nothing overflows or vanishes. Lanes are folded by {@link
 * Blocks}. x and y may be the same array. Reads 8 bytes per element; allocates nothing. Scalar and SIMD give the same bits at any vector width. NaN
 * and infinities propagate, each in its lane; 0·∞ is NaN.
 */
public final class Dot {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Dot() {}

  /** As {@link #accumulate(float[], int, int, float[], int, double[], int)} with the same range of both arrays. */
  public static void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at) {
    accumulate(x, from, to, y, from, lanes, at);
  }

  /**
   * Adds the products x[from + k]·y[yFrom + k], k = 0, …, to − from − 1, to the {@value Blocks#LANES} lanes at {@code lanes[at]}.
   *
   * @param from first element of x, for lane 0: what was added to these lanes before was a multiple of {@value Blocks#LANES} elements
   * @param to end of the elements of x; a sweep of at most a few thousand stays in the first-level cache
   * @param yFrom first element of y
   */
  public static void accumulate(float[] x, int from, int to, float[] y, int yFrom, double[] lanes, int at) {
    if (SIMD) {
      Simd.accumulate(x, from, to, y, yFrom, lanes, at);
    } else {
      scalar(x, from, to, y, yFrom, lanes, at);
    }
  }

  static void scalar(float[] x, int from, int to, float[] y, int yFrom, double[] lanes, int at) {
    int i = from;
    for (; i <= to - LANES; i += LANES) { // a loop over lanes is vectorized where one over elements is not
      group(x, i, y, yFrom + (i - from), LANES, lanes, at);
    }
    group(x, i, y, yFrom + (i - from), to - i, lanes, at);
  }

  private static void group(float[] x, int from, float[] y, int yFrom, int count, double[] lanes, int at) {
    for (int l = 0; l < count; l++) {
      lanes[at + l] += (double) x[from + l] * y[yFrom + l];
    }
  }

  static final class Simd {
    // Chains in flight: all 16 at 512 bits in two vectors, at 256 bits in four; two at 256 bits ran at 0.6 of the speed.
    private static final boolean FOUR = D.length() <= 4;

    static void accumulate(float[] x, int from, int to, float[] y, int yFrom, double[] lanes, int at) {
      int end = from + ((to - from) & -LANES);
      for (int lane = 0; lane < LANES; lane += (FOUR ? 4 : 2) * D.length()) {
        sweep(x, from + lane, end, y, yFrom + lane, lanes, at + lane);
      }
      scalar(x, end, to, y, yFrom + (end - from), lanes, at);
    }

    private static void sweep(float[] x, int from, int end, float[] y, int yFrom, double[] lanes, int at) {
      var a = DoubleVector.fromArray(D, lanes, at);
      var b = DoubleVector.fromArray(D, lanes, at + D.length());
      var c = FOUR ? DoubleVector.fromArray(D, lanes, at + 2 * D.length()) : a;
      var d = FOUR ? DoubleVector.fromArray(D, lanes, at + 3 * D.length()) : b;
      for (int i = from, j = yFrom; i < end; i += LANES, j += LANES) {
        a = wide(x, i).fma(wide(y, j), a);
        b = wide(x, i + D.length()).fma(wide(y, j + D.length()), b);
        if (FOUR) {
          c = wide(x, i + 2 * D.length()).fma(wide(y, j + 2 * D.length()), c);
          d = wide(x, i + 3 * D.length()).fma(wide(y, j + 3 * D.length()), d);
        }
      }
      a.intoArray(lanes, at);
      b.intoArray(lanes, at + D.length());
      if (FOUR) {
        c.intoArray(lanes, at + 2 * D.length());
        d.intoArray(lanes, at + 3 * D.length());
      }
    }
  }
}
