package curvata.kernels.update;

import static curvata.kernels.Kernel.update;
import static curvata.kernels.internal.Species.F;

import curvata.kernels.Kernel;
import jdk.incubator.vector.FloatVector;

/**
 * Scaling in place, as clipping by a global norm needs it.
 *
 * <pre>
 *   g ← c g
 * </pre>
 *
 * <p>Reads and writes 4 bytes per element; allocates nothing. Scalar and SIMD results are equal bit for bit; NaN and infinity propagate.
 */
public final class Scale {
  /**
   * Scalars of one call.
   *
   * @param factor c
   */
  public record Scalars(float factor) {}

  /** The kernel. */
  public static final Kernel<Scalars> KERNEL = Kernel.of("scale", Scalars.class, update("g"), Scale::scalar, () -> Simd::range);

  private static final double EPS = 1e-6;

  private Scale() {}

  /**
   * What gradients are multiplied by where their norm may not exceed a limit: min(1, norm / (√square + 1e-6)).
   *
   * @param square Σ g² over all of them; NaN gives NaN, infinity 0
   */
  public static double clip(double square, double norm) {
    double factor = norm / (Math.sqrt(square) + EPS);
    double least = factor < 1 ? factor : 1; // with NaN either: on devices comparisons may be turned round
    return Double.isNaN(factor) ? factor : least;
  }

  static void scalar(Scalars s, float[] g, int from, int to) {
    for (int i = from; i < to; i++) {
      g[i] = g[i] * s.factor;
    }
  }

  static final class Simd {
    static void range(Scalars s, float[] g, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        FloatVector.fromArray(F, g, i).mul(s.factor).intoArray(g, i);
      }
      scalar(s, g, i, to);
    }
  }
}
