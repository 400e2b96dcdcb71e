package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Direct4} for fewer columns than a vector has lanes, which a mask leaves out: nothing beyond a row's end is read or written.
 *
 * <p>Apart from the whole tiles, which a mask would cost time.
 */
final class DirectFew4 {
  private DirectFew4() {}

  /** 4 rows times {@code n} columns. */
  static void four(float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int n, int depth, float[] c, int c0, int cRow) {
    VectorMask<Float> there = F.indexInRange(0, n);
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt, there);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + shift]);
      s0 = x0.fma(b0, s0);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + shift]);
      s1 = x1.fma(b0, s1);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + shift]);
      s2 = x2.fma(b0, s2);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + shift]);
      s3 = x3.fma(b0, s3);
    }
    s0.intoArray(c, c0, there);
    s1.intoArray(c, c0 + cRow, there);
    s2.intoArray(c, c0 + 2 * cRow, there);
    s3.intoArray(c, c0 + 3 * cRow, there);
  }

  /** One row times {@code n} columns. */
  static void row(float[] a, int a0, int aCol, float[] b, int bAt, int bRow, int n, int depth, float[] c, int at) {
    VectorMask<Float> there = F.indexInRange(0, n);
    FloatVector s = FloatVector.zero(F);
    for (int p = 0; p < depth; p++, a0 += aCol, bAt += bRow) {
      s = FloatVector.broadcast(F, a[a0]).fma(FloatVector.fromArray(F, b, bAt, there), s);
    }
    s.intoArray(c, at, there);
  }
}
