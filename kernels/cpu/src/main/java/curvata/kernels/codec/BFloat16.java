package curvata.kernels.codec;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.internal.Species.I;

import curvata.kernels.Backend;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * bfloat16: the upper half of a float, 8 bits of exponent and 7 of fraction, in a {@code short}.
 *
 * <pre>
 *   decode(h) = float of the bits h · 2¹⁶                                        exact
 *   encode(x) = upper half of bits(x) + 0x7fff + (bit 16 of x)                   to nearest, ties to even
 * </pre>
 *
 * <p>Relative error of encoding 2⁻⁸; floats from 2¹²⁷ (2 − 2⁻⁸) on round to infinity; subnormals, zeros and their signs are kept; NaN gives a quiet
 * NaN with the upper bits of its payload. Reads and writes 6 bytes per element; allocates nothing. The same bits for scalar and SIMD.
 */
public final class BFloat16 {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private BFloat16() {}

  /** The float of one stored value. */
  public static float decode(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The stored value nearest to a float. */
  public static short encode(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = bits + (0x7fff + (bits >>> 16 & 1));
    return (short) ((bits & 0x7fff_ffff) > 0x7f80_0000 ? bits >>> 16 | 0x40 : rounded >>> 16);
  }

  /**
   * Decodes so many values.
   *
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a range does not fit its array; nothing is written then
   */
  public static void decode(short[] from, int fromOffset, float[] to, int toOffset, int count) {
    check("from", Objects.requireNonNull(from, "from").length, fromOffset, count);
    check("to", Objects.requireNonNull(to, "to").length, toOffset, count);
    if (SIMD) {
      Simd.decode(from, fromOffset, to, toOffset, count);
    } else {
      decodeScalar(from, fromOffset, to, toOffset, 0, count);
    }
  }

  /**
   * Encodes so many values.
   *
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if a range does not fit its array; nothing is written then
   */
  public static void encode(float[] from, int fromOffset, short[] to, int toOffset, int count) {
    check("from", Objects.requireNonNull(from, "from").length, fromOffset, count);
    check("to", Objects.requireNonNull(to, "to").length, toOffset, count);
    if (SIMD) {
      Simd.encode(from, fromOffset, to, toOffset, count);
    } else {
      encodeScalar(from, fromOffset, to, toOffset, 0, count);
    }
  }

  private static void check(String name, int length, int offset, int count) {
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IllegalArgumentException(
          "range [" + offset + ", " + ((long) offset + count) + ") of " + name + ", expected within [0, " + length + ")");
    }
  }

  static void decodeScalar(short[] from, int fromAt, float[] to, int toAt, int start, int end) {
    for (int i = start; i < end; i++) {
      to[toAt + i] = Float.intBitsToFloat(from[fromAt + i] << 16);
    }
  }

  static void encodeScalar(float[] from, int fromAt, short[] to, int toAt, int start, int end) {
    for (int i = start; i < end; i++) {
      to[toAt + i] = encode(from[fromAt + i]);
    }
  }

  static final class Simd {
    private static final VectorSpecies<Short> S = VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, F.vectorBitSize() / 2)));

    static void decode(short[] from, int fromAt, float[] to, int toAt, int count) {
      int i = 0;
      for (int end = F.loopBound(count); i < end; i += F.length()) {
        var bits = (IntVector) ShortVector.fromArray(S, from, fromAt + i).convertShape(VectorOperators.S2I, I, 0);
        bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, toAt + i);
      }
      decodeScalar(from, fromAt, to, toAt, i, count);
    }

    static void encode(float[] from, int fromAt, short[] to, int toAt, int count) {
      int i = 0;
      for (int end = F.loopBound(count); i < end; i += F.length()) {
        var x = FloatVector.fromArray(F, from, fromAt + i);
        var bits = x.reinterpretAsInts();
        var upper = bits.lanewise(VectorOperators.LSHR, 16);
        var rounded = bits.add(upper.and(1).add(0x7fff)).lanewise(VectorOperators.LSHR, 16);
        var nan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, 0x7f80_0000);
        ((ShortVector) rounded.blend(upper.or(0x40), nan).convertShape(VectorOperators.I2S, S, 0)).intoArray(to, toAt + i);
      }
      encodeScalar(from, fromAt, to, toAt, i, count);
    }
  }
}
