package curvata.kernels.elementary;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The natural logarithm of floats.
 *
 * <pre>
 *   x = 2ᵏ (1 + f),   2/3 ≤ 1 + f &lt; 4/3
 *   t ← k ln 2 + f,   w ← what rounding t left over
 *   ln x = t + (w + f² (−1/2 + f (C3 + f (C4 + … + f C10))))   (ln 2 in two parts)
 * </pre>
 *
 * C3 … C10 minimize the largest relative error of ln(1 + f) (0.08 · 2⁻²⁴), found by linear programming, each rounded to float with the later ones
 * refitted. Keeping w makes the last addition the only one whose rounding counts.
 *
 * <p>Error at most {@value #MAX_ULP} ulp over all floats, subnormal arguments included. ln 1 = 0; ln of either zero is −∞; ln ∞ = ∞; negative
 * arguments and NaN give some NaN. Scalar method, plain loop and Vector API give the same bits (NaN apart) for any vector width, with hardware fused
 * multiply-add.
 */
public final class Log {
  /** Largest error in units in the last place of the exact result, over all floats; measured over all 2³² of them by the test in its full form. */
  public static final double MAX_ULP = 0.883;

  private static final float C3 = 0x1.555506p-2f;
  private static final float C4 = -0x1.fffefcp-3f;
  private static final float C5 = 0x1.99d044p-3f;
  private static final float C6 = -0x1.559c46p-3f;
  private static final float C7 = 0x1.1ed662p-3f;
  private static final float C8 = -0x1.f332a6p-4f;
  private static final float C9 = 0x1.1e678cp-3f;
  private static final float C10 = -0x1.07c964p-3f;

  private static final int TWO_THIRDS = 0x3f2aaaab; // the bits of 2/3: exponents are counted from here
  private static final int WHOLE = 0x4b400000; // the bits of 1.5 · 2²³: a small whole number added to them is added to the float
  private static final float WHOLE_VALUE = 0x1.8p23f;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Log() {}

  /** ln x, the same bits as {@link #log(float[], float[], int, int)}. */
  public static float log(float x) {
    boolean small = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(small ? x * 0x1p23f : x);
    int e = (bits - TWO_THIRDS) >> 23;
    float k = Float.intBitsToFloat(e + WHOLE) - (small ? WHOLE_VALUE + 23 : WHOLE_VALUE);
    float f = Float.intBitsToFloat(bits - (e << 23)) - 1;
    float q = Math.fma(f, C10, C9);
    q = Math.fma(q, f, C8);
    q = Math.fma(q, f, C7);
    q = Math.fma(q, f, C6);
    q = Math.fma(q, f, C5);
    q = Math.fma(q, f, C4);
    q = Math.fma(q, f, C3);
    q = Math.fma(q, f, -0.5f);
    float t = Math.fma(k, Exp.LN2_HIGH, f);
    float w = Math.fma(k, Exp.LN2_HIGH, -t) + f;
    float y = t + Math.fma(f * f, q, Math.fma(k, Exp.LN2_LOW, w));
    y = x == Float.POSITIVE_INFINITY ? x : y;
    y = x == 0 ? Float.NEGATIVE_INFINITY : y;
    return x >= 0 ? y : Float.NaN;
  }

  /**
   * Sets y[i] to ln x[i] for from ≤ i &lt; to; nothing else is written and nothing allocated.
   *
   * @param x arguments
   * @param y results; may be x itself
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit an array; nothing is written then
   */
  public static void log(float[] x, float[] y, int from, int to) {
    Checks.range("x", x, from, to);
    Checks.range("y", y, from, to);
    if (SIMD) {
      Simd.range(x, y, from, to);
    } else {
      scalar(x, y, from, to);
    }
  }

  static void scalar(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = log(x[i]);
    }
  }

  static final class Simd {
    static void range(float[] x, float[] y, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var v = FloatVector.fromArray(F, x, i);
        var small = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
        var bits = v.blend(v.mul(0x1p23f), small).reinterpretAsInts();
        var e = bits.sub(TWO_THIRDS).lanewise(VectorOperators.ASHR, 23);
        var k = e.add(WHOLE).reinterpretAsFloats().sub(of(WHOLE_VALUE).blend(WHOLE_VALUE + 23, small));
        var f = bits.sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
        var q = f.fma(C10, C9);
        q = q.fma(f, of(C8));
        q = q.fma(f, of(C7));
        q = q.fma(f, of(C6));
        q = q.fma(f, of(C5));
        q = q.fma(f, of(C4));
        q = q.fma(f, of(C3));
        q = q.fma(f, of(-0.5f));
        var t = k.fma(of(Exp.LN2_HIGH), f);
        var w = k.fma(of(Exp.LN2_HIGH), t.neg()).add(f);
        var r = t.add(f.mul(f).fma(q, k.fma(of(Exp.LN2_LOW), w)));
        r = r.blend(v, v.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        r = r.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0));
        of(Float.NaN).blend(r, v.compare(VectorOperators.GE, 0)).intoArray(y, i);
      }
      scalar(x, y, i, to);
    }

    private static FloatVector of(float value) {
      return FloatVector.broadcast(F, value);
    }
  }
}
