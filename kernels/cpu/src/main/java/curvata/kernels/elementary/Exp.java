package curvata.kernels.elementary;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function of floats.
 *
 * <pre>
 *   n ← round(x / ln 2),   r ← x − n ln 2   (ln 2 in two parts),   |r| ≤ ln 2 / 2
 *   eˣ = 2ⁿ eʳ,            eʳ ≈ 1 + r (1 + r (C2 + r (C3 + r (C4 + r (C5 + r C6)))))
 * </pre>
 *
 * C2 … C6 minimize the largest relative error (0.06 · 2⁻²⁴), found by linear programming, each rounded to float with the later ones refitted. 2ⁿ is
 * applied in two factors, of which the first is exact, so that subnormal results are rounded once and overflow comes where it should.
 *
 * <p>Error at most {@value #MAX_ULP} ulp over all floats, subnormal results included. From 88.72284 up the result is ∞, below −103.97208 it is 0;
 * e⁻∞ = 0, e⁰ = 1 for either zero, NaN gives some NaN. Scalar method, plain loop and Vector API give the same bits (NaN apart) for any vector width,
 * with hardware fused multiply-add.
 *
 * @see <a href="https://doi.org/10.1007/978-1-4899-7983-4">Muller: Elementary Functions, 3rd edition, ch. 11 (range reduction in two parts)</a>
 */
public final class Exp {
  /** Largest error in units in the last place of the exact result, over all floats; measured over all 2³² of them by the test in its full form. */
  public static final double MAX_ULP = 0.892;

  static final float LOG2_E = 0x1.715476p0f;
  static final float LN2_HIGH = 0x1.62e43p-1f;
  static final float LN2_LOW = -0x1.05c61p-29f; // ln 2 − LN2_HIGH
  static final float C2 = 0x1.fffffcp-2f;
  static final float C3 = 0x1.555492p-3f;
  static final float C4 = 0x1.5558acp-5f;
  static final float C5 = 0x1.12397cp-7f;
  static final float C6 = 0x1.6a511ap-10f;

  // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits; with 254 on top these hold n + 254, twice the exponent bias.
  static final float ROUND = 0x1.8p23f + 254;
  static final float HIGHEST = 89; // 2¹²⁸ · 1.09: infinite
  static final float LOWEST = -104; // 2⁻¹⁵⁰ · 0.97: rounds to 0

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Exp() {}

  /** eˣ, the same bits as {@link #exp(float[], float[], int, int)}. */
  public static float exp(float x) {
    float c = x > HIGHEST ? HIGHEST : x;
    c = c < LOWEST ? LOWEST : c;
    float z = Math.fma(c, LOG2_E, ROUND);
    float n = z - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, c));
    float q = Math.fma(r, C6, C5);
    q = Math.fma(q, r, C4);
    q = Math.fma(q, r, C3);
    q = Math.fma(q, r, C2);
    q = Math.fma(q, r, 1);
    float p = Math.fma(q, r, 1);
    int sum = Float.floatToRawIntBits(z);
    int half = sum >>> 1;
    return p * Float.intBitsToFloat(half << 23) * Float.intBitsToFloat((sum - half) << 23);
  }

  /**
   * Sets y[i] to e to the power x[i] for from ≤ i &lt; to; nothing else is written and nothing allocated.
   *
   * @param x arguments
   * @param y results; may be x itself
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit an array; nothing is written then
   */
  public static void exp(float[] x, float[] y, int from, int to) {
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
      y[i] = exp(x[i]);
    }
  }

  static final class Simd {
    static void range(float[] x, float[] y, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var c = FloatVector.fromArray(F, x, i);
        c = c.blend(HIGHEST, c.compare(VectorOperators.GT, HIGHEST));
        c = c.blend(LOWEST, c.compare(VectorOperators.LT, LOWEST));
        var z = c.fma(LOG2_E, ROUND);
        var n = z.sub(ROUND);
        var r = n.fma(of(-LN2_LOW), n.fma(of(-LN2_HIGH), c));
        var q = r.fma(C6, C5);
        q = q.fma(r, of(C4));
        q = q.fma(r, of(C3));
        q = q.fma(r, of(C2));
        q = q.fma(r, of(1));
        var p = q.fma(r, of(1));
        var sum = z.reinterpretAsInts();
        var half = sum.lanewise(VectorOperators.LSHR, 1);
        p.mul(half.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
            .mul(sum.sub(half).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
            .intoArray(y, i);
      }
      scalar(x, y, i, to);
    }

    private static FloatVector of(float value) {
      return FloatVector.broadcast(F, value);
    }
  }
}
