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
   * @param step −η r; not used by the first pass
   * @param maxGradNorm what {@link #clip} takes where c is formed on a device; 0: no clipping
   * @param trustLimit what {@link #trust(double, double, float)} takes where r is formed on a device
   */
  public record Scalars(
      float gradientScale, float beta1, float gradientWeight, float beta2, float oneMinusBeta2, float momentScale, float rootScale, float eps,
      float weightDecay, float step, float maxGradNorm, float trustLimit) {}

  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  /** First pass: moments, Σθ² and Σu². */
  public static final MeasuringKernel<Scalars> MOMENTS =
      MeasuringKernel.of(
          "lamb_moments", Scalars.class, List.of(read("theta"), read("g"), update("m"), update("v")), List.of("thetaSquared", "uSquared"),
          LambUpdate::chunk);

  /** Second pass: the step. */
  public static final Kernel<Scalars> APPLY =
      Kernel.of("lamb", Scalars.class, update("theta"), read("m"), read("v"), LambUpdate::scalarApply, () -> Simd::apply);

  private LambUpdate() {}

  /** The trust ratio ‖θ‖ / ‖u‖ from the squared norms, 1 where either is 0; at most 1 if {@code clip}. */
  public static double trust(double thetaSquared, double uSquared, boolean clip) {
    double ratio = thetaSquared == 0 || uSquared == 0 ? 1 : Math.sqrt(thetaSquared) / Math.sqrt(uSquared);
    return clip ? Math.min(ratio, 1) : ratio;
  }

  /** c = 1 / max(‖g‖ / norm, 1) from the squared norm, 1 for norm = 0: for devices, where measured values stay. */
  public static float clip(double gradSquared, float norm) {
    float ratio = norm == 0 ? 1f : (float) (Math.sqrt(gradSquared) / norm);
    return ratio > 1f ? 1f / ratio : 1f;
  }

  /** r as {@link #trust(double, double, boolean)}, at most {@code limit}, 1 for limit = 0: for devices, where measured values stay. */
  public static float trust(double thetaSquared, double uSquared, float limit) {
    float ratio = limit == 0 || thetaSquared == 0 || uSquared == 0 ? 1f : (float) (Math.sqrt(thetaSquared) / Math.sqrt(uSquared));
    return limit != 0 && ratio > limit ? limit : ratio;
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
      m[i] = Math.fma(gi, s.gradientWeight, m[i] * s.beta1);
      v[i] = Math.fma(gi * gi, s.oneMinusBeta2, v[i] * s.beta2);
      u[i - base] = Math.fma(theta[i], s.weightDecay, (m[i] * s.momentScale) / Math.fma((float) Math.sqrt(v[i]), s.rootScale, s.eps));
    }
  }

  static void scalarApply(Scalars s, float[] theta, float[] m, float[] v, int from, int to) {
    for (int i = from; i < to; i++) {
      float u = Math.fma(theta[i], s.weightDecay, (m[i] * s.momentScale) / Math.fma((float) Math.sqrt(v[i]), s.rootScale, s.eps));
      theta[i] = Math.fma(u, s.step, theta[i]);
    }
  }

  /** All loads of a turn before its stores, factors broadcast before the loop, for the reasons that {@link AdamWUpdate} gives. */
  static final class Simd {
    /** Of two vectors a turn it is also too long to be inlined where it is called, beside the sums: all together they have been boxed. */
    static void moments(Scalars s, float[] theta, float[] g, float[] m, float[] v, float[] u, int base, int from, int to) {
      var gradientScale = FloatVector.broadcast(F, s.gradientScale);
      var beta1 = FloatVector.broadcast(F, s.beta1);
      var gradientWeight = FloatVector.broadcast(F, s.gradientWeight);
      var beta2 = FloatVector.broadcast(F, s.beta2);
      var oneMinusBeta2 = FloatVector.broadcast(F, s.oneMinusBeta2);
      var momentScale = FloatVector.broadcast(F, s.momentScale);
      var rootScale = FloatVector.broadcast(F, s.rootScale);
      var eps = FloatVector.broadcast(F, s.eps);
      var weightDecay = FloatVector.broadcast(F, s.weightDecay);
      int i = from;
      for (int end = to - 2 * F.length(); i <= end; i += 2 * F.length()) {
        int j = i + F.length();
        var gi = FloatVector.fromArray(F, g, i).mul(gradientScale);
        var gj = FloatVector.fromArray(F, g, j).mul(gradientScale);
        var ti = FloatVector.fromArray(F, theta, i);
        var tj = FloatVector.fromArray(F, theta, j);
        var mi = gi.fma(gradientWeight, FloatVector.fromArray(F, m, i).mul(beta1));
        var mj = gj.fma(gradientWeight, FloatVector.fromArray(F, m, j).mul(beta1));
        var vi = gi.mul(gi).fma(oneMinusBeta2, FloatVector.fromArray(F, v, i).mul(beta2));
        var vj = gj.mul(gj).fma(oneMinusBeta2, FloatVector.fromArray(F, v, j).mul(beta2));
        var ui = ti.fma(weightDecay, mi.mul(momentScale).div(vi.sqrt().fma(rootScale, eps)));
        var uj = tj.fma(weightDecay, mj.mul(momentScale).div(vj.sqrt().fma(rootScale, eps)));
        mi.intoArray(m, i);
        mj.intoArray(m, j);
        vi.intoArray(v, i);
        vj.intoArray(v, j);
        ui.intoArray(u, i - base);
        uj.intoArray(u, j - base);
      }
      scalarMoments(s, theta, g, m, v, u, base, i, to);
    }

    static void apply(Scalars s, float[] theta, float[] m, float[] v, int from, int to) {
      var momentScale = FloatVector.broadcast(F, s.momentScale);
      var rootScale = FloatVector.broadcast(F, s.rootScale);
      var eps = FloatVector.broadcast(F, s.eps);
      var weightDecay = FloatVector.broadcast(F, s.weightDecay);
      var step = FloatVector.broadcast(F, s.step);
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var ti = FloatVector.fromArray(F, theta, i);
        var root = FloatVector.fromArray(F, v, i).sqrt();
        var ui = ti.fma(weightDecay, FloatVector.fromArray(F, m, i).mul(momentScale).div(root.fma(rootScale, eps)));
        ui.fma(step, ti).intoArray(theta, i);
      }
      scalarApply(s, theta, m, v, i, to);
    }
  }
}
