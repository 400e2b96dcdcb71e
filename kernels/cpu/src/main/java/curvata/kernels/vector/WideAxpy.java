package curvata.kernels.vector;

import static curvata.kernels.internal.Species.D;

import curvata.kernels.Backend;
import jdk.incubator.vector.DoubleVector;

/**
 * Multiples of float vectors added to double sums.
 *
 * <pre>
 *   s_i ← fma(c, v_i, s_i)
 * </pre>
 *
 * <p>Four vectors at a time give the bits of one after the other. Package-private ranges: nothing is checked.
 */
final class WideAxpy {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private WideAxpy() {}

  /** sum[i] ← sum[i] + Σ_j c[cAt + j · cStep] v_j[from + i] for i in [0, length), j in [0, count), in ascending order of j. */
  static void add(float[][] v, int count, double[] c, int cAt, int cStep, int from, int length, double[] sum, int at) {
    int j = 0;
    for (; j + 4 <= count; j += 4) {
      int k = cAt + j * cStep;
      four(c[k], c[k + cStep], c[k + 2 * cStep], c[k + 3 * cStep], v[j], v[j + 1], v[j + 2], v[j + 3], from, length, sum, at);
    }
    for (; j < count; j++) {
      one(c[cAt + j * cStep], v[j], from, length, sum, at);
    }
  }

  private static void one(double c, float[] v, int from, int length, double[] sum, int at) {
    if (SIMD) {
      Simd.one(c, v, from, length, sum, at);
    } else {
      scalar(c, v, from, 0, length, sum, at);
    }
  }

  private static void four(
      double a, double b, double c, double d, float[] p, float[] q, float[] r, float[] s, int from, int length, double[] sum, int at) {
    if (SIMD) {
      Simd.four(a, b, c, d, p, q, r, s, from, length, sum, at);
    } else {
      scalar(a, b, c, d, p, q, r, s, from, 0, length, sum, at);
    }
  }

  static void scalar(double c, float[] v, int from, int start, int length, double[] sum, int at) {
    for (int i = start; i < length; i++) {
      sum[at + i] = Math.fma(c, v[from + i], sum[at + i]);
    }
  }

  static void scalar(
      double a, double b, double c, double d, float[] p, float[] q, float[] r, float[] s, int from, int start, int length, double[] sum, int at) {
    for (int i = start; i < length; i++) {
      double t = Math.fma(b, q[from + i], Math.fma(a, p[from + i], sum[at + i]));
      sum[at + i] = Math.fma(d, s[from + i], Math.fma(c, r[from + i], t));
    }
  }

  static final class Simd {
    static void one(double c, float[] v, int from, int length, double[] sum, int at) {
      int i = 0;
      var vc = DoubleVector.broadcast(D, c);
      for (int end = D.loopBound(length); i < end; i += D.length()) {
        Wide.load(v, from + i).fma(vc, DoubleVector.fromArray(D, sum, at + i)).intoArray(sum, at + i);
      }
      scalar(c, v, from, i, length, sum, at);
    }

    static void four(
        double a, double b, double c, double d, float[] p, float[] q, float[] r, float[] s, int from, int length, double[] sum, int at) {
      int i = 0;
      var va = DoubleVector.broadcast(D, a);
      var vb = DoubleVector.broadcast(D, b);
      var vc = DoubleVector.broadcast(D, c);
      var vd = DoubleVector.broadcast(D, d);
      for (int end = D.loopBound(length); i < end; i += D.length()) {
        var t = DoubleVector.fromArray(D, sum, at + i);
        t = Wide.load(q, from + i).fma(vb, Wide.load(p, from + i).fma(va, t));
        t = Wide.load(s, from + i).fma(vd, Wide.load(r, from + i).fma(vc, t));
        t.intoArray(sum, at + i);
      }
      scalar(a, b, c, d, p, q, r, s, from, i, length, sum, at);
    }
  }
}
