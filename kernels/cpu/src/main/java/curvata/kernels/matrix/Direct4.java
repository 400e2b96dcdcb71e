package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import jdk.incubator.vector.FloatVector;

/**
 * Micro-kernels of {@link DirectProduct}: four rows of A, or one, and rows of B where they lie, without packing; C ← A B.
 *
 * <p>Element (r, p) of A is at {@code a0 + r * aRow + p * aCol}, row p of B begins at {@code bAt + p * bRow}, row r of C at {@code c0 + r * cRow}.
 */
final class Direct4 {
  private static final int V = F.length();

  private Direct4() {}

  /** 4 rows times four vectors of columns. */
  static void four(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int depth, float[] c, int c0, int cRow) {
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
      FloatVector b3 = FloatVector.fromArray(F, b, bAt + 3 * V);
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
    s03.intoArray(c, c0 + 3 * V);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s12.intoArray(c, c1 + 2 * V);
    s13.intoArray(c, c1 + 3 * V);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s22.intoArray(c, c2 + 2 * V);
    s23.intoArray(c, c2 + 3 * V);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
    s32.intoArray(c, c3 + 2 * V);
    s33.intoArray(c, c3 + 3 * V);
  }

  /** 4 rows times two vectors of columns. */
  static void two(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int depth, float[] c, int c0, int cRow) {
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
      FloatVector b1 = FloatVector.fromArray(F, b, bAt + V);
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
    s01.intoArray(c, c0 + V);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + V);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + V);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + V);
  }

  /** 4 rows times one vector of columns. */
  static void one(
      float[] a, int a0, int aRow, int aCol, float[] b, int bAt, int bRow, int depth, float[] c, int c0, int cRow) {
    int a1 = a0 + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    for (int p = 0, shift = 0; p < depth; p++, shift += aCol, bAt += bRow) {
      FloatVector b0 = FloatVector.fromArray(F, b, bAt);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + shift]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + shift]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + shift]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + shift]);
      s30 = x3.fma(b0, s30);
    }
    int c1 = c0 + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    s00.intoArray(c, c0);
    s10.intoArray(c, c1);
    s20.intoArray(c, c2);
    s30.intoArray(c, c3);
  }

  /** One row times four vectors of columns, which begin 0, {@code v1}, {@code v2} and {@code v3} columns to the right, and may overlap. */
  static void row(
      float[] a, int aAt, int aCol, float[] b, int bAt, int bRow, int v1, int v2, int v3, int depth, float[] c, int at) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int p = 0; p < depth; p++, aAt += aCol, bAt += bRow) {
      FloatVector x = FloatVector.broadcast(F, a[aAt]);
      s0 = x.fma(FloatVector.fromArray(F, b, bAt), s0);
      s1 = x.fma(FloatVector.fromArray(F, b, bAt + v1), s1);
      s2 = x.fma(FloatVector.fromArray(F, b, bAt + v2), s2);
      s3 = x.fma(FloatVector.fromArray(F, b, bAt + v3), s3);
    }
    s0.intoArray(c, at);
    s1.intoArray(c, at + v1);
    s2.intoArray(c, at + v2);
    s3.intoArray(c, at + v3);
  }
}
