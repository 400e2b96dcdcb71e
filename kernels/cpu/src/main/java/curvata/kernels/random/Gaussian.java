package curvata.kernels.random;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.internal.Species.I;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Standard normal numbers by Box and Muller's rotation.
 *
 * <pre>
 *   pair: indices j and j + 16, where j mod 32 &lt; 16
 *   v = 2⁻³¹ bits(j),  t = 2⁻³¹ bits(j + 16)                  as signed integers, converted to float
 *   r = sign(v) · √(−2 ln(|v| + 2⁻³²)),   a = |t| π / 2
 *   x(j) = r cos a,   x(j + 16) = sign(t) r sin a
 * </pre>
 *
 * with bits(j) = bits(key(seed, stream, normals, ⌊j / 2³²⌋), j mod 2³²), see {@link Counter}. The two signs turn the quarter circle of a into a
 * whole one.
 *
 * <p>A value depends on seed, stream and index alone: any split of a range, any thread, any vector width gives the same bits. |x| ≤ 6.66; the error
 * against the formula, with |v| + 2⁻³² rounded to float, is at most {@value #MAX_ERROR} · 2⁻²⁴ r. Writes 4 bytes per element; allocates nothing.
 *
 * @see <a href="https://doi.org/10.1214/aoms/1177706645">Box, Muller: A note on the generation of random normal deviates</a>
 */
public final class Gaussian {
  /** Largest error against the formula, in units of 2⁻²⁴ r. */
  public static final double MAX_ERROR = 6;

  /** Indices that agree above so many bits share a {@link #key}. */
  public static final int KEY_SHIFT = 32;

  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int GROUP = 32;
  private static final int HALF = 16;
  private static final int CHUNK = 1024; // of x, which holds what one pass leaves for the next, in the first-level cache
  private static final int SIGN = 0x80000000;

  private static final float UNIT = 0x1p-31f;
  private static final float TINY = 0x1p-32f;

  // Own polynomials: arguments in (0, 1] and on a quarter circle need no special cases.
  // −2 ln(m) = f (−2 + f (L0 + L1 f + …)) for f = m − 1, m in [√½, √2); minimax, relative error 3e-8
  private static final int SQRT_HALF = 0x3f3504f3;
  private static final int MANTISSA = 0x7fffff;
  private static final float MINUS_2_LN_2 = -1.3862944f;
  private static final float L0 = 0.9999998f;
  private static final float L1 = -0.666679f;
  private static final float L2 = 0.5000351f;
  private static final float L3 = -0.39924145f;
  private static final float L4 = 0.33141017f;
  private static final float L5 = -0.29835948f;
  private static final float L6 = 0.28615046f;
  private static final float L7 = -0.17469688f;

  // √½ cos(y π/2) = C0 + C1 y² + …, √½ sin(y π/2) = y (S0 + S1 y² + …) for |y| ≤ ½; minimax, errors 2e-8 and 3e-9
  private static final float C0 = 0.70710677f;
  private static final float C1 = -0.8723555f;
  private static final float C2 = 0.17932132f;
  private static final float C3 = -0.014430884f;
  private static final float S0 = 1.1107208f;
  private static final float S1 = -0.45676515f;
  private static final float S2 = 0.05634243f;
  private static final float S3 = -0.0032542306f;

  private Gaussian() {}

  /** The key of value {@code index}, for devices: the lower half is k₀ of {@link Counter#bits}, the upper half k₁. */
  public static long key(long seed, long stream, long index) {
    return Counter.key(seed, stream, Counter.NORMALS, index >>> KEY_SHIFT);
  }

  /** Value {@code index} of the sequence. */
  public static float at(long seed, long stream, long index) {
    long key = key(seed, stream, index);
    return value((int) key, (int) (key >>> 32), (int) index);
  }

  /** Writes x[i] = value i of the sequence for i in [from, to); see {@link #fill(long, long, float[], int, int, long)}. */
  public static void fill(long seed, long stream, float[] x, int from, int to) {
    fill(seed, stream, x, from, to, from);
  }

  /**
   * Writes x[from + k] = value {@code first + k} of the sequence.
   *
   * @param first index of x[from]'s value, at least 0
   * @throws NullPointerException if x is null
   * @throws IllegalArgumentException if the range does not fit or an index would be negative; nothing is written then
   */
  public static void fill(long seed, long stream, float[] x, int from, int to, long first) {
    Checks.range("x", x, from, to);
    Counter.checkIndices(first, to - from);
    for (int i = from, end; i < to; i = end) {
      long index = first + (i - from);
      end = i + Counter.sameKey(index, to - i, KEY_SHIFT);
      long key = key(seed, stream, index);
      range((int) key, (int) (key >>> 32), x, i, end, (int) index);
    }
  }

  private static void range(int k0, int k1, float[] x, int from, int to, int counter) {
    int head = from + Math.min(to - from, -counter & (GROUP - 1));
    int end = head + ((to - head) & -GROUP);
    values(k0, k1, x, from, head, counter);
    if (SIMD) {
      Simd.groups(k0, k1, x, head, end, counter + (head - from));
    } else {
      scalarGroups(k0, k1, x, head, end, counter + (head - from));
    }
    values(k0, k1, x, end, to, counter + (end - from));
  }

  private static void values(int k0, int k1, float[] x, int from, int to, int counter) {
    for (int i = from; i < to; i++) {
      x[i] = value(k0, k1, counter + (i - from));
    }
  }

  static void scalarGroups(int k0, int k1, float[] x, int from, int to, int counter) {
    for (int group = from; group < to; group += GROUP, counter += GROUP) {
      for (int j = 0; j < HALF; j++) {
        float r = radius(unit(Counter.bits(k0, k1, counter + j)));
        float t = unit(Counter.bits(k0, k1, counter + j + HALF));
        x[group + j] = cosine(r, t);
        x[group + j + HALF] = sine(r, t);
      }
    }
  }

  private static float value(int k0, int k1, int counter) {
    float r = radius(unit(Counter.bits(k0, k1, counter & ~HALF)));
    float t = unit(Counter.bits(k0, k1, counter | HALF));
    return (counter & HALF) == 0 ? cosine(r, t) : sine(r, t);
  }

  /** A signed number of magnitude at most 1. */
  private static float unit(int bits) {
    return bits * UNIT;
  }

  static float radius(float v) {
    int b = Float.floatToRawIntBits(Math.abs(v) + TINY) - SQRT_HALF;
    float f = Float.intBitsToFloat((b & MANTISSA) + SQRT_HALF) - 1;
    float p = Math.fma(f, Math.fma(f, Math.fma(f, Math.fma(f, L7, L6), L5), L4), L3);
    p = Math.fma(f, Math.fma(f, Math.fma(f, p, L2), L1), L0);
    float square = Math.fma(b >> 23, MINUS_2_LN_2, f * Math.fma(f, p, -2));
    float r = (float) Math.sqrt(square);
    return Float.intBitsToFloat(Float.floatToRawIntBits(r) | Float.floatToRawIntBits(v) & SIGN);
  }

  static float cosine(float r, float t) {
    float y = Math.abs(t) - 0.5f;
    return (diagonalCosine(y * y) - y * diagonalSine(y * y)) * r;
  }

  static float sine(float r, float t) {
    float y = Math.abs(t) - 0.5f;
    float s = (diagonalCosine(y * y) + y * diagonalSine(y * y)) * r;
    return Float.intBitsToFloat(Float.floatToRawIntBits(s) ^ Float.floatToRawIntBits(t) & SIGN);
  }

  private static float diagonalCosine(float z) {
    return Math.fma(z, Math.fma(z, Math.fma(z, C3, C2), C1), C0);
  }

  private static float diagonalSine(float z) {
    return Math.fma(z, Math.fma(z, Math.fma(z, S3, S2), S1), S0);
  }

  /** One step of all groups of a chunk, from what the step before left in x. */
  private interface Pass {
    void run(int k0, int k1, float[] x, int from, int to, int counter);
  }

  static final class Simd {
    // Called through an interface with three receivers, so that C2 compiles each pass alone. In one body it runs out of nodes
    // (NodeCountInliningCutoff), leaves vector operations out of line and boxes them: ten times slower, 18 bytes of garbage per element.
    private static final Pass[] PASSES = {
      Simd::units, (k0, k1, x, from, to, counter) -> radii(x, from, to), (k0, k1, x, from, to, counter) -> rotate(x, from, to)
    };

    static void groups(int k0, int k1, float[] x, int from, int to, int counter) {
      for (int i = from, end; i < to; i = end) {
        end = i + Math.min(CHUNK, to - i);
        for (Pass pass : PASSES) {
          pass.run(k0, k1, x, i, end, counter + (i - from));
        }
      }
    }

    private static void units(int k0, int k1, float[] x, int from, int to, int counter) {
      var c = IntVector.broadcast(I, counter + k0).addIndex(1);
      for (int i = from; i < to; i += I.length()) {
        var b = shiftXor(c, 17).mul(Counter.M0).add(k1);
        b = shiftXor(b, 11).mul(Counter.M1);
        b = shiftXor(b, 15).mul(Counter.M2);
        b = shiftXor(b, 14);
        ((FloatVector) b.convert(VectorOperators.I2F, 0)).mul(UNIT).intoArray(x, i);
        c = c.add(I.length());
      }
    }

    private static IntVector shiftXor(IntVector x, int count) {
      return x.lanewise(VectorOperators.LSHR, count).lanewise(VectorOperators.XOR, x);
    }

    private static void radii(float[] x, int from, int to) {
      for (int group = from; group < to; group += GROUP) {
        for (int i = group; i < group + HALF; i += F.length()) {
          var v = FloatVector.fromArray(F, x, i);
          var b = v.abs().add(TINY).reinterpretAsInts().sub(SQRT_HALF);
          var f = b.and(MANTISSA).add(SQRT_HALF).reinterpretAsFloats().sub(1);
          var e = (FloatVector) b.lanewise(VectorOperators.ASHR, 23).convert(VectorOperators.I2F, 0);
          var p = FloatVector.broadcast(F, L7);
          p = horner(horner(horner(horner(p, f, L6), f, L5), f, L4), f, L3);
          p = horner(horner(horner(p, f, L2), f, L1), f, L0);
          var r = e.fma(FloatVector.broadcast(F, MINUS_2_LN_2), f.mul(horner(p, f, -2))).sqrt();
          r.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(x, i);
        }
      }
    }

    private static void rotate(float[] x, int from, int to) {
      for (int group = from; group < to; group += GROUP) {
        for (int i = group; i < group + HALF; i += F.length()) {
          var r = FloatVector.fromArray(F, x, i);
          var t = FloatVector.fromArray(F, x, i + HALF);
          var y = t.abs().sub(0.5f);
          var z = y.mul(y);
          var c = horner(horner(horner(FloatVector.broadcast(F, C3), z, C2), z, C1), z, C0);
          var s = horner(horner(horner(FloatVector.broadcast(F, S3), z, S2), z, S1), z, S0).mul(y);
          c.sub(s).mul(r).intoArray(x, i);
          c.add(s).mul(r).reinterpretAsInts().lanewise(VectorOperators.XOR, t.reinterpretAsInts().and(SIGN)).reinterpretAsFloats()
              .intoArray(x, i + HALF);
        }
      }
    }

    private static FloatVector horner(FloatVector p, FloatVector z, float coefficient) {
      return p.fma(z, FloatVector.broadcast(F, coefficient));
    }
  }
}
