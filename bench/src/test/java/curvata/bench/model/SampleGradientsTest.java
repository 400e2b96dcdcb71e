package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Lengths and angles of rows' gradients, against the gradients themselves, one row at a time in double. */
class SampleGradientsTest {
  private static final int ROWS = 6;
  private static final double ROUNDING = 100 * 0x1p-24; // fewer than a hundred roundings from inputs to any number here

  @Test
  void areThoseOfTheRowsOneByOne() {
    SplittableRandom random = new SplittableRandom(8);
    float[] x = new float[ROWS * 4];
    double[] theta = new double[5 * 3 + 4 * 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] floats = new float[theta.length];
    for (int i = 0; i < theta.length; i++) {
      floats[i] = (float) random.nextGaussian();
      theta[i] = floats[i];
    }
    Dataset data = new Dataset(x, new int[] {0, 1, 2, 0, 1, 2}, 4, 3);
    MlpPoint point = new MlpPoint(List.of(4, 3, 3), Activation.TANH, OutputLoss.SOFTMAX_CROSS_ENTROPY, data);
    point.move(floats);
    SampleGradients samples = SampleGradients.of(point);
    DualNetwork network = new DualNetwork(new int[] {4, 3, 3}, Activation.TANH, OutputLoss.SOFTMAX_CROSS_ENTROPY, data);
    double[][] g = new double[ROWS][];
    double[] mean = new double[theta.length];
    for (int i = 0; i < ROWS; i++) {
      g[i] = network.rowGradient(theta, i);
      double norm = Math.sqrt(dot(g[i], g[i]));
      assertThat(samples.norms()[i]).as("norm %d, seed 8", i).isCloseTo(norm, within(ROUNDING * norm));
      double[] p = network.probabilities(theta, i);
      p[data.labels()[i]] -= 1;
      assertThat(samples.outputErrors()[i]).as("output error %d", i).isCloseTo(Math.sqrt(dot(p, p)), within(ROUNDING));
      for (int j = 0; j < mean.length; j++) {
        mean[j] += g[i][j] / ROWS;
      }
    }
    double cosines = 0;
    double variance = 0;
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < ROWS; j++) {
        cosines += i == j ? 0 : dot(g[i], g[j]) / Math.sqrt(dot(g[i], g[i]) * dot(g[j], g[j]));
      }
      variance += dot(g[i], g[i]) - dot(mean, mean);
    }
    double squares = DoubleStream.of(samples.norms()).map(n -> n * n).sum();
    assertThat(samples.coherence()).isCloseTo(cosines / (ROWS * (ROWS - 1)), within(ROUNDING));
    assertThat(samples.squaredMean()).isCloseTo(dot(mean, mean), within(ROUNDING * squares));
    assertThat(samples.covarianceTrace()).isCloseTo(variance / (ROWS - 1), within(ROUNDING * squares));
    assertThat(samples.meanSquare()).isCloseTo(squares / ROWS, within(ROUNDING * squares));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
