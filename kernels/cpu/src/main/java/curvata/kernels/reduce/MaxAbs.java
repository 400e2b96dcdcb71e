package curvata.kernels.reduce;

import static curvata.kernels.internal.Species.D;
import static curvata.kernels.internal.Species.F;
import static curvata.kernels.internal.Species.I;
import static curvata.kernels.reduce.Blocks.LANES;

import curvata.kernels.Backend;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Largest magnitudes in sixteen double lanes: max |x|.
 *
 * <pre>
 *   lane l ← max(lane l, |x[i]|)   for i = from, …, to − 1 with (i − from) mod 16 = l
 * </pre>
 *
 * <p>Exact. Lanes start at 0 and are folded by {@link Blocks#foldMax}. Reads 4 bytes per element; allocates nothing. A lane that meets a NaN is NaN,
 * also beside infinities. Magnitudes are compared as the integers their bits are: same order, and NaN above all.
 */
public final class MaxAbs {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int MAGNITUDE = 0x7fffffff;

  private MaxAbs() {}

  /**
   * Raises the {@value Blocks#LANES} lanes at {@code lanes[at]} to the magnitudes of x[from], …, x[to − 1].
   *
   * @param from first element, for lane 0
   * @param to end of the elements
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
      lanes[at + l] = Math.max(lanes[at + l], Math.abs(x[from + l]));
    }
  }

  static final class Simd {
    static void accumulate(float[] x, int from, int to, double[] lanes, int at) {
      int end = from + ((to - from) & -LANES);
      for (int lane = 0; lane < LANES; lane += I.length()) {
        sweep(x, from + lane, end, lanes, at + lane);
      }
      scalar(x, end, to, lanes, at);
    }

    private static void sweep(float[] x, int from, int end, double[] lanes, int at) {
      var a = IntVector.zero(I);
      for (int i = from; i < end; i += LANES) {
        a = a.max(FloatVector.fromArray(F, x, i).reinterpretAsInts().and(MAGNITUDE));
      }
      raise(a.reinterpretAsFloats(), 0, lanes, at);
      raise(a.reinterpretAsFloats(), 1, lanes, at + D.length());
    }

    private static void raise(FloatVector magnitudes, int half, double[] lanes, int at) {
      var wide = (DoubleVector) magnitudes.convertShape(VectorOperators.F2D, D, half);
      DoubleVector.fromArray(D, lanes, at).max(wide).intoArray(lanes, at);
    }
  }
}
