package curvata.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunMeansTest {
  @ParameterizedTest
  @CsvSource({"0, 1, 0", "9, 9, 0", "63, 9, 3", "64, 1, 1", "50, 25, 7", "12, 3, 5"})
  void everyElementGetsTheMeanOfItsRun(int n, int run, int from) {
    SplittableRandom random = new SplittableRandom(n);
    float[] x = new float[from + n + 4];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] z = x.clone();
    float[] inPlace = x.clone();
    RunMeans.magnitudes(x, z, from, from + n, run);
    RunMeans.magnitudes(inPlace, inPlace, from, from + n, run);
    for (int i = 0; i < x.length; i++) {
      float expected = x[i];
      if (i >= from && i < from + n) {
        int start = from + (i - from) / run * run;
        double sum = 0;
        for (int j = start; j < start + run; j++) {
          sum += Math.abs((double) x[j]);
        }
        expected = (float) (sum / run);
      }
      assertThat(z[i]).as("element %d, seed %d", i, n).isEqualTo(expected);
      assertThat(inPlace[i]).as("element %d in place, seed %d", i, n).isEqualTo(expected);
    }
  }

  @Test
  void notANumberStaysInItsRun() {
    float[] x = {1, Float.NaN, -2, 4, 3, Float.NEGATIVE_INFINITY};
    RunMeans.magnitudes(x, x, 0, 6, 2);
    assertThat(x).containsExactly(Float.NaN, Float.NaN, 3, 3, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);
  }

  @Test
  void partsOfRunsAreRefused() {
    float[] x = new float[6];
    assertThatThrownBy(() -> RunMeans.magnitudes(x, x, 0, 6, 4)).hasMessage("run = 4, expected a divisor of 6 (to - from)");
    assertThatThrownBy(() -> RunMeans.magnitudes(x, x, 0, 6, 0)).hasMessage("run = 0, expected a divisor of 6 (to - from)");
    assertThatThrownBy(() -> RunMeans.magnitudes(x, new float[5], 0, 6, 2)).hasMessage("range [0, 6) of z, expected within [0, 5)");
  }
}
