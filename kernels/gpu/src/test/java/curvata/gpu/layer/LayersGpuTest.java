package curvata.gpu.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.Trial;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.layer.Bias;
import curvata.kernels.layer.BiasRelu;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers against their CPU twins: the same bits where only sums are involved, else the bound that the javadoc derives, around the formula in double. */
class LayersGpuTest {
  private static final double U = 0x1p-24;
  private static final double TINY = 0x1p-126; // a device may take subnormal numbers for zero

  private static float[] special(float[] x) {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, 1e-30f, -9.5f, 50};
    System.arraycopy(values, 0, x, 0, Math.min(x.length, values.length));
    return x;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 255", "257, 1", "37, 33", "64, 128", "5, 0", "0, 5"})
  void forwardIsTheTwin(int rows, int cols) {
    Draw draw = new Draw(rows + 1000L * cols);
    float[] x = special(draw.floats(rows * cols, 4));
    float[] b = draw.floats(cols, 1);
    try (Trial trial = new Trial()) {
      DeviceBuffer bias = trial.floats(b);
      DeviceBuffer plain = trial.floats(x);
      DeviceBuffer relu = trial.floats(x);
      DeviceBuffer tanh = trial.floats(x);
      trial.program.bias(rows, cols, plain, bias);
      trial.program.biasRelu(rows, cols, relu, bias);
      trial.program.biasTanh(rows, cols, tanh, bias);
      if (x.length == 0) {
        return;
      }
      trial.run();
      float[] sum = x.clone();
      Bias.add(sum, 0, rows, cols, b, 0);
      float[] positive = x.clone();
      BiasRelu.forward(positive, 0, rows, cols, b, 0);
      assertThat(Trial.read(plain)).isEqualTo(sum);
      assertThat(Trial.read(relu)).isEqualTo(positive);
      float[] y = Trial.read(tanh);
      for (int i = 0; i < y.length; i++) {
        double exact = Math.tanh(sum[i]);
        double allowed = BiasGpu.TANH_ULP * Math.ulp((float) exact) + TINY;
        assertThat(Double.isNaN(exact) ? Float.isNaN(y[i]) : Math.abs(y[i] - exact) <= allowed).as("tanh %s = %s", sum[i], y[i]).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 4099})
  void backwardIsTheTwin(int n) {
    Draw draw = new Draw(n);
    float[] dy = special(draw.spread(n));
    float[] y = draw.floats(n, 1);
    if (n > 0) {
      y[n / 2] = Float.NaN;
      y[n - 1] = 0;
    }
    try (Trial trial = new Trial()) {
      DeviceBuffer relu = trial.floats(dy);
      DeviceBuffer tanh = trial.floats(dy);
      DeviceBuffer out = trial.floats(y);
      trial.program.reluGradient(n, out, relu);
      trial.program.tanhGradient(n, out, tanh);
      if (n == 0) {
        return;
      }
      trial.run();
      float[] expected = dy.clone();
      BiasRelu.backward(y, expected, 0, n);
      assertThat(Trial.read(relu)).isEqualTo(expected);
      float[] dx = Trial.read(tanh);
      for (int i = 0; i < n; i++) {
        double exact = dy[i] * (1 - (double) y[i] * y[i]);
        double allowed = U * (Math.abs(dy[i]) + 2 * Math.abs(exact)) * (1 + 2 * U) + TINY;
        boolean near = Double.isNaN(exact) ? Float.isNaN(dx[i]) : dx[i] == (float) exact || Math.abs(dx[i] - exact) <= allowed;
        assertThat(near).as("dy %s, y %s: %s, exact %s", dy[i], y[i], dx[i], exact).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 1", "255, 33", "257, 5", "5003, 10", "3, 300"})
  void gradientOfTheBias(int rows, int cols) {
    float[] dy = new Draw(rows).spread(rows * cols);
    try (Trial trial = new Trial()) {
      DeviceBuffer to = trial.floats(new Draw(2).floats(cols, 1));
      trial.program.biasGradient(rows, cols, trial.floats(dy), to);
      trial.run();
      float[] actual = Trial.read(to);
      for (int j = 0; j < cols; j++) {
        double sum = 0;
        double terms = 0;
        for (int i = 0; i < rows; i++) {
          sum += dy[i * cols + j];
          terms += Math.abs(dy[i * cols + j]);
        }
        double allowed = U * Math.abs(sum) + (rows + 101) * 0x1p-53 * terms; // the loop here, ColumnsGpu, and one rounding
        assertThat(Math.abs(actual[j] - sum)).as("column %d", j).isLessThanOrEqualTo(allowed);
      }
    }
  }

  /** Loss and gradient in double. */
  private static double exact(float[] z, int row, int cols, int label, double scale, double[] gradient) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < cols; j++) {
      max = Math.max(max, z[row + j]);
    }
    double others = 0; // but for the largest, which counts 1
    boolean seen = false;
    for (int j = 0; j < cols; j++) {
      boolean first = !seen && z[row + j] == max;
      others += first ? 0 : Math.exp(z[row + j] - max);
      seen |= first;
    }
    for (int j = 0; j < cols; j++) {
      gradient[j] = scale * Math.exp(z[row + j] - max) / (1 + others);
    }
    double rest = 0;
    for (int j = 0; j < cols; j++) {
      rest += j == label ? 0 : Math.exp(z[row + j] - max);
    }
    gradient[label] = -scale * rest / (1 + others);
    return Math.log1p(others) - (z[row + label] - max);
  }

  @ParameterizedTest
  @CsvSource({"0, 5, 1", "1, 1, 1", "7, 2, 30", "65, 10, 4", "130, 63, 20", "33, 65, 1", "2, 64, 3", "3, 1021, 60", "4099, 3, 2"})
  void softmaxCrossEntropy(int rows, int cols, double range) {
    Draw draw = new Draw(cols);
    float[] z = draw.floats(rows * cols, range);
    int[] labels = draw.indices(rows, cols);
    float[] scales = draw.floats(rows, 1);
    if (rows > 0) {
      scales[0] = 0;
    }
    try (Trial trial = new Trial()) {
      DeviceBuffer logits = trial.floats(z);
      DeviceBuffer losses = trial.floats(new float[rows]);
      trial.program.softmaxCrossEntropy(rows, cols, logits, trial.ints(labels), losses, trial.floats(scales));
      if (rows == 0) {
        return;
      }
      trial.run();
      float[] gradient = Trial.read(logits);
      float[] loss = Trial.read(losses);
      double[] expected = new double[cols];
      for (int i = 0; i < rows; i++) {
        double exact = exact(z, i * cols, cols, labels[i], scales[i], expected);
        double relative = (2 * range + SoftmaxCrossEntropyGpu.EXP_ULP + 3) * 2 * U;
        assertThat(Math.abs(loss[i] - exact)).as("loss of row %d: %s, exact %s", i, loss[i], exact)
            .isLessThanOrEqualTo(relative * exact + cols * TINY);
        for (int j = 0; j < cols; j++) {
          double error = Math.abs(gradient[i * cols + j] - expected[j]);
          assertThat(error).as("row %d, column %d: %s, exact %s", i, j, gradient[i * cols + j], expected[j])
              .isLessThanOrEqualTo(relative * Math.abs(expected[j]) + cols * TINY);
        }
      }
    }
  }

  /** Half the squared distance and its gradient; NaN and infinity propagate within their row. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 2, 30", "65, 10, 4", "130, 63, 20", "33, 65, 1", "3, 1021, 1e-3", "0, 4, 1"})
  void squaredError(int rows, int cols, double range) {
    Draw draw = new Draw(100 + cols);
    float[] z = draw.floats(rows * cols, range);
    int[] labels = draw.indices(rows, cols);
    float[] scales = draw.floats(rows, 1);
    if (rows > 2) {
      scales[0] = 0;
      z[cols] = Float.NaN;
      z[2 * cols] = Float.NEGATIVE_INFINITY;
    }
    try (Trial trial = new Trial()) {
      DeviceBuffer outputs = trial.floats(z);
      DeviceBuffer losses = trial.floats(new float[rows]);
      trial.program.squaredError(rows, cols, outputs, trial.ints(labels), losses, trial.floats(scales));
      if (rows == 0) {
        return;
      }
      trial.run();
      float[] gradient = Trial.read(outputs);
      float[] loss = Trial.read(losses);
      for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int j = 0; j < cols; j++) {
          double d = z[i * cols + j] - (j == labels[i] ? 1.0 : 0.0);
          sum += d * d;
          near("row " + i + ", column " + j, gradient[i * cols + j], scales[i] * d, (1 + 0x1p-27) * U);
        }
        near("loss of row " + i, loss[i], sum / 2, (1 + (cols / 64 + 10) * 0x1p-29) * U + cols * 0x1p-53); // the last: the loop here
      }
    }
  }

  private static void near(String what, float actual, double exact, double relative) {
    boolean near = Double.isFinite(exact) ? Math.abs(actual - exact) <= relative * Math.abs(exact) + TINY : Double.compare(actual, exact) == 0;
    assertThat(near).as("%s: %s, exact %s", what, actual, exact).isTrue();
  }

  @Test
  void specialLogits() {
    float inf = Float.POSITIVE_INFINITY;
    float[] z = {1, Float.NaN, 0, Float.NaN, 1, 0, inf, 1, 0, -inf, -inf, -inf, -inf, 2, 1, 100, -100, -100, 3, 3, 3};
    int[] labels = {0, 1, 0, 0, 0, 0, 1};
    try (Trial trial = new Trial()) {
      DeviceBuffer logits = trial.floats(z);
      DeviceBuffer losses = trial.floats(new float[7]);
      trial.program.softmaxCrossEntropy(7, 3, logits, trial.ints(labels), losses, trial.floats(1, 1, 1, 1, 1, 1, 1));
      trial.run();
      float[] g = Trial.read(logits);
      float[] loss = Trial.read(losses);
      for (int i = 0; i < 12; i++) {
        assertThat(g[i]).as("element %d", i).isNaN();
      }
      assertThat(Arrays.copyOf(loss, 4)).containsOnly(Float.NaN);
      assertThat(loss[4]).isEqualTo(inf);
      assertThat(g[12]).isEqualTo(-1);
      assertThat(loss[5]).isBetween(0f, 1e-37f); // 2 e⁻²⁰⁰ underflows
      assertThat(loss[6]).isEqualTo((float) Math.log(3));
    }
  }

  @Test
  void gathersRows() {
    float[] x = new Draw(1).floats(11 * 7, 1);
    int[] rows = {10, 0, 0, 5, 3};
    int[] names = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110};
    try (Trial trial = new Trial()) {
      DeviceBuffer indices = trial.ints(rows);
      DeviceBuffer to = trial.floats(new float[5 * 7]);
      DeviceBuffer ints = trial.ints(new int[5]);
      trial.program.gather(5, 7, trial.floats(x), indices, to);
      trial.program.gather(5, 1, trial.ints(names), indices, ints);
      trial.run();
      float[] actual = Trial.read(to);
      for (int i = 0; i < 5; i++) {
        assertThat(Arrays.copyOfRange(actual, 7 * i, 7 * i + 7)).isEqualTo(Arrays.copyOfRange(x, 7 * rows[i], 7 * rows[i] + 7));
      }
      assertThat(Trial.readInts(ints)).containsExactly(110, 100, 100, 105, 103);
    }
  }

  /** Every size of the output around a group, both kinds. */
  @ParameterizedTest
  @CsvSource({"0, 3", "1, 1", "255, 1", "64, 4", "257, 1", "1021, 5"})
  void gatherIsTheTwin(int rows, int cols) {
    Draw draw = new Draw(rows);
    int many = 37;
    float[] x = draw.floats(many * cols, 1);
    int[] names = draw.indices(many * cols, 1000);
    int[] indices = draw.indices(rows, many);
    try (Trial trial = new Trial()) {
      DeviceBuffer picked = trial.ints(indices);
      DeviceBuffer to = trial.floats(new float[rows * cols]);
      DeviceBuffer ints = trial.ints(new int[rows * cols]);
      trial.program.gather(rows, cols, trial.floats(x), picked, to);
      trial.program.gather(rows, cols, trial.ints(names), picked, ints);
      if (rows == 0) {
        return;
      }
      trial.run();
      float[] floats = Trial.read(to);
      int[] integers = Trial.readInts(ints);
      for (int i = 0; i < rows * cols; i++) {
        assertThat(floats[i]).as("element %d", i).isEqualTo(x[indices[i / cols] * cols + i % cols]);
        assertThat(integers[i]).as("element %d", i).isEqualTo(names[indices[i / cols] * cols + i % cols]);
      }
    }
  }

  @Test
  void badArgumentsAreRefused() {
    try (Trial trial = new Trial()) {
      DeviceBuffer x = trial.floats(new float[12]);
      DeviceBuffer small = trial.floats(new float[2]);
      DeviceBuffer ints = trial.ints(new int[3]);
      assertThatThrownBy(() -> trial.program.biasTanh(3, 4, x, small)).hasMessageContaining("at least 4");
      assertThatThrownBy(() -> trial.program.biasTanh(3, 4, x, x)).hasMessageContaining("apart from");
      assertThatThrownBy(() -> trial.program.tanhGradient(12, x, x)).hasMessageContaining("apart from");
      assertThatThrownBy(() -> trial.program.softmaxCrossEntropy(3, 4, x, ints, small, small)).hasMessageContaining("at least 3");
      assertThatThrownBy(() -> trial.program.softmaxCrossEntropy(3, 0, x, ints, small, small)).hasMessageContaining("cols");
      assertThatThrownBy(() -> trial.program.squaredError(3, 4, x, ints, small, small)).hasMessageContaining("at least 3");
      assertThatThrownBy(() -> trial.program.squaredError(3, 5, x, ints, x, x)).hasMessageContaining("at least 15");
      DeviceBuffer three = trial.floats(new float[3]);
      assertThatThrownBy(() -> trial.program.softmaxCrossEntropy(3, 4, x, ints, three, three)).hasMessageContaining("apart from scales");
      assertThatThrownBy(() -> trial.program.squaredError(3, 4, x, ints, three, three)).hasMessageContaining("apart from scales");
      assertThatThrownBy(() -> trial.program.gather(3, 4, x, small, x)).hasMessageContaining("INT");
    }
  }
}
