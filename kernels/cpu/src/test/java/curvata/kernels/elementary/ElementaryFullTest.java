package curvata.kernels.elementary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All 2³² floats: minutes per function. */
@EnabledIfSystemProperty(named = "curvata.test.full", matches = "true")
class ElementaryFullTest {
  private static final int BLOCK = 1 << 16;

  static Iterable<ElementaryFunction> functions() {
    return ElementaryFunction.all();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void errorIsWithinThePromiseAndRangesGiveTheBitsOfTheScalarMethod(ElementaryFunction f) {
    double worst = IntStream.range(0, 1 << 16).parallel().mapToDouble(block -> worst(f, block)).max().orElseThrow();
    assertThat(worst).as("largest error of %s over all floats, in ulp", f).isLessThanOrEqualTo(f.maxUlp());
    assertThat(worst).as("the bound stated for %s is the measured one", f).isGreaterThan(f.maxUlp() - 0.01);
  }

  private static double worst(ElementaryFunction f, int block) {
    float[] x = new float[BLOCK];
    float[] y = new float[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      x[i] = Float.intBitsToFloat(block << 16 | i);
    }
    f.range().apply(x, y, 0, BLOCK);
    double worst = 0;
    for (int i = 0; i < BLOCK; i++) {
      float scalar = f.scalar().apply(x[i]);
      if (Float.floatToIntBits(y[i]) != Float.floatToIntBits(scalar)) {
        throw new AssertionError(f.failure(x[i], y[i]));
      }
      worst = Math.max(worst, f.ulps(x[i], y[i]));
    }
    return worst;
  }
}
