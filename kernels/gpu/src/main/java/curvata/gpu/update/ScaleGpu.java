package curvata.gpu.update;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link curvata.kernels.update.Scale}: the same operations in the same order, within the bound of {@link Bound}.
 */
public final class ScaleGpu {
  private ScaleGpu() {}

  /** {@link curvata.kernels.update.Scale#KERNEL}. */
  public static void update(FloatArray s, int at, int stride, IntArray owner, FloatArray g) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(g.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int k = at + stride * owner.get(i / Stretch.LENGTH);
      float factor = s.get(k);
      g.set(i, g.get(i) * factor);
    }
  }
}
