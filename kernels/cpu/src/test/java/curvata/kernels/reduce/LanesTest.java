package curvata.kernels.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Backend;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The primitives: scalar and SIMD bodies agree in every lane, and a range in pieces is the whole range. */
class LanesTest {
  private static final int[] SIZES = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 1000, 1021, 4095, 4096, 4097};
  private static final int GUARD = 3;

  private static void scalar(Operation operation, float[] x, float[] y, int from, int to, int yFrom, double[] lanes, int at) {
    switch (operation) {
      case SUM -> Sum.scalar(x, from, to, lanes, at);
      case SUM_OF_SQUARES -> SumOfSquares.scalar(x, from, to, lanes, at);
      case DOT -> Dot.scalar(x, from, to, y, yFrom, lanes, at);
      case MAX_ABS -> MaxAbs.scalar(x, from, to, lanes, at);
    }
  }

  private static void simd(Operation operation, float[] x, float[] y, int from, int to, int yFrom, double[] lanes, int at) {
    switch (operation) {
      case SUM -> Sum.Simd.accumulate(x, from, to, lanes, at);
      case SUM_OF_SQUARES -> SumOfSquares.Simd.accumulate(x, from, to, lanes, at);
      case DOT -> Dot.Simd.accumulate(x, from, to, y, yFrom, lanes, at);
      case MAX_ABS -> MaxAbs.Simd.accumulate(x, from, to, lanes, at);
    }
  }

  /** Random bit patterns: every exponent, NaN and infinities among them. */
  private static float[] patterns(int length, SplittableRandom random) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = Float.intBitsToFloat(random.nextInt());
    }
    return x;
  }

  private static double[] lanes() {
    double[] lanes = new double[Blocks.LANES + 2 * GUARD];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = i * 0.25;
    }
    return lanes;
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void scalarAndSimdAgreeInEveryLane(Operation operation) {
    assumeTrue(Backend.current() == Backend.SIMD, "the SIMD body is linked only where it was chosen");
    for (int n : SIZES) {
      for (int offset : new int[] {0, 1, 3}) {
        for (long seed = 0; seed < 4; seed++) {
          float[] x = seed == 0 ? patterns(n + offset, new SplittableRandom(n)) : Reference.values(n + offset, seed);
          float[] y = seed == 0 ? patterns(n + 2, new SplittableRandom(-n)) : Reference.values(n + 2, -seed);
          double[] expected = lanes();
          double[] actual = lanes();
          scalar(operation, x, y, offset, offset + n, 2, expected, GUARD);
          simd(operation, x, y, offset, offset + n, 2, actual, GUARD);
          assertThat(actual).as("%s, n %d, offset %d, seed %d", operation, n, offset, seed).isEqualTo(expected); // by bits, all NaNs being one
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void piecesOfWholeRowsOfLanesAreTheWholeRange(Operation operation) {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int n = random.nextInt(5000);
      float[] x = Reference.values(n, seed);
      float[] y = Reference.values(n, -seed);
      double[] whole = new double[Blocks.LANES];
      double[] pieces = new double[Blocks.LANES];
      operation.accumulate(x, y, 0, n, whole, 0);
      for (int i = 0, end; i < n; i = end) {
        end = Math.min(n, i + Blocks.LANES * (1 + random.nextInt(40)));
        operation.accumulate(x, y, i, end, pieces, 0);
      }
      assertThat(pieces).as("%s, n %d, seed %d", operation, n, seed).isEqualTo(whole);
    }
  }
}
