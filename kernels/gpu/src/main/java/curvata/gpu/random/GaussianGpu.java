package curvata.gpu.random;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.random.Counter;
import curvata.kernels.random.Gaussian;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Standard normal numbers from the integers of {@link Gaussian}: value i of a buffer is value index + i of the sequence.
 *
 * <pre>
 *   pair: indices j and j + 16, where j mod 32 &lt; 16
 *   v = 2⁻³¹ bits(j),  t = 2⁻³¹ bits(j + 16)
 *   r = sign(v) · √(−2 ln(|v| + 2⁻³²)),   a = |t| π / 2
 *   x(j) = r cos a,   x(j + 16) = sign(t) r sin a
 * </pre>
 *
 * <p>The integers, v, t and |v| + 2⁻³² are the CPU's bit for bit; logarithm, root, cosine and sine are the device's. As OpenCL allows those 3, 3, 4
 * and 4 ulp, an ulp being at most 2⁻²³ of a value, and with the roundings of −2 ln, of a and of the last product, the error against the formula is at
 * most {@value #MAX_ERROR} · 2⁻²⁴ r: 3 from the logarithm (halved by the root), 6 from the root, 8 from cosine or sine, 3 from a (π/2 · 2 roundings),
 * 1 from the product, and 1 for the products of errors. Writes 4 bytes per element.
 */
public final class GaussianGpu {
  /** Largest error against the formula, in units of 2⁻²⁴ r. */
  public static final double MAX_ERROR = 22;

  private static final int HALF = 16;
  private static final float UNIT = 0x1p-31f;
  private static final float TINY = 0x1p-32f;
  private static final float QUARTER = 1.5707964f; // π / 2

  private GaussianGpu() {}

  /** {@link curvata.kernels.device.Program#gaussian}. */
  public static void record(TornadoProgram program, DeviceBuffer x, long seed, long stream, long index) {
    program.require("x", x, Kind.FLOAT, 0);
    Checks.that(index >= 0 && index <= Long.MAX_VALUE - x.size(), "index", index, "0 <= index <= 2^63 - 1 - " + x.size());
    for (int from = 0, to; from < x.size(); from = to) {
      long first = index + from;
      long left = (1L << Gaussian.KEY_SHIFT) - (first & ((1L << Gaussian.KEY_SHIFT) - 1)); // so many more share the key
      to = from + (int) Math.min(x.size() - from, left);
      long key = Gaussian.key(seed, stream, first);
      int at = x.offset() + from;
      int n = to - from;
      program.record(r -> r.graph().task(
          r.task("gaussian", n, 256), GaussianGpu::normals, r.context(), (int) key, (int) (key >>> 32), (int) first, r.floats(x), at, n));
    }
  }

  static void normals(KernelContext kc, int k0, int k1, int counter, FloatArray x, int at, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      int c = counter + i;
      int v = Counter.bits(k0, k1, c & ~HALF);
      int t = Counter.bits(k0, k1, c | HALF);
      float r = TornadoMath.sqrt(-2 * TornadoMath.log(TornadoMath.abs(v * UNIT) + TINY));
      float a = TornadoMath.abs(t * UNIT) * QUARTER;
      float value = 0;
      boolean minus = v < 0;
      if ((c & HALF) == 0) {
        value = r * TornadoMath.cos(a);
      } else {
        value = r * TornadoMath.sin(a);
        minus = (v ^ t) < 0;
      }
      x.set(at + i, minus ? -value : value);
    }
  }
}
