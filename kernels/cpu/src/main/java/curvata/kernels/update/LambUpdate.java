package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.reduce.Blocks;
import curvata.kernels.reduce.SumOfSquares;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * LAMB in two passes over memory: the layer-wise trust ratio needs ‖u‖ before θ may move.
 *
 * <pre>
 *   m ← β₁ m + w c g,   v ← β₂ v + (1 − β₂) (c g)²
 *   u = a m / (b √v + ε) + λ θ            (a = 1 / (1 − β₁ᵗ), b = 1 / √(1 − β₂ᵗ))
 *   {@link #MOMENTS}: Σθ², Σu²            {@link #trust}: r = ‖θ‖ / ‖u‖, 1 where either is 0
 *   {@link #APPLY}: θ ← θ − η r u         (u recomputed from m, v, θ: cheaper than storing it)
 * </pre>
 *
 * <p>θ, g, m, v: one layout, distinct arrays. Reads 28 and writes 12 bytes per element in all; allocates nothing. Scalar and SIMD results are equal bit
 * for bit; the sums keep the contract of the reductions. NaN and infinite gradients propagate.
 *
 * @see <a href="https://arxiv.org/abs/1904.00962">You et al.: Large Batch Optimization for Deep Learning, Alg. 2</a> with φ = identity
 */
public final class LambUpdate {
  /**
   * Scalars of one step.
   *
   * @param gradientScale c, from clipping by the global norm
   * @param beta1 β₁
   * @param gradientWeight w = 1 − β₁, or 1 without gradient averaging
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   * @param momentScale a
   * @param rootScale b
   * @param eps ε
   * @param weightDecay λ
   * @param stepSize η r; not used by the first pass
   */
  public record Scalars(
      float gradientScale, float beta1, float gradientWeight, float beta2, float oneMinusBeta2, float momentScale, float rootScale, float eps,
      float weightDecay, float stepSize) {}

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  /** First pass: moments, Σθ² and Σu². */
  public static final MeasuringKernel<Scalars> MOMENTS =
      MeasuringKernel.of(
          "lamb_moments", List.of(read("theta"), read("g"), update("m"), update("v")), List.of("thetaSquared", "uSquared"), LambUpdate::chunk);

  /** Second pass: the step. */
  public static final Kernel<Scalars> APPLY =
      Kernel.of("lamb", Scalars.class, update("theta"), read("m"), read("v"), LambUpdate::scalarApply, () -> Simd::apply);

  private LambUpdate() {}

  /** The trust ratio ‖θ‖ / ‖u‖ from the squared norms, 1 where either is 0; at most 1 if {@code clip}. */
  public static double trust(double thetaSquared, double uSquared, boolean clip) {
    double ratio = thetaSquared == 0 || uSquared == 0 ? 1 : Math.sqrt(thetaSquared) / Math.sqrt(uSquared);
    return clip ? Math.min(ratio, 1) : ratio;
  }

  private static void chunk(Scalars s, float[][] o, float[] u, int from, int to, double[] lanes, int at) {
    if (SIMD) {
      Simd.moments(s, o[0], o[1], o[2], o[3], u, from, from, to);
    } else {
      scalarMoments(s, o[0], o[1], o[2], o[3], u, from, from, to);
    }
    SumOfSquares.accumulate(o[0], from, to, lanes, at);
    SumOfSquares.accumulate(u, 0, to - from, lanes, at + Blocks.LANES);
  }

  /** Writes u of element i to {@code u[i - base]}. */
  static void scalarMoments(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] u, int base, int from, int to) {
    for (int i = from; i < to; i++) {
      float gi = g[i] * s.gradientScale;
      m[i] = m[i] * s.beta1 + gi * s.gradientWeight;
      v[i] = v[i] * s.beta2 + (gi * gi) * s.oneMinusBeta2;
      u[i - base] = (m[i] * s.momentScale) / ((float) Math.sqrt(v[i]) * s.rootScale + s.eps) + theta[i] * s.weightDecay;
    }
  }

  static void scalarApply(Scalars s, float[] theta, float[] m, float[] v, int from, int to) {
    for (int i = from; i < to; i++) {
      float u = (m[i] * s.momentScale) / ((float) Math.sqrt(v[i]) * s.rootScale + s.eps) + theta[i] * s.weightDecay;
      theta[i] = theta[i] - u * s.stepSize;
    }
  }

  static final class Simd {
    static void moments(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] u, int base, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var gi = FloatVector.fromArray(F, g, i).mul(s.gradientScale);
        var mi = FloatVector.fromArray(F, m, i).mul(s.beta1).add(gi.mul(s.gradientWeight));
        var vi = FloatVector.fromArray(F, v, i).mul(s.beta2).add(gi.mul(gi).mul(s.oneMinusBeta2));
        mi.intoArray(m, i);
        vi.intoArray(v, i);
        direction(s, FloatVector.fromArray(F, theta, i), mi, vi).intoArray(u, i - base);
      }
      scalarMoments(s, theta, g, m, v, u, base, i, to);
    }

    static void apply(Scalars s, float[] theta, float[] m, float[] v, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var t = FloatVector.fromArray(F, theta, i);
        t.sub(direction(s, t, FloatVector.fromArray(F, m, i), FloatVector.fromArray(F, v, i)).mul(s.stepSize)).intoArray(theta, i);
      }
      scalarApply(s, theta, m, v, i, to);
    }

    private static FloatVector direction(Scalars s, FloatVector theta, FloatVector m, FloatVector v) {
      return m.mul(s.momentScale).div(v.sqrt().mul(s.rootScale).add(s.eps)).add(theta.mul(s.weightDecay));
    }
  }
}
