package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.matrix.PackedProduct.STRIDE;

import jdk.incubator.vector.FloatVector;

/**
 * Micro-kernel for processors with 32 vector registers: 16 sums, two vectors of B, one broadcast element of A.
 *
 * <p>Row r of A begins at {@code a + r * STRIDE}, a constant stride, so that one index register serves all rows; B is {@code [p][columns]}. The sums
 * go to rows of C, or of scratch from where {@link Merge} adds α times them to β D. Twelve rows do as well, but with their stores they leave the compiler's
 * inlining budget, and in some processes vectors then become objects.
 */
final class Tile8 {
  static final int ROWS = 8;

  private static final int V = F.length();

  private Tile8() {}

  /** 8 rows times two vectors of columns. */
  static void two(float[] pack, int a, int b, int depth, float[] c, int at, int ldc) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    FloatVector s60 = s00;
    FloatVector s61 = s00;
    FloatVector s70 = s00;
    FloatVector s71 = s00;
    for (int p = 0; p < depth; p++, b += 2 * V) {
      FloatVector b0 = FloatVector.fromArray(F, pack, b);
      FloatVector b1 = FloatVector.fromArray(F, pack, b + V);
      FloatVector a0 = FloatVector.broadcast(F, pack[a + p]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      FloatVector a1 = FloatVector.broadcast(F, pack[a + STRIDE + p]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      FloatVector a2 = FloatVector.broadcast(F, pack[a + 2 * STRIDE + p]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      FloatVector a3 = FloatVector.broadcast(F, pack[a + 3 * STRIDE + p]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      FloatVector a4 = FloatVector.broadcast(F, pack[a + 4 * STRIDE + p]);
      s40 = a4.fma(b0, s40);
      s41 = a4.fma(b1, s41);
      FloatVector a5 = FloatVector.broadcast(F, pack[a + 5 * STRIDE + p]);
      s50 = a5.fma(b0, s50);
      s51 = a5.fma(b1, s51);
      FloatVector a6 = FloatVector.broadcast(F, pack[a + 6 * STRIDE + p]);
      s60 = a6.fma(b0, s60);
      s61 = a6.fma(b1, s61);
      FloatVector a7 = FloatVector.broadcast(F, pack[a + 7 * STRIDE + p]);
      s70 = a7.fma(b0, s70);
      s71 = a7.fma(b1, s71);
    }
    s00.intoArray(c, at);
    s01.intoArray(c, at + V);
    s10.intoArray(c, at + ldc);
    s11.intoArray(c, at + ldc + V);
    s20.intoArray(c, at + 2 * ldc);
    s21.intoArray(c, at + 2 * ldc + V);
    s30.intoArray(c, at + 3 * ldc);
    s31.intoArray(c, at + 3 * ldc + V);
    s40.intoArray(c, at + 4 * ldc);
    s41.intoArray(c, at + 4 * ldc + V);
    s50.intoArray(c, at + 5 * ldc);
    s51.intoArray(c, at + 5 * ldc + V);
    s60.intoArray(c, at + 6 * ldc);
    s61.intoArray(c, at + 6 * ldc + V);
    s70.intoArray(c, at + 7 * ldc);
    s71.intoArray(c, at + 7 * ldc + V);
  }
}
