package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.SgdUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class SgdGpu {
  private SgdGpu() {}

  /** {@link curvata.kernels.update.SgdUpdate#PLAIN}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float lr = s.get(k);
      float weightDecay = s.get(k + 1);
      float ti = theta.get(i);
      theta.set(i, ti - (g.get(i) + ti * weightDecay) * lr);
    }
  }

  /** {@link curvata.kernels.update.SgdUpdate#MOMENTUM}. */
  public static void updateMomentum(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray b) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float lr = s.get(k);
      float weightDecay = s.get(k + 1);
      float momentum = s.get(k + 2);
      float gradientWeight = s.get(k + 3);
      float lookAhead = s.get(k + 4);
      float bufferWeight = s.get(k + 5);
      float ti = theta.get(i);
      float decayed = g.get(i) + ti * weightDecay;
      float bi = b.get(i) * momentum + decayed * gradientWeight;
      b.set(i, bi);
      theta.set(i, ti - (decayed * lookAhead + bi * bufferWeight) * lr);
    }
  }
}
