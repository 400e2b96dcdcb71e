package curvata.gpu.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.Trial;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.Segments;
import curvata.kernels.update.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clipping by the norm of several buffers against the CPU's factor, within the bound of the javadoc; canaries intact, gaps not measured. */
class ClipGpuTest {
  private static final double U = 0x1p-24;
  private static final List<Segments> LAYOUTS =
      List.of(Segments.of(0, 1, 255, 256, 257), Segments.of(), Segments.of(4099, 0), Segments.of(1021), Segments.of(0));

  /** NaN between tensors. */
  private static float[] values(Segments layout, Draw draw) {
    float[] x = new float[layout.size()];
    Arrays.fill(x, Float.NaN);
    for (int s = 0; s < layout.count(); s++) {
      System.arraycopy(draw.spread(layout.length(s)), 0, x, layout.offset(s), layout.length(s));
    }
    return x;
  }

  private static double square(List<float[]> all) {
    double sum = 0;
    for (int b = 0; b < all.size(); b++) {
      for (int s = 0; s < LAYOUTS.get(b).count(); s++) {
        for (int i = 0; i < LAYOUTS.get(b).length(s); i++) {
          double v = all.get(b)[LAYOUTS.get(b).offset(s) + i];
          sum += v * v;
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-20, 3, 1e20})
  void gradientsAreTheTwins(double norm) {
    Draw draw = new Draw(41);
    List<float[]> before = new ArrayList<>();
    List<DeviceBuffer> buffers = new ArrayList<>();
    try (Trial trial = new Trial()) {
      for (Segments layout : LAYOUTS) {
        before.add(values(layout, draw));
        buffers.add(trial.floats(before.getLast()));
      }
      trial.program.clip(LAYOUTS, buffers, norm);
      trial.run();
      double factor = Scale.clip(square(before), norm);
      assertThat(factor == 1).as("factor %s", factor).isEqualTo(norm > 1e6);
      for (int b = 0; b < before.size(); b++) {
        float[] actual = Trial.read(buffers.get(b));
        for (int i = 0; i < actual.length; i++) {
          double exact = before.get(b)[i] * factor;
          double allowed = factor == 1 ? 0 : (2 * U + 0x1p-39) * Math.abs(exact) + 0x1p-126;
          boolean near = Double.isNaN(exact) ? Float.isNaN(actual[i]) : Math.abs(actual[i] - exact) <= allowed;
          assertThat(near).as("norm %s, buffer %d, element %d: %s, exact %s", norm, b, i, actual[i], exact).isTrue();
        }
      }
    }
  }

  @Test
  void specialValues() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      try (Trial trial = new Trial()) {
        DeviceBuffer one = trial.floats(new Draw(1).floats(256, 1));
        DeviceBuffer two = trial.floats(1, bad, 2);
        trial.program.clip(List.of(Segments.of(256), Segments.of(3)), List.of(one, trial.floats(new float[256])), 1);
        assertThatThrownBy(() -> trial.program.clip(List.of(Segments.of(3)), List.of(two), 1)).hasMessageContaining("at least 256");
        DeviceBuffer whole = trial.floats(Arrays.copyOf(new float[] {1, bad, 2}, 256));
        trial.program.clip(List.of(Segments.of(256), Segments.of(3)), List.of(one, whole), 1);
        trial.run();
        for (float g : Trial.read(one)) {
          assertThat(Float.isNaN(bad) ? Float.isNaN(g) : g == 0).as("with %s: %s", bad, g).isTrue();
        }
        assertThat(Trial.read(whole)[1]).isNaN();
      }
    }
  }

  @Test
  void badArgumentsAreRefused() {
    try (Trial trial = new Trial()) {
      DeviceBuffer g = trial.floats(new float[256]);
      assertThatThrownBy(() -> trial.program.clip(List.of(Segments.of(3)), List.of(g), 0)).hasMessageContaining("norm > 0");
      assertThatThrownBy(() -> trial.program.clip(List.of(Segments.of(3)), List.of(g, g), 1)).hasMessageContaining("gradients = 2");
      assertThatThrownBy(() -> trial.program.clip(List.of(Segments.of(3)), List.of(trial.ints(new int[256])), 1)).hasMessageContaining("FLOAT");
    }
  }
}
