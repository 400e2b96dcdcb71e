package curvata.gpu.update;

import curvata.gpu.TornadoProgram;
import curvata.gpu.reduce.BlocksGpu;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Segments;
import curvata.kernels.update.LambUpdate;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The twin of {@link LambUpdate}: the same operations in the same order, within the bound of {@link Bound}.
 *
 * <p>Norms never leave the device: the clip by the global norm (the first measured column, where there is one) and the trust ratio are formed by
 * {@link LambUpdate#clip} and {@link LambUpdate#trust(double, double, float)} where they are used, from sums in double.
 */
public final class LambGpu {
  private static final int GROUP = 256;
  private static final int SUMS = 2;

  private LambGpu() {}

  /** Records {@link LambUpdate#MOMENTS}: operands theta, g, m, v. */
  public static void recordMoments(
      TornadoProgram program, int at, int stride, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... o) {
    if (segments.count() == 0) {
      return;
    }
    BlocksGpu blocks = new BlocksGpu(program, segments);
    DeviceBuffer partials = program.scratch("lamb", Kind.DOUBLE, Math.multiplyExact(SUMS, blocks.count()));
    if (blocks.count() > 0) {
      program.record(r -> r.graph().task(
          r.task("lamb_moments", Math.multiplyExact(blocks.count(), GROUP), GROUP), LambGpu::moments, r.context(), program.scalarArray(), at, stride,
          r.ints(blocks.table()), r.doubles(measures), columns, sums, r.floats(o[0]), r.floats(o[1]), r.floats(o[2]), r.floats(o[3]),
          r.doubles(partials)));
    }
    blocks.recordSums(program, SUMS, partials, measures, columns, sums);
  }

  /** Group b takes block b: moments, and the sums of θ² and u² to {@code partials}. */
  static void moments(
      KernelContext kc, FloatArray s, int at, int stride, IntArray blocks, DoubleArray measures, int columns, int sums, FloatArray theta,
      FloatArray g,
      FloatArray m, FloatArray v, DoubleArray partials) {
    double[] local = kc.allocateDoubleLocalArray(SUMS * GROUP);
    int t = kc.localIdx;
    int block = kc.groupIdx;
    int end = blocks.get(BlocksGpu.FIELDS * block + 1);
    int tensor = blocks.get(BlocksGpu.FIELDS * block + 2);
    int k = at + stride * tensor;
    float scale = s.get(k);
    float beta1 = s.get(k + 1);
    float gradientWeight = s.get(k + 2);
    float beta2 = s.get(k + 3);
    float oneMinusBeta2 = s.get(k + 4);
    float momentScale = s.get(k + 5);
    float rootScale = s.get(k + 6);
    float eps = s.get(k + 7);
    float weightDecay = s.get(k + 8);
    if (sums > 0) {
      scale = scale * LambUpdate.clip(measures.get(tensor * columns), s.get(k + 10));
    }
    double thetaSquared = 0;
    double uSquared = 0;
    for (int i = blocks.get(BlocksGpu.FIELDS * block) + t; i < end; i += GROUP) {
      float ti = theta.get(i);
      float gi = g.get(i) * scale;
      float mi = m.get(i) * beta1 + gi * gradientWeight;
      float vi = v.get(i) * beta2 + (gi * gi) * oneMinusBeta2;
      m.set(i, mi);
      v.set(i, vi);
      double u = (mi * momentScale) / (TornadoMath.sqrt(vi) * rootScale + eps) + ti * weightDecay;
      double wide = ti;
      thetaSquared = thetaSquared + wide * wide;
      uSquared = uSquared + u * u;
    }
    local[t] = thetaSquared;
    local[GROUP + t] = uSquared;
    for (int half = GROUP / 2; half > 0; half >>= 1) {
      kc.localBarrier();
      if (t < half) {
        local[t] = local[t] + local[t + half];
        local[GROUP + t] = local[GROUP + t] + local[GROUP + t + half];
      }
    }
    kc.localBarrier();
    if (t == 0) {
      partials.set(SUMS * block, local[0]);
      partials.set(SUMS * block + 1, local[GROUP]);
    }
  }

  /** {@link LambUpdate#APPLY}. */
  public static void apply(
      FloatArray s, int at, int stride, IntArray owner, DoubleArray measures, int columns, int sums, FloatArray theta, FloatArray m, FloatArray v) {
    for (@Parallel
    int i = 0; i < TornadoMath.min(theta.getSize(), owner.getSize() * Stretch.LENGTH); i++) {
      int tensor = owner.get(i / Stretch.LENGTH);
      int k = at + stride * tensor;
      float momentScale = s.get(k + 5);
      float rootScale = s.get(k + 6);
      float eps = s.get(k + 7);
      float weightDecay = s.get(k + 8);
      int row = tensor * columns + sums;
      float step = s.get(k + 9) * LambUpdate.trust(measures.get(row), measures.get(row + 1), s.get(k + 11));
      float ti = theta.get(i);
      float u = (m.get(i) * momentScale) / (TornadoMath.sqrt(v.get(i)) * rootScale + eps) + ti * weightDecay;
      theta.set(i, ti + u * step);
    }
  }
}
