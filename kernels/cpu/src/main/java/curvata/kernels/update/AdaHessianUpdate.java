package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Fused AdaHessian update in place, one pass over memory: Adam with an estimate h of the Hessian's diagonal where Adam squares the gradient.
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) h²
 *   θ ← (1 − η λ) θ − (η / (1 − β₁ᵗ)) m / (√vᵏ / √(1 − β₂ᵗ)ᵏ + ε)        ({@link #KERNEL}: k = 1;  {@link #POWER}: 0 &lt; k &lt; 1)
 * </pre>
 *
 * <p>θ, g, m, v, h: one layout, distinct arrays; the sign of h does not matter. Reads 20 and writes 12 bytes per element; allocates nothing. Scalar and
 * SIMD results are equal bit for bit. √vᵏ errs by at most {@value #POWER_ERROR} · 2⁻²⁴ of its value where k &lt; 1. NaN propagates, an infinite
 * g too; where v is infinite θ only decays; zero gradients with zero state leave only the decay; h² below 1e-45 is 0.
 *
 * @see <a href="https://arxiv.org/abs/2006.00719">Yao, Gholami, Shen, Mustafa, Keutzer, Mahoney: AdaHessian, Alg. 1</a>
 */
public final class AdaHessianUpdate {
  /**
   * Scalars of one step.
   *
   * @param decay 1 − η λ
   * @param step −η / (1 − β₁ᵗ)
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param power k; not used by {@link #KERNEL}
   * @param rootScale 1 / √(1 − β₂ᵗ)ᵏ
   * @param eps ε
   */
  public record Scalars(
      float decay, float step, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float power, float rootScale, float eps) {}

  /** Largest relative error of √vᵏ for 0 &lt; k &lt; 1, in units of 2⁻²⁴. */
  public static final double POWER_ERROR = 4;

  /** The update with k = 1. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of(
          "adahessian", Scalars.class, update("theta"), read("g"), update("m"), update("v"), read("diagonal"),
          AdaHessianUpdate::scalar, () -> Simd::range);

  /** The update with 0 &lt; k &lt; 1. */
  public static final Kernel<Scalars> POWER =
      Kernel.of(
          "adahessian_power", Scalars.class, update("theta"), read("g"), update("m"), update("v"), read("diagonal"),
          AdaHessianUpdate::scalarPower, () -> Simd::rangePower);

  private AdaHessianUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] h, int from, int to) {
    for (int i = from; i < to; i++) {
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(h[i] * h[i], s.oneMinusBeta2, v[i] * s.beta2);
      theta[i] = Math.fma(theta[i], s.decay, (m[i] * s.step) / Math.fma((float) Math.sqrt(v[i]), s.rootScale, s.eps));
    }
  }

  static void scalarPower(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] h, int from, int to) {
    for (int i = from; i < to; i++) {
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(h[i] * h[i], s.oneMinusBeta2, v[i] * s.beta2);
      theta[i] = Math.fma(theta[i], s.decay, (m[i] * s.step) / Math.fma(RootPower.of(v[i], s.power), s.rootScale, s.eps));
    }
  }

  /** Shaped as {@link AdamWUpdate}'s, for the reasons given there. */
  static final class Simd {
    private static final int CHUNK = 1024; // of five arrays in the first-level cache

    static void range(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] h, int from, int to) {
      var decay = FloatVector.broadcast(F, s.decay);
      var step = FloatVector.broadcast(F, s.step);
      var beta1 = FloatVector.broadcast(F, s.beta1);
      var oneMinusBeta1 = FloatVector.broadcast(F, s.oneMinusBeta1);
      var beta2 = FloatVector.broadcast(F, s.beta2);
      var oneMinusBeta2 = FloatVector.broadcast(F, s.oneMinusBeta2);
      var rootScale = FloatVector.broadcast(F, s.rootScale);
      var eps = FloatVector.broadcast(F, s.eps);
      int i = from;
      for (int end = to - 2 * F.length(); i <= end; i += 2 * F.length()) {
        int j = i + F.length();
        var hi = FloatVector.fromArray(F, h, i);
        var hj = FloatVector.fromArray(F, h, j);
        var ti = FloatVector.fromArray(F, theta, i);
        var tj = FloatVector.fromArray(F, theta, j);
        var mi = FloatVector.fromArray(F, g, i).fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(beta1));
        var mj = FloatVector.fromArray(F, g, j).fma(oneMinusBeta1, FloatVector.fromArray(F, m, j).mul(beta1));
        var vi = hi.mul(hi).fma(oneMinusBeta2, FloatVector.fromArray(F, v, i).mul(beta2));
        var vj = hj.mul(hj).fma(oneMinusBeta2, FloatVector.fromArray(F, v, j).mul(beta2));
        ti = ti.fma(decay, mi.mul(step).div(vi.sqrt().fma(rootScale, eps)));
        tj = tj.fma(decay, mj.mul(step).div(vj.sqrt().fma(rootScale, eps)));
        mi.intoArray(m, i);
        mj.intoArray(m, j);
        vi.intoArray(v, i);
        vj.intoArray(v, j);
        ti.intoArray(theta, i);
        tj.intoArray(theta, j);
      }
      scalar(s, theta, g, m, v, h, i, to);
    }

    /** Moments and step are loops of their own: in one body they would leave the compiler's inlining budget. */
    static void rangePower(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] h, int from, int to) {
      int end = from + F.loopBound(to - from);
      for (int chunk = from; chunk < end; chunk += CHUNK) {
        int chunkEnd = Math.min(chunk + CHUNK, end);
        moments(s, g, m, v, h, chunk, chunkEnd);
        step(s, theta, m, v, chunk, chunkEnd);
      }
      scalarPower(s, theta, g, m, v, h, end, to);
    }

    private static void moments(Scalars s, float[] g, float[] m, float[] v, float[] h, int from, int to) {
      var oneMinusBeta1 = FloatVector.broadcast(F, s.oneMinusBeta1);
      var oneMinusBeta2 = FloatVector.broadcast(F, s.oneMinusBeta2);
      for (int i = from; i < to; i += F.length()) {
        var hi = FloatVector.fromArray(F, h, i);
        var mi = FloatVector.fromArray(F, g, i).fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(s.beta1));
        var vi = hi.mul(hi).fma(oneMinusBeta2, FloatVector.fromArray(F, v, i).mul(s.beta2));
        mi.intoArray(m, i);
        vi.intoArray(v, i);
      }
    }

    /** {@link RootPower#of}, line by line, and the step. */
    private static void step(Scalars s, float[] theta, float[] m, float[] v, int from, int to) {
      for (int i = from; i < to; i += F.length()) {
        var x = FloatVector.fromArray(F, v, i).sqrt();
        var bits = x.reinterpretAsInts();
        var exponent = bits.sub(RootPower.TWO_THIRDS).lanewise(VectorOperators.ASHR, 23);
        var e = exponent.add(RootPower.WHOLE).reinterpretAsFloats().sub(RootPower.WHOLE_VALUE);
        var f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1);
        var p = f.fma(RootPower.L9, RootPower.L8);
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L7));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L6));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L5));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L4));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L3));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L2));
        p = p.fma(f, FloatVector.broadcast(F, RootPower.L1));
        var l = p.fma(f, FloatVector.broadcast(F, RootPower.L0)).mul(f);
        var k = FloatVector.broadcast(F, s.power);
        var high = e.mul(k);
        var low = e.fma(k, high.neg());
        var z = l.fma(k, high).add(RootPower.ROUND);
        var r = l.fma(k, high.sub(z.sub(RootPower.ROUND)).add(low));
        var q = r.fma(RootPower.E5, RootPower.E4);
        q = q.fma(r, FloatVector.broadcast(F, RootPower.E3));
        q = q.fma(r, FloatVector.broadcast(F, RootPower.E2));
        q = q.fma(r, FloatVector.broadcast(F, RootPower.E1));
        q = q.fma(r, FloatVector.broadcast(F, RootPower.E0));
        var y = q.fma(r, FloatVector.broadcast(F, 1)).mul(z.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        y = x.blend(y, x.compare(VectorOperators.GT, 0f));
        y = y.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        var d = y.fma(FloatVector.broadcast(F, s.rootScale), FloatVector.broadcast(F, s.eps));
        var next = FloatVector.fromArray(F, theta, i).fma(FloatVector.broadcast(F, s.decay), FloatVector.fromArray(F, m, i).mul(s.step).div(d));
        next.intoArray(theta, i);
      }
    }
  }
}
