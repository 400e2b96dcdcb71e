package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import jdk.incubator.vector.FloatVector;

/**
 * {@link Direct4} for the last columns: the last vector begins {@code last} columns to the right of the first and overlaps the one before it, so that
 * a tile is as wide as the columns that are there.
 *
 * <p>Apart from the whole tiles because one more number in the loop costs them a tenth.
 */
final class DirectEdge4 {
  private static final int V = F.length();

  private DirectEdge4() {}

  /** 4 rows times up to four vectors of columns. */
  static void four(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int last, int depth, float[] c, int c0, int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + V);
      FloatVector b2 = FloatVector.fromArray(F, b, bAt + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, b, bAt + last);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + shift]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + shift]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + shift]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + shift]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
    }
    int c1 = c0 + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + V);
    s02.intoArray(c, c0 + 2 * V);
    s03.intoArray(c, c0 + last);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s12.intoArray(c, c1 + 2 * V);
    s13.intoArray(c, c1 + last);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s22.intoArray(c, c2 + 2 * V);
    s23.intoArray(c, c2 + last);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
    s32.intoArray(c, c3 + 2 * V);
    s33.intoArray(c, c3 + last);
  }

  /** 4 rows times up to three vectors of columns. */
  static void three(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int last, int depth, float[] c, int c0, int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + V);
      FloatVector b2 = FloatVector.fromArray(F, b, bAt + last);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + shift]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + shift]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + shift]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + shift]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
    }
    int c1 = c0 + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + V);
    s02.intoArray(c, c0 + last);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s12.intoArray(c, c1 + last);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s22.intoArray(c, c2 + last);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
    s32.intoArray(c, c3 + last);
  }

  /** 4 rows times up to two vectors of columns. */
  static void two(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int last, int depth, float[] c, int c0, int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt);
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + last);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + shift]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + shift]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + shift]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + shift]);
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
