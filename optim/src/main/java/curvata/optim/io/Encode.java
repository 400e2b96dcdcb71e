package curvata.optim.io;

import curvata.kernels.codec.BFloat16;
import java.nio.ByteBuffer;

/** Floats to little-endian bytes, twin of {@link Decode}: what they become is what that reads. */
final class Encode {
  private Encode() {}

  /** F32 bit for bit; F16 and BF16 to the nearest, ties to even. */
  static void floats(DType dtype, float[] in, int at, int count, ByteBuffer out) {
    switch (dtype) {
      case F32 -> out.asFloatBuffer().put(in, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(2 * i, Float.floatToFloat16(in[at + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out.putShort(2 * i, BFloat16.encode(in[at + i]));
        }
      }
      default -> throw new AssertionError(dtype);
    }
  }
}
