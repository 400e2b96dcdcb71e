package curvata.kernels.reduce;

import static curvata.kernels.internal.Species.D;
import static curvata.kernels.reduce.Blocks.LANES;
import static curvata.kernels.reduce.Wide.wide;

import curvata.kernels.Backend;
import jdk.incubator.vector.DoubleVector;

/**
 * Sums of squares in sixteen double lanes: Σx², widened to double before squaring.
 *
 * <pre>
 *   lane l ← lane l + x[i]²   for i = from, …, to − 1 with (i − from) mod 16 = l, in ascending order
 * </pre>
 *
 * <p>A square is exact (24 bits doubled fit 53), so fused and separate operations agree; 10³⁸ does not overflow and 10⁻⁴⁵ does not vanish. Lanes are
 * folded by {@link Blocks}. Reads 4 bytes per element; allocates nothing. Scalar and SIMD give the same bits at any vector width. NaN and infinities
 * propagate, each in its lane.
 */
public final class SumOfSquares {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private SumOfSquares() {}

  /**
   * Adds the squares of x[from], …, x[to − 1] to the {@value Blocks#LANES} lanes at {@code lanes[at]}.
   *
   * @param from first element, for lane 0: what was added to these lanes before was a multiple of {@value Blocks#LANES} elements
   * @param to end of the elements; a sweep of at most a few thousand stays in the first-level cache
   */
  public static void accumulate(float[] x, int from, int to, double[] lanes, int at) {
    if (SIMD) {
      Simd.accumulate(x, from, to, lanes, at);
    } else {
      scalar(x, from, to, lanes, at);
    }
  }

  static void scalar(float[] x, int from, int to, double[] lanes, int at) {
    int i = from;
    for (; i <= to - LANES; i += LANES) { // a loop over lanes is vectorized where one over elements is not
      group(x, i, LANES, lanes, at);
    }
    group(x, i, to - i, lanes, at);
  }

  private static void group(float[] x, int from, int count, double[] lanes, int at) {
    for (int l = 0; l < count; l++) {
      double wide = x[from + l];
      lanes[at + l] += wide * wide;
    }
  }

  static final class Simd {
    // Chains in flight: all 16 at 512 bits in two vectors, at 256 bits in four; two at 256 bits ran at 0.6 of the speed.
    private static final boolean FOUR = D.length() <= 4;

    static void accumulate(float[] x, int from, int to, double[] lanes, int at) {
      int end = from + ((to - from) & -LANES);
      for (int lane = 0; lane < LANES; lane += (FOUR ? 4 : 2) * D.length()) {
        sweep(x, from + lane, end, lanes, at + lane);
      }
      scalar(x, end, to, lanes, at);
    }

    private static void sweep(float[] x, int from, int end, double[] lanes, int at) {
      var a = DoubleVector.fromArray(D, lanes, at);
      var b = DoubleVector.fromArray(D, lanes, at + D.length());
      var c = FOUR ? DoubleVector.fromArray(D, lanes, at + 2 * D.length()) : a;
      var d = FOUR ? DoubleVector.fromArray(D, lanes, at + 3 * D.length()) : b;
      for (int i = from; i < end; i += LANES) {
        var p = wide(x, i);
        a = p.fma(p, a);
        var q = wide(x, i + D.length());
        b = q.fma(q, b);
        if (FOUR) {
          var r = wide(x, i + 2 * D.length());
          c = r.fma(r, c);
          var s = wide(x, i + 3 * D.length());
          d = s.fma(s, d);
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
