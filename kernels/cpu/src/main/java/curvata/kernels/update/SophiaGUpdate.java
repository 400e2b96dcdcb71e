package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
   * @param step −η
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param rhoBatch ρ B
   */
  public record Scalars(float decay, float step, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2, float rhoBatch) {}

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
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      float quotient = m[i] / Math.fma(h[i], s.rhoBatch, FLOOR);
      theta[i] = Math.fma(Math.max(Math.min(quotient, 1f), -1f), s.step, theta[i] * s.decay);
    }
  }

  static void scalarEstimate(Scalars s, float[] theta, float[] g, float[] m, float[] h, float[] ghat, int from, int to) {
    for (int i = from; i < to; i++) {
      h[i] = Math.fma(ghat[i] * ghat[i], s.oneMinusBeta2, h[i] * s.beta2);
      m[i] = Math.fma(g[i], s.oneMinusBeta1, m[i] * s.beta1);
      float quotient = m[i] / Math.fma(h[i], s.rhoBatch, FLOOR);
      theta[i] = Math.fma(Math.max(Math.min(quotient, 1f), -1f), s.step, theta[i] * s.decay);
    }
  }

  /**
   * All loads of a turn before its stores, factors broadcast before the loop, for the reasons that {@link AdamWUpdate} gives. Compared and blended, a
   * quotient is clipped in four instructions; min and max would take care of zeros' signs, which do not matter here, in ten. NaN stays NaN either way.
   */
  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] m, float[] h, int from, int to) {
      var decay = FloatVector.broadcast(F, s.decay);
      var step = FloatVector.broadcast(F, s.step);
      var beta1 = FloatVector.broadcast(F, s.beta1);
      var oneMinusBeta1 = FloatVector.broadcast(F, s.oneMinusBeta1);
      var rhoBatch = FloatVector.broadcast(F, s.rhoBatch);
      var floor = FloatVector.broadcast(F, FLOOR);
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var ti = FloatVector.fromArray(F, theta, i).mul(decay);
        var mi = FloatVector.fromArray(F, g, i).fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(beta1));
        var q = mi.div(FloatVector.fromArray(F, h, i).fma(rhoBatch, floor));
        q = q.blend(1f, q.compare(VectorOperators.GT, 1f));
        q = q.blend(-1f, q.compare(VectorOperators.LT, -1f));
        mi.intoArray(m, i);
        q.fma(step, ti).intoArray(theta, i);
      }
      scalar(s, theta, g, m, h, i, to);
    }

    static void rangeEstimate(Scalars s, float[] theta, float[] g, float[] m, float[] h, float[] ghat, int from, int to) {
      var decay = FloatVector.broadcast(F, s.decay);
      var step = FloatVector.broadcast(F, s.step);
      var beta1 = FloatVector.broadcast(F, s.beta1);
      var oneMinusBeta1 = FloatVector.broadcast(F, s.oneMinusBeta1);
      var beta2 = FloatVector.broadcast(F, s.beta2);
      var oneMinusBeta2 = FloatVector.broadcast(F, s.oneMinusBeta2);
      var rhoBatch = FloatVector.broadcast(F, s.rhoBatch);
      var floor = FloatVector.broadcast(F, FLOOR);
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var e = FloatVector.fromArray(F, ghat, i);
        var ti = FloatVector.fromArray(F, theta, i).mul(decay);
        var mi = FloatVector.fromArray(F, g, i).fma(oneMinusBeta1, FloatVector.fromArray(F, m, i).mul(beta1));
        var hi = e.mul(e).fma(oneMinusBeta2, FloatVector.fromArray(F, h, i).mul(beta2));
        var q = mi.div(hi.fma(rhoBatch, floor));
        q = q.blend(1f, q.compare(VectorOperators.GT, 1f));
        q = q.blend(-1f, q.compare(VectorOperators.LT, -1f));
        mi.intoArray(m, i);
        hi.intoArray(h, i);
        q.fma(step, ti).intoArray(theta, i);
      }
      scalarEstimate(s, theta, g, m, h, ghat, i, to);
    }
  }
}
