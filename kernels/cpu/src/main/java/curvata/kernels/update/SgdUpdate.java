package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Fused stochastic gradient descent in place, one pass over memory: plain, with momentum, or with Nesterov's look-ahead.
 *
 * <pre>
 *   g' = g + λ θ                          (L2)
 *   b ← μ b + w g'                        (μ = 0, w = 1 in the first step; w = 1 − dampening later)
 *   d = c g' + k b                        (momentum: c = 0, k = 1; Nesterov: c = 1, k = μ)
 *   θ ← θ − η d                           (plain: d = g')
 * </pre>
 *
 * <p>θ, g (and b): one layout, distinct arrays. Plain reads 8 and writes 4 bytes per element, with momentum 12 and 8; allocates nothing. Scalar and
 * SIMD results are equal bit for bit. A NaN or infinite gradient leaves a NaN or infinite parameter.
 *
 * @see <a href="https://proceedings.mlr.press/v28/sutskever13.html">Sutskever, Martens, Dahl, Hinton: On the importance of initialization and
 *     momentum in deep learning, eq. 1–4</a>, with the rate outside the velocity as in torch.optim.SGD
 */
public final class SgdUpdate {
  /**
   * Scalars of one step.
   *
   * @param lr η
   * @param weightDecay λ
   * @param momentum μ
   * @param gradientWeight w
   * @param lookAhead c
   * @param bufferWeight k
   */
  public record Scalars(float lr, float weightDecay, float momentum, float gradientWeight, float lookAhead, float bufferWeight) {}

  /** The update without momentum: no state. */
  public static final Kernel<Scalars> PLAIN =
      Kernel.of("sgd", Scalars.class, update("theta"), read("g"), SgdUpdate::scalar, () -> Simd::range);

  /** The update with a momentum buffer b. */
  public static final Kernel<Scalars> MOMENTUM =
      Kernel.of("sgd_momentum", Scalars.class, update("theta"), read("g"), update("b"), SgdUpdate::scalarMomentum, () -> Simd::rangeMomentum);

  private SgdUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, int from, int to) {
    for (int i = from; i < to; i++) {
      theta[i] = theta[i] - (g[i] + theta[i] * s.weightDecay) * s.lr;
    }
  }

  static void scalarMomentum(Scalars s, float[] theta, float[] g, float[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      float decayed = g[i] + theta[i] * s.weightDecay;
      b[i] = b[i] * s.momentum + decayed * s.gradientWeight;
      theta[i] = theta[i] - (decayed * s.lookAhead + b[i] * s.bufferWeight) * s.lr;
    }
  }

  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var t = FloatVector.fromArray(F, theta, i);
        t.sub(FloatVector.fromArray(F, g, i).add(t.mul(s.weightDecay)).mul(s.lr)).intoArray(theta, i);
      }
      scalar(s, theta, g, i, to);
    }

    static void rangeMomentum(Scalars s, float[] theta, float[] g, float[] b, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var t = FloatVector.fromArray(F, theta, i);
        var decayed = FloatVector.fromArray(F, g, i).add(t.mul(s.weightDecay));
        var bi = FloatVector.fromArray(F, b, i).mul(s.momentum).add(decayed.mul(s.gradientWeight));
        bi.intoArray(b, i);
        t.sub(decayed.mul(s.lookAhead).add(bi.mul(s.bufferWeight)).mul(s.lr)).intoArray(theta, i);
      }
      scalarMomentum(s, theta, g, b, i, to);
    }
  }
}
