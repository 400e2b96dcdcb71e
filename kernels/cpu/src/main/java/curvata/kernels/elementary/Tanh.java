package curvata.kernels.elementary;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The hyperbolic tangent of floats.
 *
 * <pre>
 *   |x| &lt; 5/8:   tanh x ≈ x + x³ (S3 + x² (S5 + x² (S7 + x² (S9 + x² S11))))
 *   otherwise:   tanh |x| = 1 − 2 / (e²ˡˣˡ + 1),   the exponential with the polynomial of {@link Exp} in x − n ln 2 / 2
 * </pre>
 *
 * S3 … S11 minimize the largest relative error (0.08 · 2⁻²⁴), found by linear programming, each rounded to float with the later ones refitted.
 *
 * <p>Error at most {@value #MAX_ULP} ulp over all floats. Odd, also in the sign of zero; |tanh x| ≤ 1, and = 1 from |x| = 9.011 on; tanh ±∞ = ±1; NaN
 * gives some NaN. Scalar method, plain loop and Vector API give the same bits (NaN apart) for any vector width, with hardware fused multiply-add.
 */
public final class Tanh {
  /** Largest error in units in the last place of the exact result, over all floats; measured over all 2³² of them by the test in its full form. */
  public static final double MAX_ULP = 1.363;

  private static final float S3 = -0x1.555532p-2f;
  private static final float S5 = 0x1.1106f6p-3f;
  private static final float S7 = -0x1.b835a4p-5f;
  private static final float S9 = 0x1.51f8cep-6f;
  private static final float S11 = -0x1.750ce4p-8f;

  private static final float SMALL = 0.625f;
  private static final float LARGE = 10; // 1 by far; keeps 2ⁿ finite
  private static final float ROUND = 0x1.8p23f + 127; // as in Exp, with the exponent bias once: n ≤ 29 needs one factor

  // The constants of Exp for e²ʳ in r: powers of two times them, exact.
  private static final float TWO_LOG2_E = 2 * Exp.LOG2_E;
  private static final float HALF_LN2_HIGH = Exp.LN2_HIGH / 2;
  private static final float HALF_LN2_LOW = Exp.LN2_LOW / 2;
  private static final float C2 = 4 * Exp.C2;
  private static final float C3 = 8 * Exp.C3;
  private static final float C4 = 16 * Exp.C4;
  private static final float C5 = 32 * Exp.C5;
  private static final float C6 = 64 * Exp.C6;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Tanh() {}

  /** tanh x, the same bits as {@link #tanh(float[], float[], int, int)}. */
  public static float tanh(float x) {
    float a = Math.abs(x);
    float c = a > LARGE ? LARGE : a;
    float z = Math.fma(c, TWO_LOG2_E, ROUND);
    float n = z - ROUND;
    float r = Math.fma(n, -HALF_LN2_LOW, Math.fma(n, -HALF_LN2_HIGH, c));
    float q = Math.fma(r, C6, C5);
    q = Math.fma(q, r, C4);
    q = Math.fma(q, r, C3);
    q = Math.fma(q, r, C2);
    q = Math.fma(q, r, 2);
    float e = Math.fma(q, r, 1) * Float.intBitsToFloat(Float.floatToRawIntBits(z) << 23);
    float large = 1 - 2 / (e + 1);
    float u = a * a;
    float s = Math.fma(u, S11, S9);
    s = Math.fma(s, u, S7);
    s = Math.fma(s, u, S5);
    s = Math.fma(s, u, S3);
    float small = Math.fma(s * u, a, a);
    return Math.copySign(a < SMALL ? small : large, x);
  }

  /**
   * Sets y[i] to tanh x[i] for from ≤ i &lt; to; nothing else is written and nothing allocated.
   *
   * @param x arguments
   * @param y results; may be x itself
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit an array; nothing is written then
   */
  public static void tanh(float[] x, float[] y, int from, int to) {
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
      y[i] = tanh(x[i]);
    }
  }

  static final class Simd {
    static void range(float[] x, float[] y, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var v = FloatVector.fromArray(F, x, i);
        var a = v.abs();
        var c = a.blend(LARGE, a.compare(VectorOperators.GT, LARGE));
        var z = c.fma(TWO_LOG2_E, ROUND);
        var n = z.sub(ROUND);
        var r = n.fma(of(-HALF_LN2_LOW), n.fma(of(-HALF_LN2_HIGH), c));
        var q = r.fma(C6, C5);
        q = q.fma(r, of(C4));
        q = q.fma(r, of(C3));
        q = q.fma(r, of(C2));
        q = q.fma(r, of(2));
        var e = q.fma(r, of(1)).mul(z.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        var large = of(1).sub(of(2).div(e.add(1)));
        var u = a.mul(a);
        var s = u.fma(S11, S9);
        s = s.fma(u, of(S7));
        s = s.fma(u, of(S5));
        s = s.fma(u, of(S3));
        var y0 = large.blend(s.mul(u).fma(a, a), a.compare(VectorOperators.LT, SMALL));
        var sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
        y0.reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(y, i);
      }
      scalar(x, y, i, to);
    }

    private static FloatVector of(float value) {
      return FloatVector.broadcast(F, value);
    }
  }
}
