package curvata.kernels.update;

import static curvata.kernels.Kernel.read;
import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Fused AdaGrad update in place, one pass over memory.
 *
 * <pre>
 *   g' = g + λ θ                          (L2)
 *   a ← a + g'²
 *   θ ← θ − η g' / (√a + ε)
 * </pre>
 *
 * <p>θ, g, a: one layout, distinct arrays. Reads 12 and writes 8 bytes per element; allocates nothing. Scalar and SIMD results are equal bit for bit. A
 * coordinate that was never touched has a = 0 and stays where it is: 0 / (0 + ε) = 0 for ε &gt; 0. NaN and infinite gradients propagate.
 *
 * @see <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan, Singer: Adaptive Subgradient Methods, fig. 1</a> with the diagonal matrix
 */
public final class AdaGradUpdate {
  /**
   * Scalars of one step.
   *
   * @param lr η of this step
   * @param weightDecay λ
   * @param eps ε
   */
  public record Scalars(float lr, float weightDecay, float eps) {}

  /** The update with state a, the sum of squares. */
  public static final Kernel<Scalars> KERNEL =
      Kernel.of("adagrad", Scalars.class, update("theta"), read("g"), update("a"), AdaGradUpdate::scalar, () -> Simd::range);

  private AdaGradUpdate() {}

  static void scalar(Scalars s, float[] theta, float[] g, float[] a, int from, int to) {
    for (int i = from; i < to; i++) {
      float decayed = g[i] + theta[i] * s.weightDecay;
      a[i] = a[i] + decayed * decayed;
      theta[i] = theta[i] - (decayed * s.lr) / ((float) Math.sqrt(a[i]) + s.eps);
    }
  }

  static final class Simd {
    static void range(Scalars s, float[] theta, float[] g, float[] a, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var t = FloatVector.fromArray(F, theta, i);
        var decayed = FloatVector.fromArray(F, g, i).add(t.mul(s.weightDecay));
        var ai = FloatVector.fromArray(F, a, i).add(decayed.mul(decayed));
        ai.intoArray(a, i);
        t.sub(decayed.mul(s.lr).div(ai.sqrt().add(s.eps))).intoArray(theta, i);
      }
      scalar(s, theta, g, a, i, to);
    }
  }
}
