package curvata.gpu.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Trial;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.random.Gaussian;
import curvata.kernels.random.Rademacher;
import org.junit.jupiter.api.Test;

/** Random numbers against their CPU twins: signs bit for bit, normals within the sum of both bounds. */
class RandomGpuTest {
  private static final int[] SIZES = {1, 31, 255, 256, 257, 4099, 0, 1021};

  @Test
  void signsAreTheTwinsBits() {
    long[] first = {0, 1, 31, 32, 1000, (1L << 37) - 100, 5, 33}; // the sixth crosses into another key
    try (Trial trial = new Trial()) {
      DeviceBuffer[] x = new DeviceBuffer[SIZES.length];
      for (int s = 0; s < SIZES.length; s++) {
        x[s] = trial.floats(new float[SIZES[s]]);
        trial.program.rademacher(x[s], -7 + s, 3, first[s]);
      }
      trial.run();
      for (int s = 0; s < SIZES.length; s++) {
        float[] expected = new float[SIZES[s]];
        Rademacher.fill(-7 + s, 3, expected, 0, SIZES[s], first[s]);
        assertThat(Trial.read(x[s])).as("%d from %d", SIZES[s], first[s]).isEqualTo(expected);
      }
    }
  }

  @Test
  void normalsAreNearTheTwins() {
    long[] first = {0, 1, 16, 1L << 31, 1000, (1L << 32) - 100, 5, 33}; // the sixth crosses into another key
    try (Trial trial = new Trial()) {
      DeviceBuffer[] x = new DeviceBuffer[SIZES.length];
      for (int s = 0; s < SIZES.length; s++) {
        x[s] = trial.floats(new float[SIZES[s]]);
        trial.program.gaussian(x[s], -7 + s, 3, first[s]);
      }
      trial.run();
      for (int s = 0; s < SIZES.length; s++) {
        float[] actual = Trial.read(x[s]);
        for (int i = 0; i < actual.length; i++) {
          long index = first[s] + i;
          double twin = Gaussian.at(-7 + s, 3, index);
          double r = Math.hypot(Gaussian.at(-7 + s, 3, index & ~16L), Gaussian.at(-7 + s, 3, index | 16L)) * 1.000001;
          assertThat(Math.abs(actual[i] - twin)).as("index %d: %s, twin %s", index, actual[i], twin)
              .isLessThanOrEqualTo((Gaussian.MAX_ERROR + GaussianGpu.MAX_ERROR) * 0x1p-24 * r);
        }
      }
    }
  }

  @Test
  void negativeIndicesAreRefused() {
    try (Trial trial = new Trial()) {
      DeviceBuffer x = trial.floats(0);
      assertThatThrownBy(() -> trial.program.rademacher(x, 1, 1, -1)).hasMessageContaining("index = -1");
      assertThatThrownBy(() -> trial.program.gaussian(x, 1, 1, -1)).hasMessageContaining("index = -1");
    }
  }
}
