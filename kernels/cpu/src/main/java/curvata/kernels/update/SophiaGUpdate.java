package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Fused Sophia-G update in place, one pass over memory, with and without a fresh curvature estimate.
 *
 * <pre>
 *   h ← β₂ h + (1 − β₂) ĝ²                (only in a step that brings ĝ, the gradient of a sampled-label loss)
 *   m ← β₁ m + (1 − β₁) g
 *   θ ← (1 − η λ) θ − η clip(m / (ρ B h + 1e-15), −1, 1)
 * </pre>
 *
 * <p>The clipped quotient equals sign(m)·min(|m| / (ρ B h + 1e-15), 1). θ, g, m, h (and ĝ): one layout, distinct arrays. Reads 16 and writes 8 bytes
 * per element, 20 and 12 with an estimate; allocates nothing. Scalar and SIMD results are equal bit for bit. NaN gradients propagate; an infinite m
 * moves by η; where h = 0 any m above 1e-15 moves by η.
 *
 * @see <a href="https://arxiv.org/abs/2305.14342">Liu, Li, Hall, Liang, Ma: Sophia, Alg. 3</a>
 */
public final class SophiaGUpdate {
  /**
   * Scalars of one step.
   *
   * @param decay 1 − η λ
   * @param lr η
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param rhoBatch ρ B
   */
  public record Scalars(float decay, float lr, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float rhoBatch) {}

  /** A step without an estimate: h is read only. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of("sophiag", Scalars.class, update("theta"), read("g"), update("m"), read("h"), SophiaGUpdate::scalar, () -> Simd::range);

  /** A step that brings the estimate ĝ. */
  public static final Kernel<Scalars> WITH_ESTIMATE =
      Kernel.of(
          "sophiag_estimate", Scalars.class, update("theta"), read("g"), update("m"), update("h"), read("ghat"),
          SophiaGUpdate::scalarEstimate, () -> Simd::rangeEstimate);

  private static final float FLOOR = 1e-15f;

  private SophiaGUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] m, float[] h, int from, int to) {
    for (int i = from; i < to; i++) {
      m[i] = m[i] * s.beta1 + g[i] * s.oneMinusBeta1;
      theta[i] = theta[i] * s.decay - Math.max(Math.min(m[i] / (h[i] * s.rhoBatch + FLOOR), 1f), -1f) * s.lr;
    }
  }

  static void scalarEstimate(Scalars s, float[] theta, float[] g, float[] m, float[] h, float[] ghat, int from, int to) {
    for (int i = from; i < to; i++) {
      h[i] = h[i] * s.beta2 + (ghat[i] * ghat[i]) * s.oneMinusBeta2;
      m[i] = m[i] * s.beta1 + g[i] * s.oneMinusBeta1;
      theta[i] = theta[i] * s.decay - Math.max(Math.min(m[i] / (h[i] * s.rhoBatch + FLOOR), 1f), -1f) * s.lr;
    }
  }

  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] m, float[] h, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        step(s, theta, g, m, i, FloatVector.fromArray(F, h, i));
      }
      scalar(s, theta, g, m, h, i, to);
    }

    static void rangeEstimate(Scalars s, float[] theta, float[] g, float[] m, float[] h, float[] ghat, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var e = FloatVector.fromArray(F, ghat, i);
        var hi = FloatVector.fromArray(F, h, i).mul(s.beta2).add(e.mul(e).mul(s.oneMinusBeta2));
        hi.intoArray(h, i);
        step(s, theta, g, m, i, hi);
      }
      scalarEstimate(s, theta, g, m, h, ghat, i, to);
    }

    private static void step(Scalars s, float[] theta, float[] g, float[] m, int i, FloatVector h) {
      var mi = FloatVector.fromArray(F, m, i).mul(s.beta1).add(FloatVector.fromArray(F, g, i).mul(s.oneMinusBeta1));
      mi.intoArray(m, i);
      FloatVector.fromArray(F, theta, i).mul(s.decay)
          .sub(mi.div(h.mul(s.rhoBatch).add(FLOOR)).min(1f).max(-1f).mul(s.lr))
          .intoArray(theta, i);
    }
  }
}
