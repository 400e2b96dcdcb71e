package curvata.kernels.update;

/**
 * Fractional powers of square roots: √vᵏ for 0 ≤ k ≤ 1.
 *
 * <pre>
 *   x = √v = 2ᵉ (1 + f),   2/3 ≤ 1 + f &lt; 4/3,   l = log₂(1 + f) ≈ f (L0 + f (L1 + … + f L9))
 *   n = round(k e + k l),   r = k e − n + k l   (k e in two parts),   |r| ≤ 1/2
 *   xᵏ = 2ⁿ 2ʳ,             2ʳ ≈ 1 + r (E0 + r (E1 + … + r E5))
 * </pre>
 *
 * L0 … L9 minimize the largest error of l (0.4 · 2⁻²⁴) and E0 … E5 the relative error of 2ʳ (0.2 · 2⁻²⁴), found by exchange, each rounded to float
 * with the later ones refitted. A root is never subnormal, and its power is between 2⁻⁷⁵ and 2⁶⁴, so that nothing leaves the range of floats.
 *
 * <p>Relative error at most {@value AdaHessianUpdate#POWER_ERROR} · 2⁻²⁴. 0 gives 0, ∞ gives ∞, NaN and negative v give NaN. The vector form stands in the loop that
 * needs it: a helper between vectors may be left out of line, and then every vector is an object.
 */
final class RootPower {
  static final float L0 = 0x1.715478p0f;
  static final float L1 = -0x1.715476p-1f;
  static final float L2 = 0x1.ec6d24p-2f;
  static final float L3 = -0x1.715568p-2f;
  static final float L4 = 0x1.27fb14p-2f;
  static final float L5 = -0x1.ec1f8ep-3f;
  static final float L6 = 0x1.9585b2p-3f;
  static final float L7 = -0x1.7304f2p-3f;
  static final float L8 = 0x1.bc914p-3f;
  static final float L9 = -0x1.49c7bap-3f;
  static final float E0 = 0x1.62e432p-1f;
  static final float E1 = 0x1.ebfbe6p-3f;
  static final float E2 = 0x1.c6ada8p-5f;
  static final float E3 = 0x1.3b2176p-7f;
  static final float E4 = 0x1.5fc8b8p-10f;
  static final float E5 = 0x1.4c6b08p-13f;

  static final int TWO_THIRDS = 0x3f2aaaab; // the bits of 2/3: exponents are counted from here
  static final int WHOLE = 0x4b400000; // the bits of 1.5 · 2²³: a small whole number added to them is added to the float
  static final float WHOLE_VALUE = 0x1.8p23f;
  static final float ROUND = 0x1.8p23f + 127; // rounds to a whole number and leaves it, plus the exponent bias, in the low bits

  private RootPower() {}

  static float of(float v, float k) {
    float x = (float) Math.sqrt(v);
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - TWO_THIRDS) >> 23;
    float e = Float.intBitsToFloat(exponent + WHOLE) - WHOLE_VALUE;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
    float p = Math.fma(f, L9, L8);
    p = Math.fma(p, f, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    float l = Math.fma(p, f, L0) * f;
    float high = e * k;
    float low = Math.fma(e, k, -high);
    float z = Math.fma(l, k, high) + ROUND;
    float r = Math.fma(l, k, high - (z - ROUND) + low);
    float q = Math.fma(r, E5, E4);
    q = Math.fma(q, r, E3);
    q = Math.fma(q, r, E2);
    q = Math.fma(q, r, E1);
    q = Math.fma(q, r, E0);
    float y = Math.fma(q, r, 1) * Float.intBitsToFloat(Float.floatToRawIntBits(z) << 23);
    y = x > 0 ? y : x;
    return x == Float.POSITIVE_INFINITY ? x : y;
  }
}
