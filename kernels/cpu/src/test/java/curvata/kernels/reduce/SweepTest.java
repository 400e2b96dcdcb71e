package curvata.kernels.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Workspace;
import curvata.kernels.elementary.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {
  private static final Sweep SWEEP =
      Sweep.of(
          Measure.sumOfSquares("gg", "g"), Measure.dot("thetaG", "theta", "g"), Measure.maxAbs("gMax", "g"), Measure.sum("thetaSum", "theta"),
          Measure.dot("gm", "g", "m"));

  private final Workspace ws = new Workspace();

  @Test
  void operandsAreNamedOnceInOrderOfUse() {
    assertThat(SWEEP.operands()).containsExactly("g", "theta", "m");
    assertThat(SWEEP.measures()).extracting(Measure::name).containsExactly("gg", "thetaG", "gMax", "thetaSum", "gm");
    assertThat(SWEEP.stride()).isEqualTo(5 * Blocks.LANES);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 1021, 4097, 65_541, 300_007})
  void eachMeasureIsItsReductionAloneBitForBit(int n) {
    ws.reserve(0, SWEEP.requiredDoubles(n));
    float[] g = Reference.values(n + 3, 1);
    float[] theta = Reference.values(n + 3, 2);
    float[] m = Reference.values(n + 3, 3);
    double[] values = new double[7];
    SWEEP.run(new float[][] {g, theta, m}, 3, n + 3, values, 1, ws);
    assertThat(values)
        .containsExactly(
            0, Reductions.sumOfSquares(g, 3, n + 3, ws), Reductions.dot(theta, g, 3, n + 3, ws), Reductions.maxAbs(g, 3, n + 3, ws),
            Reductions.sum(theta, 3, n + 3, ws), Reductions.dot(g, m, 3, n + 3, ws), 0);
  }

  @Test
  void blocksAndTreeByHandAreTheRun() {
    int n = 20_011;
    ws.reserve(0, SWEEP.requiredDoubles(n));
    float[][] arrays = {Reference.values(n, 1), Reference.values(n, 2), Reference.values(n, 3)};
    double[] run = new double[5];
    SWEEP.run(arrays, 0, n, run, 0, ws);
    int blocks = Blocks.count(n);
    double[] partials = new double[2 + blocks * SWEEP.stride()];
    for (int b = blocks - 1; b >= 0; b--) {
      int from = b * Blocks.length(n);
      SWEEP.block(arrays, from, Math.min(n, from + Blocks.length(n)), partials, 2 + b * SWEEP.stride());
    }
    double[] byHand = new double[5];
    SWEEP.tree(partials, 2, blocks, byHand, 0);
    assertThat(byHand).isEqualTo(run);
  }

  @Test
  void oneArrayMayServeSeveralNames() {
    float[] x = Reference.values(5000, 4);
    ws.reserve(0, SWEEP.requiredDoubles(5000));
    double[] values = new double[5];
    SWEEP.run(new float[][] {x, x, x}, 0, 5000, values, 0, ws);
    assertThat(values[1]).isEqualTo(values[0]).isEqualTo(values[4]);
  }

  @Test
  void badArgumentsAreRefusedBeforeAnythingIsWritten() {
    double[] values = {7, 7, 7, 7, 7};
    float[] x = new float[10];
    float[] y = new float[9];
    assertThatThrownBy(() -> SWEEP.run(new float[][] {x, x}, 0, 10, values, 0, ws)).hasMessage("arrays = 2, expected 3 [g, theta, m]");
    assertThatThrownBy(() -> SWEEP.run(new float[][] {x, x, y}, 0, 10, values, 0, ws)).hasMessage("range [0, 10) of m, expected within [0, 9)");
    assertThatThrownBy(() -> SWEEP.run(new float[][] {x, null, x}, 0, 10, values, 0, ws)).hasMessage("theta");
    assertThatThrownBy(() -> SWEEP.run(new float[][] {x, x, x}, 0, 10, values, 1, ws)).hasMessage("values.length = 5, expected room for 5 from 1");
    assertThatThrownBy(() -> SWEEP.run(new float[][] {x, x, x}, 0, 10, values, 0, ws)).isInstanceOf(IllegalStateException.class);
    assertThat(values).containsOnly(7);
  }

  @Test
  void measuresCheckTheirArraysAndNames() {
    assertThatThrownBy(() -> Sweep.of(Measure.sum("a", "x"), Measure.maxAbs("a", "x"))).hasMessage("measure = a, expected names that differ");
    assertThatThrownBy(() -> new Measure("a", Operation.DOT, "x", null)).hasMessage("measure a: right = null, expected an array for DOT");
    assertThatThrownBy(() -> new Measure("a", Operation.SUM, "x", "y")).hasMessage("measure a: right = y, expected none for SUM");
    assertThatThrownBy(() -> Measure.sum(null, "x")).isInstanceOf(NullPointerException.class).hasMessage("name");
  }

  @Test
  void noMeasuresNeedNothing() {
    Sweep none = Sweep.of();
    assertThat(none.requiredDoubles(1_000_000)).isZero();
    none.run(new float[0][], 0, 100_000, new double[0], 0, ws);
  }

  @Test
  void warmRunsAllocateNothingAlsoAfterAllReductionsRanHere() {
    int n = 10_007;
    ws.reserve(0, SWEEP.requiredDoubles(n));
    float[][] arrays = {Reference.values(n, 1), Reference.values(n, 2), Reference.values(n, 3)};
    double[] values = new double[5];
    for (int round = 0; round < 3; round++) {
      Allocation.assertNone("sweep", () -> SWEEP.run(arrays, 0, n, values, 0, ws));
      Allocation.assertNone("sum of squares", () -> values[0] += Reductions.sumOfSquares(arrays[0], 0, n, ws));
    }
  }
}
