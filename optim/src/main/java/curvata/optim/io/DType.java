package curvata.optim.io;

import curvata.kernels.codec.BFloat16;

/** Element type of a stored tensor, named as in a safetensors header; stored little-endian. */
public enum DType {
  /** IEEE 754 binary64. */
  F64(8),
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16. */
  F16(2),
  /** The upper half of a binary32: 8 bits of exponent, 7 of fraction. */
  BF16(2),
  /** Signed, 64 bits. */
  I64(8),
  /** Signed, 32 bits. */
  I32(4),
  /** Signed, 16 bits. */
  I16(2),
  /** Signed, 8 bits. */
  I8(1),
  /** Unsigned, 64 bits. */
  U64(8),
  /** Unsigned, 32 bits. */
  U32(4),
  /** Unsigned, 16 bits. */
  U16(2),
  /** Unsigned, 8 bits. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element: 1, 2, 4 or 8. */
  public int bytes() {
    return bytes;
  }

  /**
   * The value of this type nearest to a float, ties to even: what a float becomes that is stored as this type and read again.
   *
   * <p>F32 is the float itself. F16 ends at 65504: from 65520 on floats round to infinity, up to 2⁻²⁵ to zero. BF16 has the range of floats, those from
   * 2¹²⁷ (2 − 2⁻⁸) on round to infinity. NaN stays NaN.
   *
   * @throws IllegalArgumentException if this type is not F32, F16 or BF16
   */
  public float nearest(float x) {
    return switch (this) {
      case F32 -> x;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(x));
      case BF16 -> BFloat16.decode(BFloat16.encode(x));
      default -> throw new IllegalArgumentException("type = " + this + ", expected F32, F16 or BF16");
    };
  }
}
