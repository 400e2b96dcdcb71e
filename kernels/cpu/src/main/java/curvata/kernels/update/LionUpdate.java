package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Fused Lion update in place, one pass over memory: every element moves by η, and the momentum decides the direction.
 *
 * <pre>
 *   c = β₁ m + (1 − β₁) g
 *   θ ← (1 − η λ) θ − η sign(c)           (sign(0) = 0)
 *   m ← β₂ m + (1 − β₂) g
 * </pre>
 *
 * <p>θ, g, m: one layout, distinct arrays. Reads 12 and writes 8 bytes per element; allocates nothing. Scalar and SIMD results are equal bit for bit. A
 * NaN in m or g propagates to θ; an infinite c moves by η. Where c cancels to rounding level, rounding decides the sign.
 *
 * @see <a href="https://arxiv.org/abs/2302.06675">Chen et al.: Symbolic Discovery of Optimization Algorithms, Alg. 2</a>
 */
public final class LionUpdate {
  /**
   * Scalars of one step.
   *
   * @param decay 1 − η λ
   * @param lr η
   * @param beta1 β₁
   * @param oneMinusBeta1 1 − β₁, formed in double
   * @param beta2 β₂
   * @param oneMinusBeta2 1 − β₂, formed in double
   */
  public record Scalars(float decay, float lr, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2) {}

  /** The update with state m. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of("lion", Scalars.class, update("theta"), read("g"), update("m"), LionUpdate::scalar, () -> Simd::range);

  private LionUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] m, int from, int to) {
    for (int i = from; i < to; i++) {
      float c = m[i] * s.beta1 + g[i] * s.oneMinusBeta1;
      theta[i] = theta[i] * s.decay - Math.signum(c) * s.lr;
      m[i] = m[i] * s.beta2 + g[i] * s.oneMinusBeta2;
    }
  }

  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] m, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var gi = FloatVector.fromArray(F, g, i);
        var mi = FloatVector.fromArray(F, m, i);
        var ti = FloatVector.fromArray(F, theta, i).mul(s.decay);
        var c = mi.mul(s.beta1).add(gi.mul(s.oneMinusBeta1));
        // Zero and NaN are neither: they stay, as zero and NaN.
        var step = c.blend(s.lr, c.compare(VectorOperators.GT, 0f)).blend(-s.lr, c.compare(VectorOperators.LT, 0f));
        var next = mi.mul(s.beta2).add(gi.mul(s.oneMinusBeta2));
        ti.sub(step).intoArray(theta, i);
        next.intoArray(m, i);
      }
      scalar(s, theta, g, m, i, to);
    }
  }
}
