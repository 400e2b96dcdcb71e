package curvata.optim.io;

import curvata.kernels.codec.BFloat16;
import java.nio.ByteBuffer;

/** Little-endian bytes to Java arrays, twin of {@link Encode}, exactly; bulk where the stored type is the array's, else element by element. */
final class Decode {
  private Decode() {}

  /** F32, F16 and BF16 exactly; F64 to the nearest float, ties to even. */
  static void floats(DType dtype, ByteBuffer in, int count, float[] out, int at) {
    switch (dtype) {
      case F32 -> in.asFloatBuffer().get(out, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Float.float16ToFloat(in.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = BFloat16.decode(in.getShort(2 * i));
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = (float) in.getDouble(8 * i);
        }
      }
      default -> throw new AssertionError(dtype);
    }
  }

  /** Floating-point types exactly. */
  static void doubles(DType dtype, ByteBuffer in, int count, double[] out, int at) {
    switch (dtype) {
      case F64 -> in.asDoubleBuffer().get(out, at, count);
      case F32 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = in.getFloat(4 * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = Float.float16ToFloat(in.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[at + i] = BFloat16.decode(in.getShort(2 * i));
        }
      }
      default -> throw new AssertionError(dtype);
    }
  }

  /** Element {@code i} of an integer type; U64 as its two's complement bits. */
  static long integer(DType dtype, ByteBuffer in, int i) {
    return switch (dtype) {
      case I64, U64 -> in.getLong(8 * i);
      case I32 -> in.getInt(4 * i);
      case U32 -> in.getInt(4 * i) & 0xffff_ffffL;
      case I16 -> in.getShort(2 * i);
      case U16 -> in.getShort(2 * i) & 0xffff;
      case I8 -> in.get(i);
      case U8, BOOL -> in.get(i) & 0xff;
      default -> throw new AssertionError(dtype);
    };
  }
}
