package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Backend;
import curvata.kernels.elementary.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RademacherTest {
  /** Computed from the javadoc by a program in another language. */
  @ParameterizedTest
  @CsvSource({
    "0,0,0,-++-+-+---+-+-++---++-+-----+-++-+++-+++", "42,7,1,--++-+++--++--+-+---+--+---+++-++----++-",
    "42,7,137438953472,--+-+----+-+--++--++---+-+++++-+++--++++"
  })
  void signsAreThoseOfTheDefinition(long seed, long stream, long first, String expected) {
    StringBuilder signs = new StringBuilder();
    for (float x : Sequence.SIGNS.values(seed, stream, first, expected.length())) {
      assertThat(Math.abs(x)).isEqualTo(1);
      signs.append(x > 0 ? '+' : '-');
    }
    assertThat(signs).hasToString(expected);
  }

  @Test
  void rangesAreTheValuesOneByOne() {
    Sequence.SIGNS.assertRangesAreTheValuesOneByOne();
  }

  @Test
  void piecesAreTheWhole() {
    Sequence.SIGNS.assertPiecesAreTheWhole();
  }

  @Test
  void withoutAFirstIndexTheyAreThePlacesInTheArray() {
    float[] x = new float[100];
    Rademacher.fill(1, 2, x, 40, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(x[i]).isEqualTo(i < 40 ? 0 : Rademacher.at(1, 2, i));
    }
  }

  @Test
  void scalarAndSimdAgree() {
    assumeTrue(Backend.current() == Backend.SIMD, "the SIMD body is linked only where it was chosen");
    for (int n : new int[] {0, 1, 31, 32, 33, 1021, 4097}) {
      for (long first : new long[] {0, 1, 31, 32, 1_000_003}) {
        float[] scalar = new float[n];
        float[] simd = new float[n];
        Rademacher.scalar(n, -3, scalar, 0, n, first);
        Rademacher.Simd.range(n, -3, simd, 0, n, first);
        assertThat(simd).as("n %d, first %d", n, first).isEqualTo(scalar);
      }
    }
  }

  @Test
  void badArgumentsAreRefused() {
    Sequence.SIGNS.assertBadArgumentsAreRefused();
  }

  @Test
  void neighboursAreUncorrelated() {
    Sequence.SIGNS.assertNeighboursAreUncorrelated(200_000);
  }

  @Test
  void everyPlaceInAWordIsBalanced() {
    int words = 20_000;
    for (long seed = 0; seed < 3; seed++) {
      float[] x = Sequence.SIGNS.values(seed, 0, 0, 32 * words);
      for (int bit = 0; bit < 32; bit++) {
        double sum = 0;
        for (int w = 0; w < words; w++) {
          sum += x[32 * w + bit];
        }
        Statistics.assertMean("seed " + seed + ", bit " + bit, sum, words, 0, 1);
      }
    }
  }

  /** The sum of squared row sums is what Hutchinson's estimator lives on: over streams as over indices. */
  @Test
  void sumsOverStreamsHaveTheVarianceOfSums() {
    int streams = 400;
    int n = 1000;
    double squares = 0;
    for (int s = 0; s < streams; s++) {
      double sum = 0;
      for (float x : Sequence.SIGNS.values(8, s, 0, n)) {
        sum += x;
      }
      squares += sum * sum / n;
    }
    Statistics.assertMean("variance of sums", squares, streams, 1, Math.sqrt(2));
  }

  @Test
  void warmCallsAllocateNothing() {
    float[] x = new float[5000];
    for (int n : new int[] {5000, 1021, 31}) {
      Allocation.assertNone("signs, " + n, () -> Rademacher.fill(1, 2, x, 0, n, 5));
      Allocation.assertNone("normals, " + n, () -> Gaussian.fill(1, 2, x, 0, n, 5));
    }
  }
}
