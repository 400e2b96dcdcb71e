package curvata.gpu.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.Trial;
import curvata.kernels.Workspace;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.matrix.Form;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Norm;
import curvata.kernels.matrix.OddPolynomial;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Orthogonalization on the device against double arithmetic: no worse than four times what plain float32 loops miss, or 2e-6. */
class NewtonSchulzGpuTest {
  private static Workspace workspace() {
    Workspace ws = new Workspace();
    ws.reserve(1 << 21, 1 << 21);
    return ws;
  }

  private static double[] exact(NewtonSchulz method, int rows, int cols, float[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    double[] out = new double[x.length];
    method.with(Form.STANDARD).apply(rows, cols, wide, 0, out, 0, null, workspace());
    return out;
  }

  private static double largest(double[] exact, float[] actual) {
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      double error = Math.abs(actual[i] - exact[i]);
      largest = error <= largest ? largest : error; // NaN counts
    }
    return largest;
  }

  /** Plain float32 loops, every operation rounded: what the acceptance of the specification measures by. */
  private static float[] plain(NewtonSchulz method, int rows, int cols, float[] x) {
    if (rows > cols) {
      return transposed(cols, rows, plain(method, cols, rows, transposed(rows, cols, x)));
    }
    double square = 0;
    for (float v : x) {
      square += (double) v * v;
    }
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) (x[i] / (method.scale() * Math.sqrt(square)));
    }
    for (OddPolynomial p : method.coefficients().steps()) {
      float[] a = product(rows, rows, cols, y, transposed(rows, cols, y));
      float[] power = a;
      float[] sum = new float[a.length];
      for (int k = 1; 2 * k + 1 <= p.degree(); k++) {
        power = k == 1 ? a : product(rows, rows, rows, power, a);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += (float) p.coefficient(k) * power[i];
        }
      }
      float[] z = product(rows, cols, rows, sum, y);
      for (int i = 0; i < z.length; i++) {
        z[i] += (float) p.a() * y[i];
      }
      y = z;
    }
    return y;
  }

  private static float[] transposed(int rows, int cols, float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i % cols * rows + i / cols] = x[i];
    }
    return y;
  }

  private static float[] product(int m, int n, int k, float[] a, float[] b) {
    float[] c = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        for (int j = 0; j < n; j++) {
          c[i * n + j] += a[i * k + p] * b[p * n + j];
        }
      }
    }
    return c;
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
    double allowed = Math.max(2e-6, 4 * largest(exact, plain(method, rows, cols, x)));
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

  /** Zeros stay zeros, for every guard; one NaN or infinity makes all NaN; all in one session whose input changes. */
  @Test
  void specialValues() {
    try (Trial trial = new Trial()) {
      DeviceBuffer in = trial.floats(new float[12]);
      DeviceBuffer out = trial.floats(new Draw(1).floats(12, 1));
      trial.program.polar(NewtonSchulz.named("degree9_4"), 3, 4, in, out);
      trial.run();
      assertThat(Trial.read(out)).containsOnly(0f);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] x = new Draw(2).floats(12, 1);
        x[7] = bad;
        in.write(x, 0);
        trial.run();
        for (float y : Trial.read(out)) {
          assertThat(y).as("with %s", bad).isNaN();
        }
      }
    }
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
