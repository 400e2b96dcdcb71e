package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WhiteningTest {
  @Test
  void rowsHaveMeanZeroAndDeviationOne() {
    int rows = 7;
    int cols = 33;
    float[] g = Problem.values(new SplittableRandom(1), rows * cols);
    for (int j = 0; j < cols; j++) {
      g[3 * cols + j] = 4; // no deviation
      g[4 * cols + j] *= 1e30f;
    }
    double[] n = new double[rows * cols];
    Whitening.standardizeRows(rows, cols, Matrices.doubles(g), 0, n, 0);
    float[] narrow = new float[rows * cols];
    Whitening.standardizeRows(rows, cols, g, 0, narrow, 0);
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      double square = 0;
      for (int j = 0; j < cols; j++) {
        sum += n[i * cols + j];
        square += n[i * cols + j] * n[i * cols + j];
        assertThat(narrow[i * cols + j]).isEqualTo((float) n[i * cols + j]);
      }
      assertThat(sum).isCloseTo(0, within(1e-12));
      assertThat(square / cols).isCloseTo(i == 3 ? 0 : 1, within(1e-12));
    }
    Whitening.standardizeRows(rows, cols, g, 0, g, 0); // in place
    assertThat(g).isEqualTo(narrow);
  }

  /** (N Nᵀ)^(−1/2) N by the root of N Nᵀ is the polar factor of N. */
  @Test
  void whiteningIsThePolarFactorOfTheStandardizedRows() {
    int rows = 12;
    int cols = 40;
    float[] g = Problem.values(new SplittableRandom(2), rows * cols);
    double[] n = new double[rows * cols];
    Whitening.standardizeRows(rows, cols, Matrices.doubles(g), 0, n, 0);
    double[] gram = new double[rows * rows];
    for (int i = 0; i < gram.length; i++) {
      for (int k = 0; k < cols; k++) {
        gram[i] += n[i / rows * cols + k] * n[i % rows * cols + k];
      }
    }
    Workspace ws = new Workspace();
    NewtonSchulz polar = NewtonSchulz.polar(1e-6);
    ws.reserve(
        Whitening.required(polar, rows, cols),
        Math.max(polar.requiredDoubles(rows, cols), Math.max(MatrixRoot.required(rows), Whitening.requiredCoupled(rows, cols))));
    MatrixRoot.INVERSE_SQRT.apply(rows, gram, 0, gram, 0, ws);
    double[] expected = Matrices.product(gram, n, rows, rows, cols);
    float[] whitened = new float[rows * cols];
    double error = Whitening.apply(polar, rows, cols, g, 0, whitened, 0, ws);
    assertThat(Matrices.difference(Matrices.doubles(whitened), expected)).isLessThan(4e-6);
    assertThat(error).isLessThan(4e-6);
    double[] coupled = new double[rows * cols];
    assertThat(Whitening.coupled(30, rows, cols, n, 0, coupled, 0, ws)).isLessThan(1e-12);
    assertThat(Matrices.difference(coupled, expected)).isLessThan(1e-12);
    assertThat(Whitening.coupled(3, rows, cols, n, 0, coupled, 0, ws)).isGreaterThan(0.1);
  }

  @Test
  void warmCallsAllocateNothing() {
    float[] g = Problem.values(new SplittableRandom(2), 10 * 30);
    double[] wide = Matrices.doubles(g);
    NewtonSchulz polar = NewtonSchulz.polar(8);
    Workspace ws = new Workspace();
    ws.reserve(
        Math.max(Whitening.required(polar, 10, 30), 0),
        polar.requiredDoubles(10, 30) + Whitening.requiredCoupled(10, 30) + Sinkhorn.required(10, 30));
    float[] out = new float[g.length];
    double[] outWide = new double[g.length];
    assertThat(Allocation.ofWarm(() -> {
      for (int i = 0; i < 50; i++) {
        Whitening.apply(polar, 10, 30, g, 0, out, 0, ws);
        Whitening.coupled(4, 10, 30, wide, 0, outWide, 0, ws);
        Sinkhorn.apply(3, 10, 30, g, 0, out, 0, ws);
      }
    })).isZero();
  }

  @Test
  void sinkhornIsTheTwoNormalizationsInTurn() {
    for (int[] shape : new int[][] {{24, 40}, {40, 24}, {1, 9}, {9, 1}, {1, 1}, {200, 33}, {300, 17}}) {
      int rows = shape[0];
      int cols = shape[1];
      float[] g = Problem.values(new SplittableRandom(rows), rows * cols);
      for (int rounds : new int[] {0, 1, 2, 5}) {
        double[] expected = normalized(Matrices.doubles(g), rows, cols, rounds);
        double[] actual = new double[rows * cols];
        Workspace ws = new Workspace();
        ws.reserve(0, Sinkhorn.required(rows, cols));
        Sinkhorn.apply(rounds, rows, cols, g, 0, actual, 0, ws);
        double scale = rounds == 0 ? 1 / Matrices.largest(Matrices.doubles(g)) : 1;
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i]).isCloseTo(expected[i] * scale, within(1e-13 * (1 + Math.abs(expected[i]))));
        }
      }
    }
  }

  private static double[] normalized(double[] x, int rows, int cols, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < rows; i++) {
        double square = 0;
        for (int j = 0; j < cols; j++) {
          square += x[i * cols + j] * x[i * cols + j];
        }
        for (int j = 0; j < cols && square > 0; j++) {
          x[i * cols + j] *= Math.sqrt(cols) / Math.sqrt(square);
        }
      }
      for (int j = 0; j < cols; j++) {
        double square = 0;
        for (int i = 0; i < rows; i++) {
          square += x[i * cols + j] * x[i * cols + j];
        }
        for (int i = 0; i < rows && square > 0; i++) {
          x[i * cols + j] *= Math.sqrt(rows) / Math.sqrt(square);
        }
      }
    }
    return x;
  }

  @Test
  void sinkhornOfAnyScaleConvergesAndSaysHowFar() {
    for (float scale : new float[] {1e-30f, 1, 1e30f}) {
      float[] g = new float[12 * 20];
      var random = new SplittableRandom(3);
      for (int i = 0; i < g.length; i++) {
        g[i] = scale * (float) random.nextDouble(0.5, 1.5);
      }
      Workspace ws = new Workspace();
      ws.reserve(0, Sinkhorn.required(12, 20));
      double one = Sinkhorn.apply(1, 12, 20, g, 0, new float[240], 0, ws);
      double many = Sinkhorn.apply(30, 12, 20, g, 0, g, 0, ws);
      assertThat(one).isGreaterThan(1e-4);
      assertThat(many).isLessThan(1e-12);
      for (int i = 0; i < 12; i++) {
        double square = 0;
        for (int j = 0; j < 20; j++) {
          square += (double) g[i * 20 + j] * g[i * 20 + j];
        }
        assertThat(square).isCloseTo(20, within(1e-5));
      }
    }
  }

  /** Also where the sum of equal numbers rounds. */
  @Test
  void aRowOfEqualNumbersBecomesZeros() {
    for (double value : new double[] {0.1, -1e-30, 1e30, 7}) {
      for (int cols : new int[] {0, 1, 3, 6, 10, 100}) {
        double[] row = new double[cols];
        float[] narrow = new float[cols];
        Arrays.fill(row, value);
        Arrays.fill(narrow, (float) value);
        Whitening.standardizeRows(1, cols, row, 0, row, 0);
        Whitening.standardizeRows(1, cols, narrow, 0, narrow, 0);
        assertThat(row).as("%s, %d columns", value, cols).isEqualTo(new double[cols]);
        assertThat(narrow).as("%s, %d columns", value, cols).isEqualTo(new float[cols]);
      }
    }
  }

  @Test
  void whatIsRefusedIsLeftAlone() {
    float[] x = Problem.values(new SplittableRandom(3), 40);
    float[] before = x.clone();
    NewtonSchulz recipe = NewtonSchulz.polar(8);
    Workspace enough = new Workspace();
    enough.reserve(Whitening.required(recipe, 4, 8), Math.max(Sinkhorn.required(4, 8), recipe.requiredDoubles(4, 8)));
    String overlap = "out overlaps in: [3, 35) and [0, 32) of one array, expected the same or disjoint";
    assertThatThrownBy(() -> Whitening.apply(recipe, 4, 8, x, 0, x, 3, enough)).isInstanceOf(IllegalArgumentException.class).hasMessage(overlap);
    assertThatThrownBy(() -> Sinkhorn.apply(2, 4, 8, x, 0, x, 3, enough)).isInstanceOf(IllegalArgumentException.class).hasMessage(overlap);
    assertThatThrownBy(() -> Whitening.apply(recipe, 4, 8, x, 0, x, 0, new Workspace())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Whitening.apply(recipe, 4, 8, x, 0, x, 0, null)).isInstanceOf(NullPointerException.class).hasMessage("ws");
    assertThat(x).isEqualTo(before);
  }

  @Test
  void sinkhornWithoutRoundsOrColumns() {
    Workspace ws = new Workspace();
    ws.reserve(0, Sinkhorn.required(2, 2));
    float[] g = {2, 4, 6, 8};
    Sinkhorn.apply(0, 2, 2, g, 0, g, 0, ws);
    assertThat(g).containsExactly(0.25f, 0.5f, 0.75f, 1);
    g[1] = Float.POSITIVE_INFINITY;
    Sinkhorn.apply(0, 2, 2, g, 0, g, 0, ws);
    assertThat(g).containsOnly(Float.NaN);
    assertThat(Sinkhorn.apply(3, 2, 0, g, 0, g, 0, ws)).isZero();
  }

  @Test
  void zerosStayAndNaNSpreads() {
    Workspace ws = new Workspace();
    ws.reserve(0, Sinkhorn.required(3, 4));
    float[] g = {1, 2, 0, 4, 0, 0, 0, 0, 5, 6, 0, 8};
    Sinkhorn.apply(5, 3, 4, g, 0, g, 0, ws);
    for (int j = 0; j < 4; j++) {
      assertThat(g[4 + j]).isZero();
    }
    assertThat(g[2] + g[10]).isZero();
    g[0] = Float.NaN;
    assertThat(Sinkhorn.apply(1, 3, 4, g, 0, g, 0, ws)).isNaN();
    assertThat(g).containsOnly(Float.NaN);
    assertThatThrownBy(() -> Sinkhorn.apply(-1, 3, 4, g, 0, g, 0, ws)).hasMessage("rounds = -1, expected >= 0");
    assertThatThrownBy(() -> Sinkhorn.apply(1, 3, 5, g, 0, g, 0, ws)).isInstanceOf(IllegalArgumentException.class);
  }
}
