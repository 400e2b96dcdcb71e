package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.MuonUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class MuonGpu {
  private MuonGpu() {}

  /** {@link curvata.kernels.update.MuonUpdate#DIRECTION}. */
  public static void direction(FloatArray s, int at, int stride, IntArray owner, FloatArray g, FloatArray b, FloatArray u) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(g.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float momentum = s.get(k);
      float oneMinusMomentum = s.get(k + 1);
      float gradientWeight = s.get(k + 2);
      float bufferWeight = s.get(k + 3);
      float gi = g.get(i);
      float bi = b.get(i) * momentum + gi * oneMinusMomentum;
      b.set(i, bi);
      u.set(i, gi * gradientWeight + bi * bufferWeight);
    }
  }

  /** {@link curvata.kernels.update.MuonUpdate#APPLY}. */
  public static void apply(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray o) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k + 4);
      float stepSize = s.get(k + 5);
      theta.set(i, theta.get(i) * decay - o.get(i) * stepSize);
    }
  }
}
