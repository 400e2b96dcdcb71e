package curvata.kernels.random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same hypotheses on samples a hundred times as large, and joint distributions of words. */
@EnabledIfSystemProperty(named = "curvata.test.full", matches = "true")
class RandomFullTest {
  private static final int N = 1 << 26;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, -1, 1L << 32})
  void normals(long seed) {
    GaussianTest.assertMoments(seed, N);
    GaussianTest.assertHistogram(seed, N, 4.5, 300);
  }

  @Test
  void neighbours() {
    Sequence.SIGNS.assertNeighboursAreUncorrelated(N / 4);
    Sequence.NORMALS.assertNeighboursAreUncorrelated(N / 4);
  }

  /** Bytes of words with consecutive counters, streams and seeds fill a table of pairs evenly, for each byte of a word. */
  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24})
  void pairsOfBytes(int shift) {
    int[][] counts = new int[4][1 << 16];
    for (int i = 0; i < N / 4; i++) {
      int first = Uniform.bits(i & 4095, i >> 12, i) >>> shift & 255;
      counts[0][first << 8 | Uniform.bits(i & 4095, i >> 12, i + 1) >>> shift & 255]++;
      counts[1][first << 8 | Uniform.bits(i & 4095, (i >> 12) + 1, i) >>> shift & 255]++;
      counts[2][first << 8 | Uniform.bits((i & 4095) + 1, i >> 12, i) >>> shift & 255]++;
      counts[3][first << 8 | Uniform.bits(i >> 12, i & 4095, i) >>> shift & 255]++;
    }
    for (int k = 0; k < 4; k++) {
      Statistics.assertEven("pairs " + k + " of bytes at " + shift, counts[k]);
    }
  }

  /** One index over many streams and seeds is as good a sequence as one stream. */
  @Test
  void acrossStreamsAndSeeds() {
    int n = N / 4;
    double[] sums = new double[4];
    for (int s = 0; s < n; s++) {
      sums[0] += Rademacher.at(1, s, 77);
      sums[1] += Rademacher.at(s, 1, 77);
      sums[2] += Gaussian.at(1, s, 77);
      sums[3] += Gaussian.at(s, 1, 77);
    }
    for (int k = 0; k < 4; k++) {
      Statistics.assertMean("sum " + k + " over streams or seeds", sums[k], n, 0, 1);
    }
  }
}
