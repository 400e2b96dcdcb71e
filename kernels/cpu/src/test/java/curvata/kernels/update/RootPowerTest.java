package curvata.kernels.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** √vᵏ against StrictMath in double: over a grid of all floats, and densely where the range reduction changes its exponent or its whole number. */
class RootPowerTest {
  private static final int STRIDE = 2003;
  private static final int INFINITE_BITS = 0x7f800000;

  @ParameterizedTest
  @ValueSource(floats = {0.01f, 0.25f, 0.3f, 0.5f, 0.7f, 0.75f, 0.999f, 1f})
  void errorIsWithinThePromise(float k) {
    double worst = 0;
    for (int bits = 1; bits > 0 && bits < INFINITE_BITS; bits += STRIDE) {
      worst = Math.max(worst, error(Float.intBitsToFloat(bits), k));
    }
    for (int e = -148; e <= 126; e++) {
      for (float centre : new float[] {1, 4 / 9f, 0.5f, 0.75f}) {
        int bits = Float.floatToRawIntBits(Math.scalb(centre, e));
        for (int d = -64; d <= 64; d++) {
          worst = Math.max(worst, bits + d > 0 ? error(Float.intBitsToFloat(bits + d), k) : 0);
        }
      }
    }
    for (int n = -70; n <= 60; n++) { // where 2ⁿ changes
      double v = StrictMath.pow(2, (n + 0.5) * 2 / k);
      if (v > Float.MIN_VALUE && v < Float.MAX_VALUE) {
        for (int d = -64; d <= 64; d++) {
          worst = Math.max(worst, error(Float.intBitsToFloat(Math.max(1, Float.floatToRawIntBits((float) v) + d)), k));
        }
      }
    }
    assertThat(worst).as("largest relative error · 2²⁴, k = %s", k).isLessThanOrEqualTo(AdaHessianUpdate.POWER_ERROR);
  }

  @Test
  void randomPowersToo() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200_000; i++) {
      float v = Float.intBitsToFloat(1 + random.nextInt(INFINITE_BITS - 1));
      float k = (float) random.nextDouble();
      assertThat(error(v, k)).as("v %s, k %s, seed 5", v, k).isLessThanOrEqualTo(AdaHessianUpdate.POWER_ERROR);
    }
  }

  private static double error(float v, float k) {
    double exact = StrictMath.pow(v, 0.5 * k);
    return Math.abs(RootPower.of(v, k) - exact) / exact * 0x1p24;
  }

  @Test
  void specialValues() {
    assertThat(RootPower.of(0f, 0.5f)).isZero();
    assertThat(RootPower.of(Float.POSITIVE_INFINITY, 0.5f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(RootPower.of(Float.NaN, 0.5f)).isNaN();
    assertThat(RootPower.of(-1f, 0.5f)).isNaN();
    assertThat(RootPower.of(1f, 0.3f)).isEqualTo(1f);
  }
}
