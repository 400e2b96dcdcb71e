package curvata.gpu.random;

import curvata.gpu.TornadoProgram;
import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.random.Counter;
import curvata.kernels.random.Rademacher;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Random signs with the bits of {@link Rademacher}: value i of a buffer is value index + i of the sequence.
 *
 * <p>Integers only, so every device gives the same. Writes 4 bytes per element.
 */
public final class RademacherGpu {
  private static final int SIGN = 0x80000000;
  private static final int ONE = 0x3f800000;

  private RademacherGpu() {}

  /** {@link curvata.kernels.device.Program#rademacher}. */
  public static void record(TornadoProgram program, DeviceBuffer x, long seed, long stream, long index) {
    program.require("x", x, Kind.FLOAT, 0);
    Checks.that(index >= 0 && index <= Long.MAX_VALUE - x.size(), "index", index, "0 <= index <= 2^63 - 1 - " + x.size());
    for (int from = 0, to; from < x.size(); from = to) {
      long first = index + from;
      long left = (1L << Rademacher.KEY_SHIFT) - (first & ((1L << Rademacher.KEY_SHIFT) - 1)); // so many more share the key
      to = from + (int) Math.min(x.size() - from, left);
      long key = Rademacher.key(seed, stream, first);
      int at = x.offset() + from;
      int n = to - from;
      program.record(r -> r.graph().task(
          r.task("rademacher", n, 256), RademacherGpu::signs, r.context(), (int) key, (int) (key >>> 32), (int) (first >>> 5), (int) first & 31,
          r.floats(x), at, n));
    }
  }

  /** Element i is bit (shift + i) mod 32 of word counter + ⌊(shift + i) / 32⌋. */
  static void signs(KernelContext kc, int k0, int k1, int counter, int shift, FloatArray x, int at, int n) {
    int i = kc.globalIdx;
    if (i < n) {
      int bit = shift + i;
      int word = Counter.bits(k0, k1, counter + ((bit >> 5) & 0x7ffffff));
      x.set(at + i, Float.intBitsToFloat(((word << (31 - (bit & 31))) & SIGN) | ONE));
    }
  }
}
