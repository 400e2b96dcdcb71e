package curvata.kernels.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.elementary.Allocation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionsTest {
  private static final int[] OFFSETS = {0, 1, 3};
  private static final int LARGE = 65_536 + 5;
  private static final double ALLOWED = 1e-12; // times Σ|terms|: the library's promise

  private final Workspace ws = new Workspace();

  ReductionsTest() {
    ws.reserve(0, 4 * Reductions.requiredDoubles(Integer.MAX_VALUE - 64));
  }

  private double reduce(Operation operation, float[] x, float[] y, int from, int to) {
    return reduce(operation, x, y, from, to, ws);
  }

  private static double reduce(Operation operation, float[] x, float[] y, int from, int to, Workspace ws) {
    return switch (operation) {
      case SUM -> Reductions.sum(x, from, to, ws);
      case SUM_OF_SQUARES -> Reductions.sumOfSquares(x, from, to, ws);
      case DOT -> Reductions.dot(x, y, from, to, ws);
      case MAX_ABS -> Reductions.maxAbs(x, from, to, ws);
    };
  }

  private void check(int n, int offset, long seed) {
    float[] x = Reference.values(n + offset + 5, seed);
    float[] y = Reference.values(n + offset + 5, ~seed);
    for (Operation operation : Operation.values()) {
      String where = operation + ", n " + n + ", offset " + offset + ", seed " + seed;
      double got = reduce(operation, x, y, offset, offset + n);
      Reference.Exact exact = Reference.exact(operation, x, y, offset, offset + n);
      assertThat(Math.abs(got - exact.value())).as(where).isLessThanOrEqualTo(ALLOWED * exact.magnitude());
      assertThat(got).as("order of " + where).isEqualTo(Reference.ordered(operation, x, y, offset, offset + n));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 15, 16, 17, 31, 33, 1000, 1021, 1024, 4095, 4096, 4097, 8191, 12_289, 32_769, LARGE})
  void isWithinThePromisedErrorAndInThePromisedOrder(int n) {
    for (int offset : OFFSETS) {
      check(n, offset, 97L * n + offset);
    }
  }

  @Test
  void threeMillionElements() {
    check(3_000_017, 1, 5);
  }

  @Test
  void fiveMillionElementsWhereBlocksAreLongerThanTheShortest() {
    assertThat(Blocks.length(5_000_003)).isGreaterThan(4096);
    check(5_000_003, 0, 6);
  }

  @Test
  void insideAPartOfOtherWorkTheBitsAreTheSame() {
    int n = 1_000_003;
    float[] x = Reference.values(n, 11);
    float[] y = Reference.values(n, 12);
    for (Operation operation : Operation.values()) {
      double outside = reduce(operation, x, y, 0, n);
      double[] inside = new double[3];
      Threads.run((part, worker) -> {
        Workspace own = new Workspace();
        own.reserve(0, Reductions.requiredDoubles(n));
        inside[part] = reduce(operation, x, y, 0, n, own);
      }, inside.length);
      assertThat(inside).as("%s on %d threads and on one", operation, Threads.count()).containsOnly(outside);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 4097, LARGE})
  void hugeAndTinyValuesNeitherOverflowNorVanish(int n) {
    for (float v : new float[] {1e18f, 1e-22f, Float.MAX_VALUE, Float.MIN_VALUE}) {
      float[] x = new float[n];
      Arrays.fill(x, v);
      double square = (double) v * v;
      assertThat(Math.abs(reduce(Operation.SUM_OF_SQUARES, x, x, 0, n) - n * square)).as("%d × %g²", n, v).isLessThanOrEqualTo(ALLOWED * n * square);
      assertThat(Math.abs(reduce(Operation.DOT, x, x, 0, n) - n * square)).as("%d × %g·%g", n, v, v).isLessThanOrEqualTo(ALLOWED * n * square);
      assertThat(Math.abs(reduce(Operation.SUM, x, x, 0, n) - n * (double) v)).as("%d × %g", n, v).isLessThanOrEqualTo(ALLOWED * n * v);
      assertThat(reduce(Operation.MAX_ABS, x, x, 0, n)).isEqualTo(v);
    }
  }

  @Test
  void cancellationIsExactWhereEverySumIsRepresentable() {
    int n = 100_000;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i % 2 == 0 ? 1e8f : -1e8f) + i % 7;
    }
    assertThat(Reductions.sum(x, 0, n, ws)).isEqualTo(Reference.exact(Operation.SUM, x, x, 0, n).value());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 40, 1021, 4097, LARGE})
  void nanAndInfinityPropagateFromEveryPlace(int n) {
    float[] x = Reference.values(n, n);
    for (int at : new int[] {0, n / 3, n / 2, n - 1}) {
      float kept = x[at];
      for (Operation operation : Operation.values()) {
        x[at] = Float.NaN;
        assertThat(reduce(operation, x, x, 0, n)).as("%s with NaN at %d of %d", operation, at, n).isNaN();
        x[at] = Float.NEGATIVE_INFINITY;
        double expected = operation == Operation.SUM ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        assertThat(reduce(operation, x, x, 0, n)).as("%s with -inf at %d of %d", operation, at, n).isEqualTo(expected);
        if (n > 1) {
          int other = (at + 1) % n;
          float keptOther = x[other];
          x[other] = Float.intBitsToFloat(0xffc12345);
          assertThat(reduce(operation, x, x, 0, n)).as("%s with -inf and NaN", operation).isNaN();
          x[other] = keptOther;
        }
        x[at] = kept;
      }
    }
  }

  @Test
  void zerosAndSubnormals() {
    float[] x = {-0f, 0f, -Float.MIN_VALUE, -0f};
    assertThat(Reductions.maxAbs(x, 0, 4, ws)).isEqualTo(Float.MIN_VALUE);
    assertThat(Double.doubleToRawLongBits(Reductions.maxAbs(x, 0, 2, ws))).isZero();
    assertThat(Double.doubleToRawLongBits(Reductions.sum(x, 0, 2, ws))).isZero();
  }

  @Test
  void permutingWithinALaneOfSmallIntegersChangesNothing() {
    float[] x = new float[20_000];
    float[] shifted = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 101 - 50;
      shifted[(i + 777) % x.length] = x[i];
    }
    for (Operation operation : Operation.values()) {
      assertThat(reduce(operation, shifted, shifted, 0, x.length)).isEqualTo(reduce(operation, x, x, 0, x.length));
    }
  }

  @Test
  void badArgumentsAreRefusedByName() {
    float[] x = new float[8];
    assertThatThrownBy(() -> Reductions.sum(null, 0, 0, ws)).isInstanceOf(NullPointerException.class).hasMessage("x");
    assertThatThrownBy(() -> Reductions.sum(x, 0, 9, ws)).hasMessage("range [0, 9) of x, expected within [0, 8)");
    assertThatThrownBy(() -> Reductions.dot(x, new float[4], 0, 8, ws)).hasMessage("range [0, 8) of y, expected within [0, 4)");
    assertThatThrownBy(() -> Reductions.sum(x, 0, 8, new Workspace())).isInstanceOf(IllegalStateException.class).hasMessageContaining("doubles");
    assertThat(Reductions.sum(x, 0, 8, ws)).as("the workspace is as before").isZero();
  }

  @Test
  void warmCallsAllocateNothingAlsoAfterAllRanHere() {
    float[] x = Reference.values(100_000, 1);
    double[] sink = new double[1];
    for (int round = 0; round < 2; round++) {
      for (int n : new int[] {32_000, 1021, 31}) {
        for (Operation operation : Operation.values()) {
          Allocation.assertNone(operation + " of " + n, () -> sink[0] += reduce(operation, x, x, 0, n));
        }
      }
    }
    assertThat(sink[0]).isFinite();
  }
}
