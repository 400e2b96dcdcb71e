package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Fused AdamW update in place, one pass over memory; with all scalars at hand it is Adam with decoupled weight decay.
 *
 * <pre>
 *   m ← β₁ m + (1 − β₁) g
 *   v ← β₂ v + (1 − β₂) g²
 *   θ ← (1 − η λ) θ − (η / (1 − β₁ᵗ)) m / (√v / √(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * {@link #AMSGRAD} keeps the largest v so far and divides by its root: {@code w ← max(w, v)}.
 *
 * <p>θ, g, m, v (and w): one layout, distinct arrays. Reads 16 and writes 12 bytes per element (AMSGrad 20 and 16); allocates nothing. Scalar and SIMD
 * results are equal bit for bit. NaN and infinite gradients propagate; zero gradients with zero state leave only the decay; g² below 1e-45 is 0.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov, Hutter: Decoupled Weight Decay Regularization, Alg. 2</a>
 * @see <a href="https://arxiv.org/abs/1904.09237">Reddi, Kale, Kumar: On the Convergence of Adam and Beyond, Alg. 2 (AMSGrad)</a>
 */
public final class AdamWUpdate {
  /**
   * Scalars of one step.
   *
   * @param decay 1 − η λ
   * @param step −η / (1 − β₁ᵗ)
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param rootScale 1 / √(1 − β₂ᵗ)
   * @param eps ε
   */
  public record Scalars(
      float decay, float step, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float rootScale, float eps) {}

  /** The update with state m, v. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of("adamw", Scalars.class, update("theta"), read("g"), update("m"), update("v"), AdamWUpdate::scalar, () -> Simd::range);

  /** The update with state m, v, w, where w is the largest v so far. */
  public static final Kernel<Scalars> AMSGRAD =
      Kernel.of(
          "adamw_amsgrad", Scalars.class, update("theta"), read("g"), update("m"), update("v"), update("w"),
          AdamWUpdate::scalarMax, () -> Simd::rangeMax);

  private AdamWUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] m, float[] v, int from, int to) {
    for (int i = from; i < to; i++) {
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(g[i] * g[i], s.oneMinusBeta2, v[i] * s.beta2);
      theta[i] = Math.fma(theta[i], s.decay, (m[i] * s.step) / Math.fma((float) Math.sqrt(v[i]), s.rootScale, s.eps));
    }
  }

  static void scalarMax(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] w, int from, int to) {
    for (int i = from; i < to; i++) {
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      v[i] = Math.fma(g[i] * g[i], s.oneMinusBeta2, v[i] * s.beta2);
      w[i] = Math.max(w[i], v[i]);
      theta[i] = Math.fma(theta[i], s.decay, (m[i] * s.step) / Math.fma((float) Math.sqrt(w[i]), s.rootScale, s.eps));
    }
  }

  /**
   * All loads of a turn before its stores: a load behind a store whose address agrees in the last 12 bits waits for it, and arrays of one length often
   * lie so. Two vectors a turn keep the divider busier than one, and multiply-adds leave it more of its pipe. No helper
   * takes or returns a vector, and what a turn needs is broadcast before the loop: a larger body leaves the compiler's inlining budget in some runs,
   * and every vector is then boxed.
   */
  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] m, float[] v, int from, int to) {
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
        var gi = FloatVector.fromArray(F, g, i);
        var gj = FloatVector.fromArray(F, g, j);
        var ti = FloatVector.fromArray(F, theta, i);
        var tj = FloatVector.fromArray(F, theta, j);
        var mi = gi.fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(beta1));
        var mj = gj.fma(oneMinusBeta1, FloatVector.fromArray(F, m, j).mul(beta1));
        var vi = gi.mul(gi).fma(oneMinusBeta2, FloatVector.fromArray(F, v, i).mul(beta2));
        var vj = gj.mul(gj).fma(oneMinusBeta2, FloatVector.fromArray(F, v, j).mul(beta2));
        ti = ti.fma(decay, mi.mul(step).div(vi.sqrt().fma(rootScale, eps)));
        tj = tj.fma(decay, mj.mul(step).div(vj.sqrt().fma(rootScale, eps)));
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
        var gi = FloatVector.fromArray(F, g, i);
        var ti = FloatVector.fromArray(F, theta, i);
        var mi = gi.fma(FloatVector.broadcast(F, s.oneMinusBeta1), FloatVector.fromArray(F, m, i).mul(s.beta1));
        var vi = gi.mul(gi).fma(FloatVector.broadcast(F, s.oneMinusBeta2), FloatVector.fromArray(F, v, i).mul(s.beta2));
        var wi = FloatVector.fromArray(F, w, i).max(vi);
        var root = wi.sqrt().fma(FloatVector.broadcast(F, s.rootScale), FloatVector.broadcast(F, s.eps));
        var next = ti.fma(FloatVector.broadcast(F, s.decay), mi.mul(s.step).div(root));
        mi.intoArray(m, i);
        vi.intoArray(v, i);
        wi.intoArray(w, i);
        next.intoArray(theta, i);
      }
      scalarMax(s, theta, g, m, v, w, i, to);
    }
  }
}
