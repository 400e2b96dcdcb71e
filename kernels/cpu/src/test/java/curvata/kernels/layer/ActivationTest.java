package curvata.kernels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.elementary.Tanh;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationTest {
  private static final int PAD = 3;

  private interface Forward {
    void apply(float[] x, int offset, int rows, int cols, float[] bias, int biasOffset);
  }

  private interface Backward {
    void apply(float[] y, float[] dy, int from, int to);
  }

  /**
   * An activation with its exact counterparts in double: of the sum, and the factor of the gradient in terms of the output.
   *
   * @param ulps error of the activation itself beyond the rounding of the sum
   * @param roundings of the backward pass
   */
  private record Activation(
      String name, Forward forward, Backward backward, DoubleUnaryOperator exact, DoubleUnaryOperator slope, double ulps, int roundings) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Activation> activations() {
    return List.of(
        new Activation("tanh", BiasTanh::forward, BiasTanh::backward, StrictMath::tanh, y -> 1 - y * y, Tanh.MAX_ULP, 2),
        new Activation("relu", BiasRelu::forward, BiasRelu::backward, s -> s > 0 ? s : 0, y -> y > 0 ? 1 : 0, 0, 0));
  }

  /** The sum is off by 2⁻²⁴ of itself, so the output by no more than that of itself: |s f'(s)| ≤ |f(s)| for both. */
  @ParameterizedTest
  @MethodSource("activations")
  void forwardIsWithinItsBoundAndTouchesNothingElse(Activation a) {
    for (int[] shape : LayerData.SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      var random = new SplittableRandom(3);
      float[] x = LayerData.gaussian(random, rows * cols + 2 * PAD, 2);
      float[] bias = LayerData.gaussian(random, cols + PAD, 1);
      float[] before = x.clone();
      a.forward.apply(x, PAD, rows, cols, bias, PAD);
      for (int i = 0; i < x.length; i++) {
        boolean inside = i >= PAD && i < PAD + rows * cols;
        double want = inside ? a.exact.applyAsDouble((double) before[i] + bias[PAD + (i - PAD) % cols]) : before[i];
        double allowed = inside ? Math.abs(want) * 0x1.0001p-24 + a.ulps * LayerData.ulp(want) : 0;
        assertThat((double) x[i]).as("%s, seed 3, %d x %d, index %d", a, rows, cols, i).isCloseTo(want, within(allowed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void forwardInPartsGivesTheSameBits(Activation a) {
    int rows = 413;
    int cols = 10;
    var random = new SplittableRandom(4);
    float[] whole = LayerData.gaussian(random, rows * cols, 2);
    float[] bias = LayerData.gaussian(random, cols, 1);
    float[] parts = whole.clone();
    a.forward.apply(whole, 0, rows, cols, bias, 0);
    for (int i = 0, n; i < rows; i += n) {
      n = Math.min(1 + random.nextInt(100), rows - i);
      a.forward.apply(parts, i * cols, n, cols, bias, 0);
    }
    assertThat(Arrays.mismatch(parts, whole)).as("%s, seed 4: first difference", a).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void backwardIsWithinItsBoundAndTouchesNothingElse(Activation a) {
    for (int n : new int[] {0, 1, 3, 4, 15, 16, 17, 33, 1000, 4097}) {
      var random = new SplittableRandom(5);
      float[] y = LayerData.gaussian(random, n + 2 * PAD, 2);
      a.forward.apply(y, 0, 1, y.length, new float[y.length], 0);
      float[] dy = LayerData.gaussian(random, n + 2 * PAD, 1);
      float[] before = dy.clone();
      float[] outputs = y.clone();
      a.backward.apply(y, dy, PAD, PAD + n);
      assertThat(Arrays.mismatch(y, outputs)).as("%s, seed 5: first changed output", a).isEqualTo(-1);
      for (int i = 0; i < dy.length; i++) {
        double want = before[i] * (i >= PAD && i < PAD + n ? a.slope.applyAsDouble(y[i]) : 1);
        double allowed = a.roundings * Math.abs(want) * 0x1.0001p-24;
        assertThat((double) dy[i]).as("%s, seed 5, n %d, index %d", a, n, i).isCloseTo(want, within(allowed));
      }
    }
  }

  /** Single elements take the plain loop, long ranges the vectors. */
  @ParameterizedTest
  @MethodSource("activations")
  void backwardInPartsGivesTheSameBits(Activation a) {
    int n = 4097;
    var random = new SplittableRandom(6);
    float[] y = LayerData.gaussian(random, n, 0.6);
    float[] whole = LayerData.gaussian(random, n, 1);
    float[] single = whole.clone();
    a.backward.apply(y, whole, 0, n);
    for (int i = 0; i < n; i++) {
      a.backward.apply(y, single, i, i + 1);
    }
    assertThat(Arrays.mismatch(single, whole)).as("%s, seed 6: first difference", a).isEqualTo(-1);
  }

  /** Central differences of step h: off by h² max|f'''| / 6, at most h² / 3, and by the errors of the two values, here below 4 · 2⁻²⁴, over 2 h. */
  @ParameterizedTest
  @MethodSource("activations")
  void backwardAgreesWithDifferences(Activation a) {
    double h = 0x1p-7;
    float[] zero = new float[1];
    for (int k = -300; k <= 300; k++) {
      float s = k / 64f + 1 / 128f; // never 0, where the rectifier has no derivative; s ± h is exact
      float[] y = {s - (float) h / 2, s + (float) h / 2, s};
      a.forward.apply(y, 0, 3, 1, zero, 0);
      float[] dy = {1, 1, 1};
      a.backward.apply(y, dy, 0, 3);
      double difference = ((double) y[1] - y[0]) / h;
      assertThat((double) dy[2]).as("%s at %s", a, s).isCloseTo(difference, within(h * h / 12 + 4 * 0x1p-24 / h + 0x1p-23));
    }
  }

  @Test
  void specialValues() {
    float nan = Float.NaN;
    float inf = Float.POSITIVE_INFINITY;
    for (int n : new int[] {1, 19}) {
      assertThat(forward(activations().get(0), n, nan, 1)).isNaN();
      assertThat(forward(activations().get(0), n, inf, 1)).isEqualTo(1);
      assertThat(forward(activations().get(0), n, -inf, 1)).isEqualTo(-1);
      assertThat(forward(activations().get(1), n, nan, 1)).isNaN();
      assertThat(forward(activations().get(1), n, inf, 1)).isEqualTo(inf);
      assertThat(forward(activations().get(1), n, -inf, 1)).isEqualTo(0);
      assertThat(1 / forward(activations().get(1), n, -0f, -0f)).as("-0 becomes +0").isEqualTo(inf);
      assertThat(backward(activations().get(0), n, nan, 1)).isNaN();
      assertThat(backward(activations().get(0), n, 0.5f, inf)).isEqualTo(inf);
      assertThat(backward(activations().get(0), n, 1, inf)).isNaN();
      assertThat(backward(activations().get(1), n, nan, 2)).isEqualTo(2);
      assertThat(backward(activations().get(1), n, 0, nan)).isEqualTo(0);
      assertThat(backward(activations().get(1), n, 1, nan)).isNaN();
    }
  }

  private static float forward(Activation a, int n, float x, float bias) {
    float[] xs = new float[n];
    float[] biases = new float[n];
    Arrays.fill(xs, x);
    Arrays.fill(biases, bias);
    a.forward.apply(xs, 0, 1, n, biases, 0);
    return same(xs);
  }

  private static float backward(Activation a, int n, float y, float dy) {
    float[] ys = new float[n];
    float[] dys = new float[n];
    Arrays.fill(ys, y);
    Arrays.fill(dys, dy);
    a.backward.apply(ys, dys, 0, n);
    return same(dys);
  }

  private static float same(float[] values) {
    for (float v : values) {
      assertThat(Float.floatToIntBits(v)).as("vectors and tail").isEqualTo(Float.floatToIntBits(values[0]));
    }
    return values[0];
  }

  @ParameterizedTest
  @MethodSource("activations")
  void badBlocksAreRefusedBeforeAnythingIsWritten(Activation a) {
    float[] x = {5, 5, 5, 5, 5, 5};
    float[] b = {5, 5, 5};
    assertThatThrownBy(() -> a.forward.apply(x, 1, 2, 3, b, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("x.offset = 1");
    assertThatThrownBy(() -> a.forward.apply(x, 0, 2, 3, b, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bias.offset = 1");
    assertThatThrownBy(() -> a.forward.apply(x, 0, 1, 3, x, 2)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no overlap");
    assertThatThrownBy(() -> a.forward.apply(x, 0, 1, 3, null, 2)).isInstanceOf(NullPointerException.class).hasMessage("bias");
    assertThatThrownBy(() -> a.backward.apply(x, b, 0, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("range [0, 4) of dy");
    assertThatThrownBy(() -> a.backward.apply(x, x, 0, 4)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("same array");
    assertThatThrownBy(() -> a.backward.apply(null, x, 0, 4)).isInstanceOf(NullPointerException.class).hasMessage("y");
    assertThat(x).containsOnly(5);
    assertThat(b).containsOnly(5);
  }
}
