package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;

import jdk.incubator.vector.FloatVector;

/**
 * Micro-kernel of {@link DirectProduct}: four rows of A and rows of B where they lie, without packing; C ← α A B.
 *
 * <p>Element (r, p) of A is at {@code a_r + p * along}, row p of B begins at {@code bAt + p * down}, row r of C at {@code c_r}. Rows may be given twice:
 * the same numbers are then stored twice.
 */
final class Direct4 {
  private static final int V = F.length();

  private Direct4() {}

  /** 4 rows times four vectors of columns. */
  static void four(
      float[] a, int a0, int a1, int a2, int a3, int along, float[] b, int bAt, int down, int depth, float alpha, float[] c, int c0, int c1, int c2,
      int c3) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s02 = FloatVector.zero(F);
    FloatVector s03 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s12 = FloatVector.zero(F);
    FloatVector s13 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s22 = FloatVector.zero(F);
    FloatVector s23 = FloatVector.zero(F);
    FloatVector s30 = FloatVector.zero(F);
    FloatVector s31 = FloatVector.zero(F);
    FloatVector s32 = FloatVector.zero(F);
    FloatVector s33 = FloatVector.zero(F);
    for (int p = 0, shift = 0; p < depth; p++, shift += along, bAt += down) {
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
    s00.mul(alpha).intoArray(c, c0);
    s01.mul(alpha).intoArray(c, c0 + V);
    s02.mul(alpha).intoArray(c, c0 + 2 * V);
    s03.mul(alpha).intoArray(c, c0 + 3 * V);
    s10.mul(alpha).intoArray(c, c1);
    s11.mul(alpha).intoArray(c, c1 + V);
    s12.mul(alpha).intoArray(c, c1 + 2 * V);
    s13.mul(alpha).intoArray(c, c1 + 3 * V);
    s20.mul(alpha).intoArray(c, c2);
    s21.mul(alpha).intoArray(c, c2 + V);
    s22.mul(alpha).intoArray(c, c2 + 2 * V);
    s23.mul(alpha).intoArray(c, c2 + 3 * V);
    s30.mul(alpha).intoArray(c, c3);
    s31.mul(alpha).intoArray(c, c3 + V);
    s32.mul(alpha).intoArray(c, c3 + 2 * V);
    s33.mul(alpha).intoArray(c, c3 + 3 * V);
  }

  /** 4 rows times two vectors of columns. */
  static void two(
      float[] a, int a0, int a1, int a2, int a3, int along, float[] b, int bAt, int down, int depth, float alpha, float[] c, int c0, int c1, int c2,
      int c3) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s30 = FloatVector.zero(F);
    FloatVector s31 = FloatVector.zero(F);
    for (int p = 0, shift = 0; p < depth; p++, shift += along, bAt += down) {
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
    s00.mul(alpha).intoArray(c, c0);
    s01.mul(alpha).intoArray(c, c0 + V);
    s10.mul(alpha).intoArray(c, c1);
    s11.mul(alpha).intoArray(c, c1 + V);
    s20.mul(alpha).intoArray(c, c2);
    s21.mul(alpha).intoArray(c, c2 + V);
    s30.mul(alpha).intoArray(c, c3);
    s31.mul(alpha).intoArray(c, c3 + V);
  }

  /** 4 rows times one vector of columns. */
  static void one(
      float[] a, int a0, int a1, int a2, int a3, int along, float[] b, int bAt, int down, int depth, float alpha, float[] c, int c0, int c1, int c2,
      int c3) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s30 = FloatVector.zero(F);
    for (int p = 0, shift = 0; p < depth; p++, shift += along, bAt += down) {
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
    s00.mul(alpha).intoArray(c, c0);
    s10.mul(alpha).intoArray(c, c1);
    s20.mul(alpha).intoArray(c, c2);
    s30.mul(alpha).intoArray(c, c3);
  }
}
