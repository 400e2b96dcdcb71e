package curvata.kernels.elementary;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The logistic sigmoid of floats.
 *
 * <pre>
 *   e ← e⁻ˡˣˡ,   y ← e / (1 + e),   y ← y + (e − y − y e) (1 − y)   (takes out the rounding of 1 + e and of the quotient)
 *   σ(x) = y for x &lt; 0,   1 − y otherwise
 * </pre>
 *
 * The exponential is that of {@link Exp}, bit for bit.
 *
 * <p>Error at most {@value #MAX_ULP} ulp over all floats, subnormal results of the lower tail included. σ(±0) = 1/2, σ(∞) = 1, σ(−∞) = 0, NaN
 * gives some NaN. Scalar method, plain loop and Vector API give the same bits (NaN apart) for any vector width, with hardware fused multiply-add.
 */
public final class Sigmoid {
  /** Largest error in units in the last place of the exact result, over all floats; measured over all 2³² of them by the test in its full form. */
  public static final double MAX_ULP = 1.48;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Sigmoid() {}

  /** 1 / (1 + e⁻ˣ), the same bits as {@link #sigmoid(float[], float[], int, int)}. */
  public static float sigmoid(float x) {
    float e = Exp.exp(-Math.abs(x));
    float y = e / (e + 1);
    y = Math.fma(Math.fma(-y, e, e - y), 1 - y, y);
    return x < 0 ? y : 1 - y;
  }

  /**
   * Sets y[i] to 1 / (1 + e⁻ˣ) at x[i] for from ≤ i &lt; to; nothing else is written and nothing allocated.
   *
   * @param x arguments
   * @param y results; may be x itself
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit an array; nothing is written then
   */
  public static void sigmoid(float[] x, float[] y, int from, int to) {
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
      y[i] = sigmoid(x[i]);
    }
  }

  static final class Simd {
    static void range(float[] x, float[] y, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var v = FloatVector.fromArray(F, x, i);
        var c = v.abs().neg();
        c = c.blend(Exp.LOWEST, c.compare(VectorOperators.LT, Exp.LOWEST));
        var z = c.fma(Exp.LOG2_E, Exp.ROUND);
        var n = z.sub(Exp.ROUND);
        var r = n.fma(of(-Exp.LN2_LOW), n.fma(of(-Exp.LN2_HIGH), c));
        var q = r.fma(Exp.C6, Exp.C5);
        q = q.fma(r, of(Exp.C4));
        q = q.fma(r, of(Exp.C3));
        q = q.fma(r, of(Exp.C2));
        q = q.fma(r, of(1));
        var p = q.fma(r, of(1));
        var sum = z.reinterpretAsInts();
        var half = sum.lanewise(VectorOperators.LSHR, 1);
        var e = p.mul(half.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
            .mul(sum.sub(half).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        var y0 = e.div(e.add(1));
        y0 = y0.neg().fma(e, e.sub(y0)).fma(of(1).sub(y0), y0);
        of(1).sub(y0).blend(y0, v.compare(VectorOperators.LT, 0)).intoArray(y, i);
      }
      scalar(x, y, i, to);
    }

    private static FloatVector of(float value) {
      return FloatVector.broadcast(F, value);
    }
  }
}
