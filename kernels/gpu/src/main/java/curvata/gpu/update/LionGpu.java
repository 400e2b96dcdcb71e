package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.LionUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 *
 * <p>Where c cancels to rounding level, rounding decides the sign, here as there.
 */
public final class LionGpu {
  private LionGpu() {}

  /** {@link curvata.kernels.update.LionUpdate#KERNEL}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float lr = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float gi = g.get(i);
      float mi = m.get(i);
      float c = mi * beta1 + gi * oneMinusBeta1;
      float step = c > 0f ? lr : c < 0f ? -lr : c; // zero and NaN are neither: they stay
      theta.set(i, theta.get(i) * decay - step);
      m.set(i, mi * beta2 + gi * oneMinusBeta2);
    }
  }
}
