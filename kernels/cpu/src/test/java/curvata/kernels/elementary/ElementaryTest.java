package curvata.kernels.elementary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ElementaryTest {
  private static final int STRIDE = 1009;
  private static final float[] SAMPLE = sample();

  static Iterable<ElementaryFunction> functions() {
    return ElementaryFunction.all();
  }

  /** Every 1009th bit pattern, and 64 floats on either side of everything special and of every boundary of a range reduction, in both signs. */
  private static float[] sample() {
    float[] grid = new float[(int) ((1L << 32) / STRIDE)];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = Float.intBitsToFloat(i * STRIDE);
    }
    float[] centres = new float[2048];
    int count = 0;
    for (float c : new float[] {0, Float.MIN_NORMAL, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, 0.625f, 9.02f, 10, 16.6f, 88, 89, 104}) {
      centres[count++] = c;
    }
    for (int k = 0; k < 155; k++) {
      centres[count++] = (float) ((k + 0.5) * 0.6931471805599453); // where exp takes another n
      centres[count++] = (float) ((k + 0.5) * 0.6931471805599453 / 2); // where tanh does
      centres[count++] = (float) (k * 0.6931471805599453);
    }
    for (int k = -149; k <= 127; k++) {
      centres[count++] = Math.scalb(1f, k);
      centres[count++] = Math.scalb(2 / 3f, k); // where log takes another exponent
    }
    float[] near = new float[count * 2 * 129];
    int n = 0;
    for (int i = 0; i < count; i++) {
      for (int d = -64; d <= 64; d++) {
        int bits = Float.floatToRawIntBits(centres[i]) + d;
        near[n++] = Float.intBitsToFloat(bits);
        near[n++] = Float.intBitsToFloat(bits ^ Integer.MIN_VALUE);
      }
    }
    float[] all = Arrays.copyOf(grid, grid.length + n);
    System.arraycopy(near, 0, all, grid.length, n);
    return all;
  }

  @Test
  void everyFunctionOfThePackageIsTested() throws Exception {
    Path classes = Path.of(Exp.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolve("curvata/kernels/elementary");
    try (var files = Files.list(classes)) {
      var names = files.map(f -> f.getFileName().toString()).filter(f -> !f.contains("$") && !f.equals("package-info.class"))
          .map(f -> f.replace(".class", "")).collect(Collectors.toSet());
      assertThat(names).isEqualTo(ElementaryFunction.all().stream().map(ElementaryFunction::name).collect(Collectors.toSet()));
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void errorIsWithinThePromiseAndRangesGiveTheBitsOfTheScalarMethod(ElementaryFunction f) {
    float[] y = new float[SAMPLE.length];
    f.range().apply(SAMPLE, y, 0, y.length);
    for (int i = 0; i < y.length; i++) {
      String failure = f.failure(SAMPLE[i], y[i]);
      if (failure != null) {
        throw new AssertionError(failure);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void anyRangeWritesItselfAndNothingElse(ElementaryFunction f) {
    long seed = 7;
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 207, 1000, 1021, 4095, 4097}) {
      for (int offset : new int[] {0, 1, 3}) {
        float[] x = mixed(new SplittableRandom(seed), n + offset + 3);
        float[] y = new float[x.length];
        Arrays.fill(y, 12345);
        float[] before = x.clone();
        f.range().apply(x, y, offset, offset + n);
        assertThat(Arrays.mismatch(x, before)).as("%s, seed %d, n %d: first changed argument", f, seed, n).isEqualTo(-1);
        f.range().apply(x, x, offset, offset + n);
        for (int i = 0; i < x.length; i++) {
          boolean inside = i >= offset && i < offset + n;
          String where = f + ", seed " + seed + ", n " + n + ", offset " + offset + ", index " + i;
          assertBits(where, y[i], inside ? f.scalar().apply(before[i]) : 12345);
          assertBits(where + ", in place", x[i], inside ? f.scalar().apply(before[i]) : before[i]);
        }
      }
    }
  }

  /** Half ordinary numbers, half arbitrary bit patterns. */
  private static float[] mixed(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextBoolean() ? (float) random.nextGaussian(0, 20) : Float.intBitsToFloat(random.nextInt());
    }
    return x;
  }

  private static void assertBits(String where, float got, float want) {
    if (Float.floatToIntBits(got) != Float.floatToIntBits(want)) {
      throw new AssertionError(where + ": " + got + ", expected " + want);
    }
  }

  private static void assertBits(String function, float x, float got, float want) {
    if (Float.floatToIntBits(got) != Float.floatToIntBits(want)) { // no message is built for the many that pass
      throw new AssertionError(function + " of " + x + ": " + got + ", expected " + want);
    }
  }

  @Test
  void specialValues() {
    float inf = Float.POSITIVE_INFINITY;
    float nan = Float.NaN;
    float min = Float.MIN_VALUE;
    float[][] exp = {{0, 1}, {-0f, 1}, {inf, inf}, {-inf, 0}, {nan, nan}, {min, 1}, {88.72284f, inf}, {3e38f, inf}, {-103.9721f, 0}, {-3e38f, 0}};
    float[][] log = {{1, 0}, {0, -inf}, {-0f, -inf}, {inf, inf}, {-inf, nan}, {nan, nan}, {-1, nan}, {-min, nan}};
    float[][] tanh = {{0, 0}, {-0f, -0f}, {inf, 1}, {-inf, -1}, {nan, nan}, {min, min}, {9.011f, 1}, {-9.011f, -1}};
    float[][] sigmoid = {{0, 0.5f}, {-0f, 0.5f}, {inf, 1}, {-inf, 0}, {nan, nan}, {17.4f, 1}, {-104, 0}, {-3e38f, 0}};
    float[][][] tables = {exp, log, tanh, sigmoid};
    for (int t = 0; t < tables.length; t++) {
      ElementaryFunction f = ElementaryFunction.all().get(t);
      for (float[] row : tables[t]) {
        float[] x = new float[19];
        Arrays.fill(x, row[0]);
        f.range().apply(x, x, 0, x.length);
        assertBits(f + " of " + row[0] + " in a vector", x[0], row[1]);
        assertBits(f + " of " + row[0] + " in the tail", x[18], row[1]);
      }
    }
  }

  @Test
  void tanhIsOddAndSigmoidIsSymmetric() {
    for (float x : SAMPLE) {
      assertBits("tanh", -x, Tanh.tanh(-x), -Tanh.tanh(x));
      float upper = Sigmoid.sigmoid(Math.abs(x));
      assertBits("sigmoid", Math.abs(x), upper, x == 0 ? 0.5f : 1 - Sigmoid.sigmoid(-Math.abs(x)));
      if (Math.abs(Tanh.tanh(x)) > 1 || upper > 1 || upper < 0.5f) {
        throw new AssertionError("tanh or sigmoid of " + x + " out of bounds: " + Tanh.tanh(x) + ", " + upper);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void badRangesAreRefusedBeforeAnythingIsWritten(ElementaryFunction f) {
    float[] x = {0.5f, 0.5f, 0.5f};
    float[] y = {12345, 12345};
    assertThatThrownBy(() -> f.range().apply(x, y, 0, 3)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("range [0, 3) of y");
    assertThatThrownBy(() -> f.range().apply(y, x, 0, 3)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("range [0, 3) of x");
    assertThatThrownBy(() -> f.range().apply(x, y, -1, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("range [-1, 1)");
    assertThatThrownBy(() -> f.range().apply(x, y, 2, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("range [2, 1)");
    assertThatThrownBy(() -> f.range().apply(null, y, 0, 1)).isInstanceOf(NullPointerException.class).hasMessage("x");
    assertThatThrownBy(() -> f.range().apply(x, null, 0, 1)).isInstanceOf(NullPointerException.class).hasMessage("y");
    assertThat(y).containsExactly(12345, 12345);
  }

  @Test
  void warmCallsAllocateNothingAlsoAfterAllFunctionsRanHere() {
    float[] x = mixed(new SplittableRandom(11), 1003);
    float[] y = new float[x.length];
    for (int pass = 0; pass < 2; pass++) {
      for (ElementaryFunction f : ElementaryFunction.all()) {
        int n = pass == 0 ? 37 : x.length;
        Allocation.assertNone(f + " of " + n, () -> f.range().apply(x, y, 0, n));
      }
    }
  }
}
