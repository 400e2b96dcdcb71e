package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.matrix.PackedProduct.COLS;
import static curvata.kernels.matrix.PackedProduct.STRIDE;

import jdk.incubator.vector.FloatVector;

/**
 * Micro-kernels: 4 rows of A times up to four vectors of columns of B, a sum for each row and vector, one broadcast element of A at a time.
 *
 * <p>Row r of A begins at {@code a + r * STRIDE}, a constant stride, so that one index register serves all rows; row p of B at {@code b + p * step}.
 * Four vectors are the widest panel there is: their step is the constant COLS, and the compiler checks the bounds of B once, not in the loop.
 * The sums go to rows of C, or of scratch from where {@link Merge} adds α times them to β D. Four vectors take 21 registers, two take 11. Why not more
 * rows: docs/matrix-products.md.
 */
final class Tile4 {
  static final int ROWS = 4;

  private static final int V = F.length();

  private Tile4() {}

  /**
   * 4 rows times four vectors of columns, COLS from one row of B to the next; row r of A begins at {@code a + (r + 1) * STRIDE}, because without a
   * displacement the first row would take an index register of its own.
   */
  static void four(float[] pack, int a, int b, int depth, float[] c, int at, int ldc) {
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
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(F, pack, b + p * COLS);
      FloatVector b1 = FloatVector.fromArray(F, pack, b + p * COLS + V);
      FloatVector b2 = FloatVector.fromArray(F, pack, b + p * COLS + 2 * V);
      FloatVector b3 = FloatVector.fromArray(F, pack, b + p * COLS + 3 * V);
      FloatVector a0 = FloatVector.broadcast(F, pack[a + STRIDE + p]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s02 = a0.fma(b2, s02);
      s03 = a0.fma(b3, s03);
      FloatVector a1 = FloatVector.broadcast(F, pack[a + 2 * STRIDE + p]);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s12 = a1.fma(b2, s12);
      s13 = a1.fma(b3, s13);
      FloatVector a2 = FloatVector.broadcast(F, pack[a + 3 * STRIDE + p]);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s22 = a2.fma(b2, s22);
      s23 = a2.fma(b3, s23);
      FloatVector a3 = FloatVector.broadcast(F, pack[a + 4 * STRIDE + p]);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
      s32 = a3.fma(b2, s32);
      s33 = a3.fma(b3, s33);
    }
    s00.intoArray(c, at);
    s01.intoArray(c, at + V);
    s02.intoArray(c, at + 2 * V);
    s03.intoArray(c, at + 3 * V);
    s10.intoArray(c, at + ldc);
    s11.intoArray(c, at + ldc + V);
    s12.intoArray(c, at + ldc + 2 * V);
    s13.intoArray(c, at + ldc + 3 * V);
    s20.intoArray(c, at + 2 * ldc);
    s21.intoArray(c, at + 2 * ldc + V);
    s22.intoArray(c, at + 2 * ldc + 2 * V);
    s23.intoArray(c, at + 2 * ldc + 3 * V);
    s30.intoArray(c, at + 3 * ldc);
    s31.intoArray(c, at + 3 * ldc + V);
    s32.intoArray(c, at + 3 * ldc + 2 * V);
    s33.intoArray(c, at + 3 * ldc + 3 * V);
  }

  /** 4 rows times two vectors of columns, {@code step} from one row of B to the next. */
  static void two(float[] pack, int a, int b, int step, int depth, float[] c, int at, int ldc) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int p = 0; p < depth; p++, b += step) {
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
    }
    s00.intoArray(c, at);
    s01.intoArray(c, at + V);
    s10.intoArray(c, at + ldc);
    s11.intoArray(c, at + ldc + V);
    s20.intoArray(c, at + 2 * ldc);
    s21.intoArray(c, at + 2 * ldc + V);
    s30.intoArray(c, at + 3 * ldc);
    s31.intoArray(c, at + 3 * ldc + V);
  }

  /** 4 rows times one vector of columns, {@code step} from one row of B to the next. */
  static void one(float[] pack, int a, int b, int step, int depth, float[] c, int at, int ldc) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    for (int p = 0; p < depth; p++, b += step) {
      FloatVector b0 = FloatVector.fromArray(F, pack, b);
      FloatVector a0 = FloatVector.broadcast(F, pack[a + p]);
      s00 = a0.fma(b0, s00);
      FloatVector a1 = FloatVector.broadcast(F, pack[a + STRIDE + p]);
      s10 = a1.fma(b0, s10);
      FloatVector a2 = FloatVector.broadcast(F, pack[a + 2 * STRIDE + p]);
      s20 = a2.fma(b0, s20);
      FloatVector a3 = FloatVector.broadcast(F, pack[a + 3 * STRIDE + p]);
      s30 = a3.fma(b0, s30);
    }
    s00.intoArray(c, at);
    s10.intoArray(c, at + ldc);
    s20.intoArray(c, at + 2 * ldc);
    s30.intoArray(c, at + 3 * ldc);
  }
}
