package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Backend;
import curvata.kernels.elementary.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaussianTest {
  /** The formula in double, of the same bits; and r, which its error is relative to. */
  private static double[] exact(long seed, long stream, long index) {
    long key = Counter.key(seed, stream, Counter.NORMALS, index >>> 32);
    float v = Counter.bits((int) key, (int) (key >>> 32), (int) (index & ~16)) * 0x1p-31f;
    float t = Counter.bits((int) key, (int) (key >>> 32), (int) (index | 16)) * 0x1p-31f;
    double r = Math.sqrt(-2 * Math.log(Math.abs(v) + 0x1p-32f));
    double angle = Math.abs(t) * (Math.PI / 2);
    double x = (index & 16) == 0 ? Math.cos(angle) : Math.signum(t) * Math.sin(angle);
    return new double[] {Math.signum(v) * r * x, r};
  }

  /** Computed from the javadoc by a program in another language. */
  @ParameterizedTest
  @CsvSource({
    "0,0,0,0.09407529213489443", "0,0,16,-0.22858305471060883", "42,7,1000,0.24183035066182867", "42,7,4294967327,-1.8839773724033877",
    "-1,-1,5,2.328249479575972"
  })
  void valuesAreThoseOfTheDefinition(long seed, long stream, long index, double expected) {
    double allowed = Gaussian.MAX_ERROR * 0x1p-24 * exact(seed, stream, index)[1];
    assertThat(Math.abs(Gaussian.at(seed, stream, index) - expected)).isLessThanOrEqualTo(allowed);
  }

  @Test
  void errorsAreWithinThePromise() {
    int n = 300_000;
    float[] x = Sequence.NORMALS.values(3, 0, 0, n);
    for (int i = 0; i < n; i++) {
      double[] exact = exact(3, 0, i);
      assertThat(Math.abs(x[i] - exact[0]) <= Gaussian.MAX_ERROR * 0x1p-24 * exact[1]).as("index %d: %s, expected %s", i, x[i], exact[0]).isTrue();
    }
  }

  @Test
  void theEndsOfTheUniformsGiveFiniteValues() {
    assertThat(Gaussian.radius(0f)).isBetween(6.66f, 6.661f);
    assertThat(Gaussian.radius(-0x1p-31f)).isBetween(-6.494f, -6.493f);
    assertThat(Math.abs(Gaussian.radius(1f))).isZero();
    assertThat(Math.abs(Gaussian.radius(-1f))).isZero();
    for (float t : new float[] {0, -0f, 1, -1, 0.5f, -0.5f, 0x1p-31f}) {
      double angle = Math.abs(t) * (Math.PI / 2);
      assertThat(Math.abs(Gaussian.cosine(2, t) - 2 * Math.cos(angle))).isLessThan(2 * Gaussian.MAX_ERROR * 0x1p-24);
      assertThat(Math.abs(Gaussian.sine(2, t) - Math.copySign(2, t) * Math.sin(angle))).isLessThan(2 * Gaussian.MAX_ERROR * 0x1p-24);
    }
  }

  @Test
  void rangesAreTheValuesOneByOne() {
    Sequence.NORMALS.assertRangesAreTheValuesOneByOne();
  }

  @Test
  void piecesAreTheWhole() {
    Sequence.NORMALS.assertPiecesAreTheWhole();
  }

  @Test
  void withoutAFirstIndexTheyAreThePlacesInTheArray() {
    float[] x = new float[100];
    Gaussian.fill(1, 2, x, 40, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(x[i]).isEqualTo(i < 40 ? 0 : Gaussian.at(1, 2, i));
    }
  }

  @Test
  void scalarAndSimdAgree() {
    assumeTrue(Backend.current() == Backend.SIMD, "the SIMD body is linked only where it was chosen");
    for (int n : new int[] {0, 32, 64, 992, 1024, 1056, 100_000}) {
      float[] scalar = new float[n + 3];
      float[] simd = new float[n + 3];
      Gaussian.scalarGroups(n, -3, scalar, 3, n + 3, 64);
      Gaussian.Simd.groups(n, -3, simd, 3, n + 3, 64);
      assertThat(simd).as("n %d", n).isEqualTo(scalar);
    }
  }

  @Test
  void badArgumentsAreRefused() {
    Sequence.NORMALS.assertBadArgumentsAreRefused();
  }

  @Test
  void neighboursAreUncorrelated() {
    Sequence.NORMALS.assertNeighboursAreUncorrelated(200_000);
  }

  @Test
  void momentsAreWithinFiveStandardErrors() {
    for (long seed = 0; seed < 3; seed++) {
      assertMoments(seed, 500_000);
    }
  }

  static void assertMoments(long seed, int n) {
    double[] sums = new double[5];
    for (float v : Sequence.NORMALS.values(seed, 1, 0, n)) {
      double x = v;
      sums[1] += x;
      sums[2] += x * x;
      sums[3] += x * x * x;
      sums[4] += x * x * x * x;
    }
    double[] expected = {1, 0, 1, 0, 3};
    double[] variance = {0, 1, 2, 15, 96}; // E x²ᵏ − (E xᵏ)²
    for (int k = 1; k <= 4; k++) {
      Statistics.assertMean("moment " + k + ", seed " + seed, sums[k], n, expected[k], Math.sqrt(variance[k]));
    }
  }

  @Test
  void histogramFits() {
    for (long seed = 0; seed < 3; seed++) {
      assertHistogram(seed, 500_000, 4, 64);
    }
  }

  /** χ² over cells of equal width from −limit to limit and the two tails. */
  static void assertHistogram(long seed, int n, double limit, int cells) {
    int[] counts = new int[cells + 2];
    for (float x : Sequence.NORMALS.values(seed, 1, 0, n)) {
      counts[(int) Math.clamp(Math.floor((x + limit) / (2 * limit) * cells) + 1, 0, cells + 1)]++;
    }
    double[] expected = new double[cells + 2];
    double below = 0;
    for (int i = 0; i <= cells; i++) {
      double upTo = Statistics.normalDistribution(-limit + 2 * limit * i / cells);
      expected[i] = n * (upTo - below);
      below = upTo;
    }
    expected[cells + 1] = n * (1 - below);
    Statistics.assertFits("normals, seed " + seed, counts, expected);
  }

  /** The two of a pair lie evenly on the circle, and their radius tells nothing of it. */
  @Test
  void pairsAreRoundAndIndependent() {
    int groups = 20_000;
    int sectors = 24;
    int rings = 8;
    int[] counts = new int[sectors * rings];
    float[] x = Sequence.NORMALS.values(6, 0, 0, 32 * groups);
    for (int g = 0; g < groups; g++) {
      for (int j = 32 * g; j < 32 * g + 16; j++) {
        double turn = Math.atan2(x[j + 16], x[j]) / (2 * Math.PI) + 0.5;
        double area = 1 - Math.exp(-0.5 * ((double) x[j] * x[j] + (double) x[j + 16] * x[j + 16]));
        counts[Math.min(sectors - 1, (int) (turn * sectors)) * rings + Math.min(rings - 1, (int) (area * rings))]++;
      }
    }
    Statistics.assertEven("sectors by rings", counts);
  }

  @Test
  void warmCallsAllocateNothing() {
    float[] x = new float[5000];
    for (int n : new int[] {5000, 1021, 31}) {
      Allocation.assertNone("normals, " + n, () -> Gaussian.fill(1, 2, x, 0, n, 5));
    }
  }
}
