package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.internal.Species.HALF_F;

import jdk.incubator.vector.FloatVector;

/**
 * {@link DirectEdge4} for fewer columns than a vector has lanes: two of half the length, the second of which reaches back over the first.
 *
 * <p>Half, and no third length for still fewer columns: the compiler tells two vector classes apart at one call, with three it calls and boxes, in
 * every kernel of the process.
 */
final class DirectNarrow4 {
  /** Fewer columns than this have no vector; with 128 bits a vector is not halved. */
  static final int LEAST = F.length() >= 8 ? HALF_F.length() : F.length();

  private DirectNarrow4() {}

  /** 4 rows times half a vector of columns to a whole one. */
  static void half(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int last, int depth, float[] c, int c0, int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s00 = FloatVector.zero(HALF_F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(HALF_F, b, bAt);
      FloatVector b1 = FloatVector.fromArray(HALF_F, b, bAt + last);
      FloatVector x0 = FloatVector.broadcast(HALF_F, a[a0 + shift]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(HALF_F, a[a1 + shift]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(HALF_F, a[a2 + shift]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(HALF_F, a[a3 + shift]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
    }
    int c1 = c0 + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + last);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + last);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + last);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + last);
  }
}
