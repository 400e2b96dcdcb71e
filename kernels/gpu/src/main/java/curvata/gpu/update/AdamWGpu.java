package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.AdamWUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class AdamWGpu {
  private AdamWGpu() {}

  /** {@link curvata.kernels.update.AdamWUpdate#KERNEL}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray v) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float rootScale = s.get(k + 6);
      float eps = s.get(k + 7);
      float gi = g.get(i);
      float mi = m.get(i) * beta1 + gi * oneMinusBeta1;
      float vi = v.get(i) * beta2 + (gi * gi) * oneMinusBeta2;
      m.set(i, mi);
      v.set(i, vi);
      theta.set(i, theta.get(i) * decay + (mi * step) / (TornadoMath.sqrt(vi) * rootScale + eps));
    }
  }

  /** {@link curvata.kernels.update.AdamWUpdate#AMSGRAD}. */
  public static void updateMax(
      FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray v, FloatArray w) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float rootScale = s.get(k + 6);
      float eps = s.get(k + 7);
      float gi = g.get(i);
      float mi = m.get(i) * beta1 + gi * oneMinusBeta1;
      float vi = v.get(i) * beta2 + (gi * gi) * oneMinusBeta2;
      float wo = w.get(i);
      float wi = Float.isNaN(vi) ? vi : Float.isNaN(wo) ? wo : TornadoMath.max(wo, vi); // the device's max drops NaN
      m.set(i, mi);
      v.set(i, vi);
      w.set(i, wi);
      theta.set(i, theta.get(i) * decay + (mi * step) / (TornadoMath.sqrt(wi) * rootScale + eps));
    }
  }
}
