package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Fused Adam update in place, one pass over memory; weight decay is added to the gradient.
 *
 * <pre>
 *   g' = g + λ θ                          (L2)
 *   m ← β₁ m + (1 − β₁) g'
 *   v ← β₂ v + (1 − β₂) g'²
 *   θ ← θ − (η / (1 − β₁ᵗ)) m / (√v / √(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * {@link #AMSGRAD} keeps the largest v so far and divides by its root: {@code w ← max(w, v)}.
 *
 * <p>θ, g, m, v (and w): one layout, distinct arrays. Reads 16 and writes 12 bytes per element (AMSGrad 20 and 16); allocates nothing. Scalar and SIMD
 * results are equal bit for bit. NaN and infinite gradients propagate; zero gradients with zero state and λ = 0 leave θ where it is; g'² below 1e-45
 * is 0.
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma, Ba: Adam, Alg. 1</a>
 * @see <a href="https://arxiv.org/abs/1904.09237">Reddi, Kale, Kumar: On the Convergence of Adam and Beyond, Alg. 2 (AMSGrad)</a>
 */
public final class AdamUpdate {
  /**
   * Scalars of one step.
   *
   * @param weightDecay λ
   * @param step −η / (1 − β₁ᵗ)
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param rootScale 1 / √(1 − β₂ᵗ)
   * @param eps ε
   */
  public record Scalars(
      float weightDecay, float step, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float rootScale, float eps) {}

  /** The update with state m, v. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of("adam", Scalars.class, update("theta"), read("g"), update("m"), update("v"), AdamUpdate::scalar, () -> Simd::range);

  /** The update with state m, v, w, where w is the largest v so far. */
  public static final Kernel<Scalars> AMSGRAD =
      Kernel.of(
          "adam_amsgrad", Scalars.class, update("theta"), read("g"), update("m"), update("v"), update("w"),
          AdamUpdate::scalarMax, () -> Simd::rangeMax);

  private AdamUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] m, float[] v, int from, int to) {
    for (int i = from; i < to; i++) {
      float gi = Math.fma(theta[i], s.weightDecay, g[i]);
      m[i] = Math.fma(gi, s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(gi * gi, s.oneMinusBeta2, v[i] * s.beta2);
      theta[i] = theta[i] + (m[i] * s.step) / Math.fma((float) Math.sqrt(v[i]), s.rootScale, s.eps);
    }
  }

  static void scalarMax(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] w, int from, int to) {
    for (int i = from; i < to; i++) {
      float gi = Math.fma(theta[i], s.weightDecay, g[i]);
      m[i] = Math.fma(gi, s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(gi * gi, s.oneMinusBeta2, v[i] * s.beta2);
      w[i] = Math.max(w[i], v[i]);
      theta[i] = theta[i] + (m[i] * s.step) / Math.fma((float) Math.sqrt(w[i]), s.rootScale, s.eps);
    }
  }

  /** Shaped as {@link AdamWUpdate}'s, for the reasons given there. */
  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] m, float[] v, int from, int to) {
      var weightDecay = FloatVector.broadcast(F, s.weightDecay);
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
        var ti = FloatVector.fromArray(F, theta, i);
        var tj = FloatVector.fromArray(F, theta, j);
        var gi = ti.fma(weightDecay, FloatVector.fromArray(F, g, i));
        var gj = tj.fma(weightDecay, FloatVector.fromArray(F, g, j));
        var mi = gi.fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(beta1));
        var mj = gj.fma(oneMinusBeta1, FloatVector.fromArray(F, m, j).mul(beta1));
        var vi = gi.mul(gi).fma(oneMinusBeta2, FloatVector.fromArray(F, v, i).mul(beta2));
        var vj = gj.mul(gj).fma(oneMinusBeta2, FloatVector.fromArray(F, v, j).mul(beta2));
        ti = ti.add(mi.mul(step).div(vi.sqrt().fma(rootScale, eps)));
        tj = tj.add(mj.mul(step).div(vj.sqrt().fma(rootScale, eps)));
        mi.intoArray(m, i);
        mj.intoArray(m, j);
        vi.intoArray(v, i);
        vj.intoArray(v, j);
        ti.intoArray(theta, i);
        tj.intoArray(theta, j);
      }
      scalar(s, theta, g, m, v, i, to);
    }

    static void rangeMax(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] w, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var ti = FloatVector.fromArray(F, theta, i);
        var gi = ti.fma(FloatVector.broadcast(F, s.weightDecay), FloatVector.fromArray(F, g, i));
        var mi = gi.fma(FloatVector.broadcast(F, s.oneMinusBeta1), FloatVector.fromArray(F, m, i).mul(s.beta1));
        var vi = gi.mul(gi).fma(FloatVector.broadcast(F, s.oneMinusBeta2), FloatVector.fromArray(F, v, i).mul(s.beta2));
        var wi = FloatVector.fromArray(F, w, i).max(vi);
        var root = wi.sqrt().fma(FloatVector.broadcast(F, s.rootScale), FloatVector.broadcast(F, s.eps));
        var next = ti.add(mi.mul(s.step).div(root));
        mi.intoArray(m, i);
        vi.intoArray(v, i);
        wi.intoArray(w, i);
        next.intoArray(theta, i);
      }
      scalarMax(s, theta, g, m, v, w, i, to);
    }
  }
}
