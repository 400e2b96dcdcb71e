package curvata.gpu.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.Trial;
import curvata.kernels.Workspace;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.matrix.Product;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products against their CPU twins: the bound that the javadoc derives, canaries, symmetry bit for bit. */
class ProductGpuTest {
  private static final double U = 0x1p-24;
  private static final int[][] SHAPES =
      {{1, 1, 1}, {1, 65, 64}, {63, 1, 17}, {64, 64, 16}, {65, 63, 15}, {3, 131, 513}, {127, 66, 1025}, {5, 7, 0}, {0, 7, 3}, {7, 0, 3}};

  /** One product, its twin's result and the allowed difference of each element. */
  private record Case(String name, DeviceBuffer c, float[] expected, double[] allowed, boolean symmetric) {}

  private static float at(float[] x, boolean transposed, int rows, int cols, int i, int j) {
    return transposed ? x[j * rows + i] : x[i * cols + j];
  }

  private static double[] allowed(
      boolean transA, boolean transB, int m, int n, int k, float alpha, float[] a, float[] b, float beta, float[] d) {
    double[] allowed = new double[m * n];
    double steps = Math.min(k, 512) + (k + 511) / 512 + 3;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += Math.abs((double) at(a, transA, m, k, i, p) * at(b, transB, k, n, p, j));
        }
        allowed[i * n + j] = 2 * steps * U * (Math.abs(alpha) * sum + (beta == 0 ? 0 : Math.abs(beta * d[i * n + j])));
      }
    }
    return allowed;
  }

  private static Workspace workspace() {
    Workspace ws = new Workspace();
    ws.reserve(1 << 22, 0);
    return ws;
  }

  private static void check(List<Case> cases) {
    for (Case c : cases) {
      float[] actual = Trial.read(c.c);
      for (int i = 0; i < actual.length; i++) {
        double error = Math.abs((double) actual[i] - c.expected[i]);
        assertThat(error <= c.allowed[i]).as("%s, element %d: %s, twin %s, allowed %s", c.name, i, actual[i], c.expected[i], c.allowed[i]).isTrue();
      }
      if (c.symmetric) {
        int m = (int) Math.sqrt(actual.length);
        for (int i = 0; i < actual.length; i++) {
          assertThat(actual[i]).as("%s, mirror of %d", c.name, i).isEqualTo(actual[i % m * m + i / m]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void productsAreTheTwins(int transposed) {
    boolean transA = (transposed & 1) != 0;
    boolean transB = (transposed & 2) != 0;
    List<Case> cases = new ArrayList<>();
    try (Trial trial = new Trial()) {
      Draw draw = new Draw(31 + transposed);
      for (int s = 0; s < SHAPES.length; s++) {
        int m = SHAPES[s][0];
        int n = SHAPES[s][1];
        int k = SHAPES[s][2];
        float[] a = draw.floats(m * k, 1);
        float[] b = draw.floats(k * n, 1);
        float[] c = draw.floats(m * n, 1);
        float alpha = s % 2 == 0 ? 1 : -0.75f;
        float beta = s % 3 == 0 ? 0 : 1.25f;
        float[] before = beta == 0 ? java.util.Arrays.copyOf(new float[] {Float.NaN}, m * n) : c.clone();
        DeviceBuffer to = trial.floats(before);
        trial.program.product(transA, transB, m, n, k, alpha, trial.floats(a), trial.floats(b), beta, to);
        double[] allowed = allowed(transA, transB, m, n, k, alpha, a, b, beta, c);
        Product.multiply(transA, transB, m, n, k, alpha, a, 0, transA ? m : k, b, 0, transB ? k : n, beta, c, 0, n, workspace());
        cases.add(new Case(m + "x" + n + "x" + k + " transposed " + transposed, to, c, allowed, false));
      }
      trial.run();
      check(cases);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gramMatricesAreTheTwins(boolean transposed) {
    int[][] shapes = {{1, 1}, {63, 40}, {64, 513}, {65, 7}, {129, 33}, {200, 3}, {4, 0}, {0, 5}};
    List<Case> cases = new ArrayList<>();
    try (Trial trial = new Trial()) {
      Draw draw = new Draw(77);
      for (int[] shape : shapes) {
        int m = shape[0];
        int k = shape[1];
        float[] x = draw.floats(m * k, 1);
        float[] c = draw.floats(m * m, 1);
        for (int i = 0; i < m * m; i++) { // symmetric below, and above something that must not be used
          c[i] = i % m > i / m ? Float.NaN : c[i];
        }
        DeviceBuffer to = trial.floats(c);
        trial.program.gram(transposed, m, k, 0.5f, trial.floats(x), 2, to, to);
        double[] allowed = allowed(transposed, !transposed, m, m, k, 0.5f, x, x, 2, mirrored(c, m));
        Product.gram(transposed, m, k, 0.5f, x, 0, transposed ? m : k, 2, c, 0, m, workspace());
        cases.add(new Case(m + "x" + k + " transposed " + transposed, to, c, allowed, true));
      }
      trial.run();
      check(cases);
    }
  }

  /** Small integers: nothing rounds, so sums in any order are exact. Shapes around the tile of 16. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wideProductsAreExact(boolean symmetric) {
    int[][] shapes = {{1, 1, 1}, {15, 17, 16}, {16, 16, 15}, {17, 15, 33}, {31, 2, 1}, {40, 64, 61}, {5, 7, 0}};
    for (int bits = 0; bits < 4; bits++) {
      boolean transA = (bits & 1) != 0;
      boolean transB = symmetric ? !transA : (bits & 2) != 0;
      try (Trial trial = new Trial()) {
        Draw draw = new Draw(bits);
        List<double[]> expected = new ArrayList<>();
        List<DeviceBuffer> results = new ArrayList<>();
        for (int[] shape : shapes) {
          int m = shape[0];
          int n = symmetric ? m : shape[1];
          int k = shape[2];
          double[] a = wide(draw.indices(m * k, 9));
          double[] b = symmetric ? a : wide(draw.indices(k * n, 9));
          double[] d = wide(draw.indices(m * n, 9));
          double[] c = new double[m * n];
          for (int i = 0; i < m * n; i++) {
            d[i] = symmetric && i % n > i / n ? d[i % n * n + i / n] : d[i];
          }
          for (int i = 0; i < m * n; i++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
              sum += (transA ? a[p * m + i / n] : a[i / n * k + p]) * (transB ? b[i % n * k + p] : b[p * n + i % n]);
            }
            c[i] = 0.5 * sum + 2 * (symmetric && i % n > i / n ? d[i % n * n + i / n] : d[i]);
          }
          // Whole buffers: this product knows no slices.
          DeviceBuffer to = whole(trial, "c", c.length, null);
          WideProductGpu.record(
              (curvata.gpu.TornadoProgram) trial.program, symmetric, transA, transB, m, n, k, 0.5, whole(trial, "a", a.length, a),
              whole(trial, "b", b.length, b), 2, whole(trial, "d", d.length, d), to);
          expected.add(c);
          results.add(to);
        }
        trial.run();
        for (int s = 0; s < shapes.length; s++) {
          double[] all = Trial.readWide(results.get(s));
          double[] c = expected.get(s);
          assertThat(java.util.Arrays.copyOf(all, c.length)).as("%s", java.util.Arrays.toString(shapes[s])).isEqualTo(c);
          for (int i = c.length; i < all.length; i++) {
            assertThat(all[i]).as("canary %d", i).isEqualTo(-77);
          }
        }
      }
    }
  }

  /** Content from the start, canaries behind. */
  private static DeviceBuffer whole(Trial trial, String name, int size, double[] content) {
    double[] all = new double[size + 300];
    java.util.Arrays.fill(all, -77);
    if (content != null) {
      System.arraycopy(content, 0, all, 0, size);
    }
    DeviceBuffer buffer = trial.session().buffer(name + trial.session().bytes(), DeviceBuffer.Kind.DOUBLE, all.length);
    buffer.write(all, 0);
    return buffer;
  }

  private static double[] wide(int[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    return wide;
  }

  private static float[] mirrored(float[] c, int m) {
    float[] all = new float[m * m];
    for (int i = 0; i < m * m; i++) {
      all[i] = i % m > i / m ? c[i % m * m + i / m] : c[i];
    }
    return all;
  }

  @Test
  void nanAndInfinityPropagate() {
    try (Trial trial = new Trial()) {
      float[] a = new Draw(3).floats(70 * 20, 1);
      a[5 * 20 + 3] = Float.NaN;
      a[66 * 20 + 19] = Float.POSITIVE_INFINITY;
      float[] ones = new float[20 * 2];
      java.util.Arrays.fill(ones, 1);
      DeviceBuffer c = trial.floats(new float[140]);
      trial.program.product(false, false, 70, 2, 20, 1, trial.floats(a), trial.floats(ones), 0, c);
      trial.run();
      float[] actual = Trial.read(c);
      for (int i = 0; i < 70; i++) {
        assertThat(Float.isNaN(actual[2 * i])).as("row %d", i).isEqualTo(i == 5);
        assertThat(Float.isInfinite(actual[2 * i + 1])).as("row %d", i).isEqualTo(i == 66);
      }
    }
  }

  @Test
  void badArgumentsAreRefusedAndRecordNothing() {
    try (Trial trial = new Trial()) {
      DeviceBuffer x = trial.floats(new float[12]);
      assertThatThrownBy(() -> trial.program.product(false, false, 3, 4, 1, 1, x, x, 0, x)).hasMessageContaining("apart from");
      assertThatThrownBy(() -> trial.program.product(false, false, -1, 4, 1, 1, x, x, 0, x)).hasMessageContaining("dimensions >= 0");
      DeviceBuffer y = trial.floats(new float[3]);
      assertThatThrownBy(() -> trial.program.product(false, false, 2, 2, 2, 1, x, x, 0, y)).hasMessageContaining("at least 4");
      trial.program.product(false, false, 0, 4, 1, 1, x, x, 0, y);
      trial.program.copy(y, x.slice(0, 3));
      trial.run();
    }
  }
}
