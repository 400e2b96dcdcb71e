package curvata.kernels.matrix;

import static curvata.kernels.internal.Species.F;
import static curvata.kernels.matrix.PackedProduct.STRIDE;

import jdk.incubator.vector.FloatVector;

/**
 * Micro-kernel for processors with 16 vector registers, and for the last rows elsewhere: 8 sums, two vectors of B, one broadcast element of A.
 *
 * <p>Operands and result lie as those of {@link Tile8}.
 */
final class Tile4 {
  static final int ROWS = 4;

  private static final int V = F.length();

  private Tile4() {}

  /** 4 rows times two vectors of columns. */
  static void two(float[] pack, int a, int b, int depth, float[] c, int at, int ldc) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
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
      s00 = FloatVector.broadcast(F, pack[a + p]).fma(b0, s00);
      s10 = FloatVector.broadcast(F, pack[a + STRIDE + p]).fma(b0, s10);
      s20 = FloatVector.broadcast(F, pack[a + 2 * STRIDE + p]).fma(b0, s20);
      s30 = FloatVector.broadcast(F, pack[a + 3 * STRIDE + p]).fma(b0, s30);
    }
    s00.intoArray(c, at);
    s10.intoArray(c, at + ldc);
    s20.intoArray(c, at + 2 * ldc);
    s30.intoArray(c, at + 3 * ldc);
  }
}
