package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.AdaGradUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class AdaGradGpu {
  private AdaGradGpu() {}

  /** {@link curvata.kernels.update.AdaGradUpdate#KERNEL}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray a) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float lr = s.get(k);
      float weightDecay = s.get(k + 1);
      float eps = s.get(k + 2);
      float ti = theta.get(i);
      float decayed = g.get(i) + ti * weightDecay;
      float ai = a.get(i) + decayed * decayed;
      a.set(i, ai);
      theta.set(i, ti - (decayed * lr) / (TornadoMath.sqrt(ai) + eps));
    }
  }
}
