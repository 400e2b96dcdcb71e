package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.AdaHessianUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 *
 * <p>√vᵏ is the device's pow(√v, k): within {@value #POWER_ULP} ulp where k &lt; 1.
 */
public final class AdaHessianGpu {
  /** What the OpenCL specification allows pow, in units in the last place; CUDA states 4. */
  public static final int POWER_ULP = 16;

  private AdaHessianGpu() {}

  /** {@link curvata.kernels.update.AdaHessianUpdate#KERNEL}. */
  public static void update(
      FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray v, FloatArray diagonal) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float rootScale = s.get(k + 7);
      float eps = s.get(k + 8);
      float hi = diagonal.get(i);
      float mi = m.get(i) * beta1 + g.get(i) * oneMinusBeta1;
      float vi = v.get(i) * beta2 + (hi * hi) * oneMinusBeta2;
      m.set(i, mi);
      v.set(i, vi);
      theta.set(i, theta.get(i) * decay + (mi * step) / (TornadoMath.sqrt(vi) * rootScale + eps));
    }
  }

  /** {@link curvata.kernels.update.AdaHessianUpdate#POWER}. */
  public static void updatePower(
      FloatArray s, int at, int stride, IntArray owner, FloatArray theta, FloatArray g, FloatArray m, FloatArray v, FloatArray diagonal) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float decay = s.get(k);
      float step = s.get(k + 1);
      float beta1 = s.get(k + 2);
      float oneMinusBeta1 = s.get(k + 3);
      float beta2 = s.get(k + 4);
      float oneMinusBeta2 = s.get(k + 5);
      float power = s.get(k + 6);
      float rootScale = s.get(k + 7);
      float eps = s.get(k + 8);
      float hi = diagonal.get(i);
      float mi = m.get(i) * beta1 + g.get(i) * oneMinusBeta1;
      float vi = v.get(i) * beta2 + (hi * hi) * oneMinusBeta2;
      m.set(i, mi);
      v.set(i, vi);
      float root = TornadoMath.pow(TornadoMath.sqrt(vi), power);
      theta.set(i, theta.get(i) * decay + (mi * step) / (root * rootScale + eps));
    }
  }
}
