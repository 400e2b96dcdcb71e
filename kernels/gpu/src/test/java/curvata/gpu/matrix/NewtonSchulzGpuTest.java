package curvata.gpu.matrix;

import static curvata.gpu.matrix.PlainLoops.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.TornadoProgram;
import curvata.gpu.Trial;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.matrix.Form;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.Minimax;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Orthogonalization on the device against double arithmetic: no worse than four times what plain loops, or the CPU's Gram form, miss, or 2e-6. */
class NewtonSchulzGpuTest {
  private static double[] exact(NewtonSchulz method, int rows, int cols, float[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    return PlainLoops.exact(method, rows, cols, wide);
  }

  @ParameterizedTest
  @CsvSource({
    "muon5, 24, 40, 1", "muon5, 65, 33, 1e-20", "muon5, 1, 32, 1", "polar8, 24, 40, 1e18", "polar8, 70, 66, 1", "degree9_4, 40, 24, 1",
    "degree9_4, 64, 64, 1", "degree9_4, 1, 1, 1", "cubic5, 17, 130, 1"
  })
  void entriesAreTheTwins(String name, int rows, int cols, double scale) {
    NewtonSchulz method = NewtonSchulz.named(name);
    float[] x = new Draw(rows * 1000L + cols).floats(rows * cols, scale);
    double[] exact = exact(method, rows, cols, x);
    double allowed = PlainLoops.allowed(method, rows, cols, exact, x);
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(x);
      DeviceBuffer out = trial.floats(new float[x.length]);
      trial.program.polar(method, rows, cols, in, out);
      trial.run();
      assertThat(largest(exact, Trial.read(out))).as("%s, %dx%d, scale %s", name, rows, cols, scale).isLessThanOrEqualTo(allowed);
      assertThat(Trial.read(in)).as("input").isEqualTo(x);
      assertThat(trial.session().executions()).as("the upload and one run").isEqualTo(2);
    }
  }

  /** Singular values in geometric progression from 1 to 1 / condition, between random rotations: what amplifies rounding most. */
  private static float[] decaying(int rows, int cols, double condition, double scale) {
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    Draw draw = new Draw(rows * 1000L + cols);
    double[][] left = orthonormal(draw, m, m);
    double[][] right = orthonormal(draw, m, n);
    float[] x = new float[m * n];
    for (int i = 0; i < x.length; i++) {
      int row = rows <= cols ? i / cols : i % cols;
      int col = rows <= cols ? i % cols : i / cols;
      double sum = 0;
      for (int q = 0; q < m; q++) {
        sum += left[q][row] * StrictMath.pow(condition, -(double) q / Math.max(1, m - 1)) * right[q][col];
      }
      x[i] = (float) (scale * sum);
    }
    return x;
  }

  private static double[][] orthonormal(Draw draw, int count, int n) {
    double[][] q = new double[count][];
    for (int i = 0; i < count; i++) {
      float[] random = draw.floats(n, 1);
      q[i] = IntStream.range(0, n).mapToDouble(k -> random[k]).toArray();
      for (int again = 0; again < 2; again++) {
        for (int j = 0; j < i; j++) {
          add(q[i], -product(q[i], q[j]), q[j]);
        }
      }
      add(q[i], 1 / Math.sqrt(product(q[i], q[i])) - 1, q[i]);
    }
    return q;
  }

  private static double product(double[] x, double[] y) {
    double sum = 0;
    for (int k = 0; k < x.length; k++) {
      sum += x[k] * y[k];
    }
    return sum;
  }

  private static void add(double[] x, double factor, double[] y) {
    for (int k = 0; k < x.length; k++) {
      x[k] += factor * y[k];
    }
  }

  private static NewtonSchulz method(String name) {
    return name.equals("septic") ? NewtonSchulz.of(Minimax.delta(name, 7, 3, 0.3)) : NewtonSchulz.named(name);
  }

