package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.Kernel.write;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * The two element-wise passes of Muon, before and after the orthogonalization.
 *
 * <pre>
 *   b ← μ b + (1 − μ) g,   u = c g + k b  (Nesterov: c = 1 − μ, k = μ; plain: c = 0, k = 1)      {@link #DIRECTION}
 *   θ ← (1 − η λ) θ − η s O               (O: Newton–Schulz of u; s: the shape factor)            {@link #APPLY}
 * </pre>
 *
 * <p>Each pass reads 8 and writes 8, or reads 8 and writes 4 bytes per element; allocates nothing. Scalar and SIMD results are equal bit for bit. NaN
 * and infinite gradients propagate.
 *
 * @see <a href="https://kellerjordan.github.io/posts/muon/">Jordan et al.: Muon, an optimizer for hidden layers</a>; momentum as an average, as both
 *     published implementations code it
 */
public final class MuonUpdate {
  /**
   * Scalars of one step.
   *
   * @param momentum μ
   * @param oneMinusMomentum 1 − μ, formed in double
   * @param gradientWeight c
   * @param bufferWeight k
   * @param decay 1 − η λ
   * @param stepSize η s
   */
  public record Scalars(float momentum, float oneMinusMomentum, float gradientWeight, float bufferWeight, float decay, float stepSize) {}

  /** Momentum, and the direction to orthogonalize. */
  public static final Kernel<Scalars> DIRECTION =
      Kernel.of("muon_direction", Scalars.class, read("g"), update("b"), write("u"), MuonUpdate::scalarDirection, () -> Simd::direction);

  /** Decay and the step along the orthogonalized direction. */
  public static final Kernel<Scalars> APPLY =
      Kernel.of("muon_apply", Scalars.class, update("theta"), read("o"), MuonUpdate::scalarApply, () -> Simd::apply);

  private MuonUpdate() {}

  static void scalarDirection(Scalars s, float[] g, float[] b, float[] u, int from, int to) {
    for (int i = from; i < to; i++) {
      b[i] = b[i] * s.momentum + g[i] * s.oneMinusMomentum;
      u[i] = g[i] * s.gradientWeight + b[i] * s.bufferWeight;
    }
  }

  static void scalarApply(Scalars s, float[] theta, float[] o, int from, int to) {
    for (int i = from; i < to; i++) {
      theta[i] = theta[i] * s.decay - o[i] * s.stepSize;
    }
  }

  static final class Simd {
    static void direction(Scalars s, float[] g, float[] b, float[] u, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var gi = FloatVector.fromArray(F, g, i);
        var bi = FloatVector.fromArray(F, b, i).mul(s.momentum).add(gi.mul(s.oneMinusMomentum));
        bi.intoArray(b, i);
        gi.mul(s.gradientWeight).add(bi.mul(s.bufferWeight)).intoArray(u, i);
      }
      scalarDirection(s, g, b, u, i, to);
    }

    static void apply(Scalars s, float[] theta, float[] o, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        FloatVector.fromArray(F, theta, i).mul(s.decay).sub(FloatVector.fromArray(F, o, i).mul(s.stepSize)).intoArray(theta, i);
      }
      scalarApply(s, theta, o, i, to);
    }
  }
}
