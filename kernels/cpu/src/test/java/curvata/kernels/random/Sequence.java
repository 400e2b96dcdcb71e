package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What holds for every sequence that fills ranges of floats: a value is a function of seed, stream and index. */
record Sequence(At at, Fill fill, long keyPeriod) {
  static final Sequence SIGNS = new Sequence(Rademacher::at, Rademacher::fill, 1L << 37);
  static final Sequence NORMALS = new Sequence(Gaussian::at, Gaussian::fill, 1L << 32);

  private static final float CANARY = 77;

  interface At {
    float at(long seed, long stream, long index);
  }

  interface Fill {
    void fill(long seed, long stream, float[] x, int from, int to, long first);
  }

  float[] values(long seed, long stream, long first, int count) {
    float[] x = new float[count];
    fill.fill(seed, stream, x, 0, count, first);
    return x;
  }

  void assertRangesAreTheValuesOneByOne() {
    for (int n : new int[] {0, 1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000, 1021, 1024, 1055, 4097}) {
      for (int from : new int[] {0, 1, 3}) {
        for (long first : new long[] {0, 1, 15, 16, 31, 32, 1_000_003, keyPeriod - 40, keyPeriod, 3 * keyPeriod - 1, Long.MAX_VALUE - n}) {
          float[] x = new float[from + n + 2];
          Arrays.fill(x, CANARY);
          fill.fill(5, -7, x, from, from + n, first);
          for (int i = 0; i < x.length; i++) {
            float expected = i < from || i >= from + n ? CANARY : at.at(5, -7, first + (i - from));
            assertThat(x[i]).as("n %d, from %d, first %d, i %d", n, from, first, i).isEqualTo(expected);
          }
        }
      }
    }
  }

  void assertPiecesAreTheWhole() {
    for (long seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = 1 + random.nextInt(20_000);
      long first = random.nextLong(1L << random.nextInt(1, 60));
      float[] whole = values(seed, 2, first, n);
      float[] pieces = new float[n];
      for (int i = 0, end; i < n; i = end) {
        end = Math.min(n, i + 1 + random.nextInt(random.nextBoolean() ? 40 : 5000));
        fill.fill(seed, 2, pieces, i, end, first + i);
      }
      assertThat(pieces).as("seed %d, n %d, first %d", seed, n, first).isEqualTo(whole);
    }
  }

  void assertBadArgumentsAreRefused() {
    float[] x = {CANARY, CANARY};
    assertThatThrownBy(() -> fill.fill(0, 0, null, 0, 0, 0)).isInstanceOf(NullPointerException.class).hasMessage("x");
    assertThatThrownBy(() -> fill.fill(0, 0, x, 0, 3, 0)).hasMessage("range [0, 3) of x, expected within [0, 2)");
    assertThatThrownBy(() -> fill.fill(0, 0, x, 0, 2, -1)).hasMessage("first = -1, expected 0 <= first <= 2^63 - 1 - 2");
    assertThatThrownBy(() -> fill.fill(0, 0, x, 0, 2, Long.MAX_VALUE - 1)).hasMessageStartingWith("first = " + (Long.MAX_VALUE - 1));
    assertThat(x).containsOnly(CANARY);
  }

  /** Correlations of neighbours in index, stream and seed: products of independent values of mean 0 and variance 1 have the same. */
  void assertNeighboursAreUncorrelated(int n) {
    float[] x = values(17, 4, 0, n + 1024);
    for (int lag : new int[] {1, 2, 8, 15, 16, 17, 31, 32, 33, 64, 256, 1024}) {
      assertUncorrelated("lag " + lag, x, x, lag, n);
    }
    for (int bit : new int[] {0, 1, 7, 31, 32, 63}) {
      assertUncorrelated("stream bit " + bit, x, values(17, 4 ^ 1L << bit, 0, n), 0, n);
      assertUncorrelated("seed bit " + bit, x, values(17 ^ 1L << bit, 4, 0, n), 0, n);
    }
    assertUncorrelated("seed and stream exchanged", x, values(4, 17, 0, n), 0, n);
    assertUncorrelated("next key", x, values(17, 4, keyPeriod, n), 0, n);
  }

  private static void assertUncorrelated(String what, float[] x, float[] y, int lag, int n) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[i] * y[i + lag];
      squares += ((double) x[i] * x[i] - 1) * ((double) y[i + lag] * y[i + lag] - 1);
    }
    Statistics.assertMean("product, " + what, sum, n, 0, 1);
    Statistics.assertMean("product of squares, " + what, squares, n, 0, 2); // deviation 2 for normals, 0 for signs
  }
}