  @ParameterizedTest
  @CsvSource({
    "cubic5, 17, 130, 1, 1", "muon5, 24, 40, 1, 1", "muon5, 65, 33, 1000, 1e-20", "muon5, 1, 32, 1, 1", "polar5, 64, 600, 1000, 1",
    "polar8, 24, 40, 1e6, 1e18", "polar8, 70, 66, 1, 1", "polar8, 600, 64, 1000, 1", "polar_l1e-6_10, 40, 24, 1000, 1", "septic, 40, 90, 1000, 1",
    "septic, 12, 9, 1, 1", "degree9_3, 90, 37, 1, 1", "degree9_4, 40, 24, 1, 1", "degree9_4, 64, 600, 1000, 1", "degree9_4, 64, 600, 1e6, 1",
    "degree9_4, 1, 1, 1, 1", "muon1, 33, 47, 10, 1"
  })
  void gramFormIsTheTwins(String name, int rows, int cols, double condition, double scale) {
    NewtonSchulz gram = method(name).with(Form.GRAM);
    float[] x = decaying(rows, cols, condition, scale);
    double[] exact = exact(gram, rows, cols, x);
    float[] cpu = new float[x.length];
    gram.apply(rows, cols, x, 0, cpu, 0, PlainLoops.workspace());
    double allowed = Math.max(2e-6, 4 * largest(exact, cpu));
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(x);
      DeviceBuffer out = trial.floats(new float[x.length]);
      trial.program.polar(gram, rows, cols, in, out);
      trial.run();
      assertThat(largest(exact, Trial.read(out))).as("%s, %dx%d, condition %s, scale %s", name, rows, cols, condition, scale)
          .isLessThanOrEqualTo(allowed);
      assertThat(Trial.read(in)).as("input").isEqualTo(x);
      assertThat(trial.session().executions()).as("the upload and one run").isEqualTo(2);
    }
  }

  /**
   * Five quintics with one restart: on X itself 3 tasks each, 10 in all along the long side; in the Gram form S by 2 each, Q by 3, R by 3 times 2, and 4
   * along the long side.
   */
  @Test
  void theFormIsChosenByShape() {
    int rows = 192;
    int cols = 600;
    NewtonSchulz method = NewtonSchulz.muon5();
    assertThat(method.usesGram(rows, cols)).isTrue();
    float[] x = new Draw(9).floats(rows * cols, 1);
    long[] tasks = new long[Form.values().length];
    float[][] y = new float[Form.values().length][];
    for (Form form : Form.values()) {
      try (Trial trial = new Trial()) {
        DeviceBuffer out = trial.floats(new float[x.length]);
        trial.program.polar(method.with(form), rows, cols, trial.floats(x), out);
        trial.run();
        tasks[form.ordinal()] = trial.session().tasks();
        y[form.ordinal()] = Trial.read(out);
      }
    }
    assertThat(tasks[Form.GRAM.ordinal()] - tasks[Form.STANDARD.ordinal()]).isEqualTo(5 * 2 + 3 + 3 * 2 + 4 - 5 * 3);
    assertThat(tasks[Form.AUTO.ordinal()]).isEqualTo(tasks[Form.GRAM.ordinal()]);
    assertThat(y[Form.AUTO.ordinal()]).isEqualTo(y[Form.GRAM.ordinal()]).isNotEqualTo(y[Form.STANDARD.ordinal()]);
  }

  @ParameterizedTest
  @CsvSource({"muon5, STANDARD", "degree9_4, STANDARD", "muon5, GRAM", "degree9_4, GRAM"})
  void squaresAreSymmetricBitForBit(String name, Form form) {
    int m = 67;
    float[] x = new Draw(5).floats(m * 131, 1);
    try (Trial trial = new Trial()) {
      DeviceBuffer out = trial.floats(new float[x.length]);
      trial.program.polar(NewtonSchulz.named(name).with(form), m, 131, trial.floats(x), out);
      int squares = (name.equals("muon5") ? 2 : 3) + (form == Form.GRAM ? 2 : 0);
      List<DeviceBuffer> buffers = new ArrayList<>();
      for (int s = 0; s < squares; s++) {
        buffers.add(((TornadoProgram) trial.program).shared("polar.square" + s, Kind.FLOAT, m * m));
      }
      trial.run();
      for (DeviceBuffer buffer : buffers) {
        float[] a = Trial.read(buffer);
        assertThat(a[m]).as("%s was computed", buffer).isNotZero();
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < i; j++) {
            assertThat(Float.floatToRawIntBits(a[j * m + i])).as("%s at %d, %d", buffer, j, i).isEqualTo(Float.floatToRawIntBits(a[i * m + j]));
          }
        }
      }
    }
  }

  @Test
  void guardsAreTheTwins() {
    float[] x = new Draw(8).floats(6 * 9, 1e-7);
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(x);
      Guard[] guards = Guard.values();
      DeviceBuffer[] out = new DeviceBuffer[guards.length];
      for (int i = 0; i < guards.length; i++) {
        out[i] = trial.floats(new float[x.length]);
        trial.program.polar(NewtonSchulz.named("muon1").with(guards[i], 1e-6), 6, 9, in, out[i]);
      }
      trial.run();
      for (int i = 0; i < guards.length; i++) {
        NewtonSchulz method = NewtonSchulz.named("muon1").with(guards[i], 1e-6);
        assertThat(largest(exact(method, 6, 9, x), Trial.read(out[i]))).as("%s", guards[i]).isLessThanOrEqualTo(2e-6);
      }
    }
  }

  /** Zeros stay zeros; one NaN or infinity makes all NaN; all in one session whose input changes. */
  @ParameterizedTest
  @CsvSource({"degree9_4, STANDARD", "degree9_4, GRAM", "muon5, GRAM", "cubic5, GRAM"})
  void specialValues(String name, Form form) {
    int rows = 33; // from 33 rows on degree 9 is computed in float
    int cols = 40;
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(new float[rows * cols]);
      DeviceBuffer out = trial.floats(new Draw(1).floats(rows * cols, 1));
      DeviceBuffer small = trial.floats(new float[12]);
      DeviceBuffer wide = trial.floats(new Draw(1).floats(12, 1));
      trial.program.polar(NewtonSchulz.named(name).with(form), rows, cols, in, out);
      trial.program.polar(NewtonSchulz.named(name).with(form), 3, 4, small, wide);
      trial.run();
      assertThat(Trial.read(out)).containsOnly(0f);
      assertThat(Trial.read(wide)).containsOnly(0f);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        in.write(with(bad, rows * cols), 0);
        small.write(with(bad, 12), 0);
        trial.run();
        assertThat(Trial.read(out)).as("with %s", bad).containsOnly(Float.NaN);
        assertThat(Trial.read(wide)).as("with %s", bad).containsOnly(Float.NaN);
      }
    }
  }

  private static float[] with(float bad, int n) {
    float[] x = new Draw(2).floats(n, 1);
    x[7] = bad;
    return x;
  }

  @Test
  void whatTheHostWouldHaveToReadIsRefused() {
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(new float[12]);
      DeviceBuffer out = trial.floats(new float[12]);
      NewtonSchulz method = NewtonSchulz.named("polar8");
      assertThatThrownBy(() -> trial.program.polar(method.withTolerance(0.1), 3, 4, in, out)).hasMessageContaining("tolerance");
      assertThatThrownBy(() -> trial.program.polar(method.with(Norm.SCHATTEN_8), 3, 4, in, out)).hasMessageContaining("FROBENIUS");
      assertThatThrownBy(() -> trial.program.polar(method, 3, 4, in, in)).hasMessageContaining("apart from");
    }
  }

  @Test
  void everyRunGivesTheSameBits() {
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(new Draw(4).floats(30 * 20, 1));
      DeviceBuffer out = trial.floats(new float[30 * 20]);
      trial.program.polar(NewtonSchulz.muon5(), 30, 20, in, out);
      trial.run();
      float[] first = Trial.read(out);
      trial.run();
      assertThat(Arrays.equals(Trial.read(out), first)).isTrue();
    }
  }
}
