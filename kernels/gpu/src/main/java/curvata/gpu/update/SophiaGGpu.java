package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.SophiaGUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class SophiaGGpu {
  private static final float FLOOR = 1e-15f;

  private SophiaGGpu() {}

  /** {@link curvata.kernels.update.SophiaGUpdate#KERNEL}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray h) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float rhoBatch = s.get(k + 6);
      float hi = h.get(i);
      float mi = m.get(i) * beta1 + g.get(i) * oneMinusBeta1;
      m.set(i, mi);
      float q = mi / (hi * rhoBatch + FLOOR);
      float clipped = Float.isNaN(q) ? q : TornadoMath.max(TornadoMath.min(q, 1f), -1f); // the device's min and max drop NaN
      theta.set(i, theta.get(i) * decay + clipped * step);
    }
  }

  /** {@link curvata.kernels.update.SophiaGUpdate#WITH_ESTIMATE}. */
  public static void updateEstimate(
      FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray h, FloatArray ghat) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float rhoBatch = s.get(k + 6);
      float e = ghat.get(i);
      float hi = h.get(i) * beta2 + (e * e) * oneMinusBeta2;
      float mi = m.get(i) * beta1 + g.get(i) * oneMinusBeta1;
      h.set(i, hi);
      m.set(i, mi);
      float q = mi / (hi * rhoBatch + FLOOR);
      float clipped = Float.isNaN(q) ? q : TornadoMath.max(TornadoMath.min(q, 1f), -1f); // the device's min and max drop NaN
      theta.set(i, theta.get(i) * decay + clipped * step);
    }
  }
}
