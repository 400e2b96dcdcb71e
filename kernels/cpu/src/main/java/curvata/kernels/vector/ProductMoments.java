package curvata.kernels.vector;

import static curvata.kernels.internal.Species.F;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import jdk.incubator.vector.FloatVector;

/**
 * Running mean and squared deviation of an element-wise product, one sample at a time.
 *
 * <pre>
 *   d ← x y − mean,   mean ← mean + d / j,   m2 ← m2 + d (x y − mean)
 * </pre>
 *
 * for sample j = 1, 2, …, from mean = m2 = 0. Each element's variance is m2 / (j − 1).
 *
 * <p>In float, no sum of squares is ever subtracted: the mean is within about 2⁻²⁴ (j + 2) of the largest sample, relatively. Reads 16 and writes 8
 * bytes per element; allocates nothing. Scalar and SIMD results are equal bit for bit; NaN and infinity propagate.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1962.10490022">Welford: Note on a method for calculating corrected sums of squares and products</a>
 */
public final class ProductMoments {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private ProductMoments() {}

  /**
   * Adds sample j, element by element of n.
   *
   * @param x n floats from {@code at} on
   * @param y n floats from {@code at} on
   * @param j number of this sample, from 1
   * @param mean n floats, another array than x and y
   * @param m2 n floats, another array than x, y and mean
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if j &lt; 1 or a range does not fit; nothing is written then
   */
  public static void add(float[] x, float[] y, int at, int j, float[] mean, float[] m2, int n) {
    if (j < 1 || at < 0 || at > Integer.MAX_VALUE - n) {
      throw new IllegalArgumentException("j, at = " + j + ", " + at + ", expected j >= 1 and at >= 0");
    }
    Checks.range("mean", mean, 0, n);
    Checks.range("m2", m2, 0, n);
    Checks.range("x", x, at, at + n);
    Checks.range("y", y, at, at + n);
    float inverse = 1f / j;
    if (SIMD) {
      Simd.range(x, y, at, inverse, mean, m2, 0, n);
    } else {
      scalar(x, y, at, inverse, mean, m2, 0, n);
    }
  }

  static void scalar(float[] x, float[] y, int at, float inverse, float[] mean, float[] m2, int from, int to) {
    for (int i = from; i < to; i++) {
      float p = x[at + i] * y[at + i];
      float d = p - mean[i];
      mean[i] = mean[i] + d * inverse;
      m2[i] = m2[i] + d * (p - mean[i]);
    }
  }

  static final class Simd {
    static void range(float[] x, float[] y, int at, float inverse, float[] mean, float[] m2, int from, int to) {
      int i = from;
      for (int end = from + F.loopBound(to - from); i < end; i += F.length()) {
        var p = FloatVector.fromArray(F, x, at + i).mul(FloatVector.fromArray(F, y, at + i));
        var old = FloatVector.fromArray(F, mean, i);
        var d = p.sub(old);
        var now = old.add(d.mul(inverse));
        now.intoArray(mean, i);
        FloatVector.fromArray(F, m2, i).add(d.mul(p.sub(now))).intoArray(m2, i);
      }
      scalar(x, y, at, inverse, mean, m2, i, to);
    }
  }
}
