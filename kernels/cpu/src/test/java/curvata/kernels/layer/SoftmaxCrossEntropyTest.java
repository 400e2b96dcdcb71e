package curvata.kernels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxCrossEntropyTest {
  private static final int PAD = 2;
  private static final int[][] SHAPES = {{1, 1}, {3, 2}, {5, 10}, {413, 10}, {17, 16}, {9, 33}, {4, 1000}, {2, 3000}};

  /** A problem with everything at an offset; logits around 100 or of great spread are part of it. */
  private record Problem(int rows, int cols, float[] logits, int[] labels, Workspace ws) {
    static Problem of(long seed, int rows, int cols, double deviation, float shift) {
      var random = new SplittableRandom(seed);
      float[] logits = LayerData.gaussian(random, rows * cols + 2 * PAD, deviation);
      for (int i = 0; i < logits.length; i++) {
        logits[i] += shift;
      }
      var ws = new Workspace();
      ws.reserve(SoftmaxCrossEntropy.requiredFloats(cols), 0);
      return new Problem(rows, cols, logits, LayerData.labels(random, rows + PAD, cols), ws);
    }

    double[] losses() {
      double[] losses = new double[rows + 2 * PAD];
      SoftmaxCrossEntropy.losses(logits, PAD, rows, cols, labels, PAD, losses, PAD, ws);
      return losses;
    }

    double z(int i, int j) {
      return logits[PAD + i * cols + j];
    }

    int label(int i) {
      return labels[PAD + i];
    }

    /** Σ over k ≠ j of exp(z_k − z_j), so that p_j = 1 / (1 + this), 1 − p_j = this / (1 + this) and loss = ln(1 + this): nothing cancels. */
    double odds(int i, int j) {
      double sum = 0;
      for (int k = 0; k < cols; k++) {
        sum += k == j ? 0 : StrictMath.exp(z(i, k) - z(i, j));
      }
      return sum;
    }

    /** Every column of short rows; some of long ones, among them the label's. */
    int stride() {
      return cols <= 100 ? 1 : 61;
    }

    /** The stated bound. */
    double allowed(int i, double exact) {
      double max = Double.NEGATIVE_INFINITY;
      double min = Double.POSITIVE_INFINITY;
      for (int j = 0; j < cols; j++) {
        max = Math.max(max, z(i, j));
        min = Math.min(min, z(i, j));
      }
      return Math.abs(exact) * (max - min + 3) * 0x1p-23 + cols * 0x1p-148;
    }

    String at(int i, int j) {
      return rows + " x " + cols + ", row " + i + ", column " + j;
    }
  }

  private static Iterable<Problem> problems() {
    var all = new ArrayList<Problem>();
    for (int[] shape : SHAPES) {
      all.add(Problem.of(21, shape[0], shape[1], 1, 0));
      all.add(Problem.of(22, shape[0], shape[1], 4, 100));
      all.add(Problem.of(23, shape[0], shape[1], 60, 0));
    }
    return all;
  }

  @Test
  void lossesAreWithinTheStatedBound() {
    for (Problem p : problems()) {
      float[] before = p.logits.clone();
      double[] losses = p.losses();
      assertThat(Arrays.mismatch(p.logits, before)).as("logits are only read").isEqualTo(-1);
      assertThat(p.ws.takeFloats(SoftmaxCrossEntropy.requiredFloats(p.cols))).as("scratch given back").isZero();
      for (int i = -PAD; i < p.rows + PAD; i++) {
        boolean inside = i >= 0 && i < p.rows;
        double want = inside ? StrictMath.log1p(p.odds(i, p.label(i))) : 0;
        assertThat(losses[PAD + i]).as(p.at(i, -1)).isCloseTo(want, within(inside ? p.allowed(i, want) : 0));
      }
    }
  }

  @Test
  void gradientsAreWithinTheStatedBound() {
    for (Problem p : problems()) {
      double scale = 1.0 / p.rows;
      double[] losses = new double[p.rows + PAD];
      float[] g = p.logits.clone();
      SoftmaxCrossEntropy.gradient(g, PAD, p.rows, p.cols, p.labels, PAD, losses, PAD, scale);
      assertThat(Arrays.mismatch(losses, Arrays.copyOf(p.losses(), losses.length))).as("losses of the gradient's sweep").isEqualTo(-1);
      for (int i = 0; i < p.rows; i++) {
        for (int j = p.label(i) % p.stride(); j < p.cols; j += p.stride()) {
          double odds = p.odds(i, j);
          double want = scale * (j == p.label(i) ? -(Double.isInfinite(odds) ? 1 : odds / (1 + odds)) : 1 / (1 + odds));
          assertThat((double) g[PAD + i * p.cols + j]).as(p.at(i, j)).isCloseTo(want, within(p.allowed(i, want)));
        }
      }
      assertThat(Arrays.copyOf(g, PAD)).containsExactly(Arrays.copyOf(p.logits, PAD));
      assertThat(Arrays.copyOfRange(g, g.length - PAD, g.length)).containsExactly(Arrays.copyOfRange(p.logits, g.length - PAD, g.length));
    }
  }

  @Test
  void probabilitiesAreWithinTheStatedBound() {
    for (Problem p : problems()) {
      float[] y = p.logits.clone();
      SoftmaxCrossEntropy.probabilities(y, PAD, p.rows, p.cols);
      for (int i = 0; i < p.rows; i++) {
        for (int j = p.label(i) % p.stride(); j < p.cols; j += p.stride()) {
          double want = 1 / (1 + p.odds(i, j));
          assertThat((double) y[PAD + i * p.cols + j]).as(p.at(i, j)).isCloseTo(want, within(p.allowed(i, want)));
        }
      }
      assertThat(y[0]).isEqualTo(p.logits[0]);
      assertThat(y[y.length - 1]).isEqualTo(p.logits[y.length - 1]);
    }
  }

  /** Central differences of step h: off by h² max|loss'''| / 6, at most h² / 60, and by the errors of two losses over 2 h. */
  @Test
  void gradientAgreesWithDifferencesOfTheMeanLoss() {
    Problem p = Problem.of(24, 7, 10, 2, 0);
    float[] g = p.logits.clone();
    SoftmaxCrossEntropy.gradient(g, PAD, p.rows, p.cols, p.labels, PAD, new double[p.rows], 0, 1.0 / p.rows);
    float h = 0x1p-7f;
    for (int i = 0; i < p.rows; i++) {
      double error = p.allowed(i, StrictMath.log1p(p.odds(i, p.label(i))) + h);
      for (int j = 0; j < p.cols; j++) {
        int at = PAD + i * p.cols + j;
        float z = p.logits[at];
        p.logits[at] = z + h;
        double up = SoftmaxCrossEntropy.mean(p.losses(), PAD, p.rows);
        double step = p.logits[at];
        p.logits[at] = z - h;
        double down = SoftmaxCrossEntropy.mean(p.losses(), PAD, p.rows);
        step -= p.logits[at];
        p.logits[at] = z;
        double allowed = (h * h / 60 + 2 * error / step) / p.rows + 1e-12;
        assertThat((double) g[at]).as(p.at(i, j)).isCloseTo((up - down) / step, within(allowed));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 64, 1000})
  void rowsInPartsGiveTheSameBits(int cols) {
    var random = new SplittableRandom(25);
    Problem p = Problem.of(25, 321, cols, 3, 0);
    float[] g = p.logits.clone();
    float[] y = p.logits.clone();
    double[] whole = new double[p.rows];
    SoftmaxCrossEntropy.gradient(g, 0, p.rows, cols, p.labels, 0, whole, 0, 0.125);
    SoftmaxCrossEntropy.probabilities(y, 0, p.rows, cols);
    float[] gParts = p.logits.clone();
    float[] yParts = p.logits.clone();
    double[] parts = new double[p.rows];
    double[] alone = new double[p.rows];
    int correct = 0;
    for (int i = 0, n; i < p.rows; i += n) {
      n = Math.min(1 + random.nextInt(40), p.rows - i);
      SoftmaxCrossEntropy.gradient(gParts, i * cols, n, cols, p.labels, i, parts, i, 0.125);
      SoftmaxCrossEntropy.probabilities(yParts, i * cols, n, cols);
      SoftmaxCrossEntropy.losses(p.logits, i * cols, n, cols, p.labels, i, alone, i, p.ws);
      correct += SoftmaxCrossEntropy.correct(p.logits, i * cols, n, cols, p.labels, i);
    }
    assertThat(Arrays.mismatch(gParts, g)).as("first difference").isEqualTo(-1);
    assertThat(Arrays.mismatch(yParts, y)).as("first difference").isEqualTo(-1);
    assertThat(Arrays.mismatch(parts, whole)).as("first difference").isEqualTo(-1);
    assertThat(Arrays.mismatch(alone, whole)).as("first difference").isEqualTo(-1);
    assertThat(correct).isEqualTo(SoftmaxCrossEntropy.correct(p.logits, 0, p.rows, cols, p.labels, 0));
  }

  @Test
  void aSurePredictionKeepsItsDigits() {
    float[] logits = {40, 0, -5};
    double[] losses = new double[1];
    SoftmaxCrossEntropy.gradient(logits, 0, 1, 3, new int[] {0}, 0, losses, 0, 1);
    double odds = StrictMath.exp(-40) + StrictMath.exp(-45); // 4.3e-18: 1 + odds = 1 in double
    assertThat(losses[0]).isCloseTo(odds, within(odds * 48 * 0x1p-23));
    assertThat((double) logits[0]).isCloseTo(-odds, within(odds * 48 * 0x1p-23));
  }

  @Test
  void hugeLogitsAndInfinitiesDoAsStated() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(loss(0, 0, 0)).isEqualTo(StrictMath.log1p(1)); // three ways of one row of two columns and its label
    assertThat(loss(1, 1e30f, 0)).isEqualTo((double) 1e30f);
    assertThat(loss(0, 1e30f, 0)).isEqualTo(0);
    assertThat(loss(1, 0, -inf)).isEqualTo(inf);
    assertThat(loss(0, 0, -inf)).isEqualTo(0);
    assertThat(loss(0, inf, 0)).isNaN();
    assertThat(loss(0, 0, Float.NaN)).isNaN();
    assertThat(loss(1, 0, Float.NaN)).isNaN();
    assertThat(loss(0, -inf, -inf)).isNaN();
    float[] p = {0, -inf, 3, Float.NaN, inf, 0, 7, 7};
    SoftmaxCrossEntropy.probabilities(p, 0, 4, 2);
    assertThat(p).containsExactly(1, 0, Float.NaN, Float.NaN, Float.NaN, Float.NaN, 0.5f, 0.5f);
  }

  private static double loss(int label, float... row) {
    double[] losses = new double[1];
    SoftmaxCrossEntropy.gradient(row, 0, 1, row.length, new int[] {label}, 0, losses, 0, 1);
    return losses[0];
  }

  @Test
  void theFirstOfEqualLogitsCountsAndNaNIsNeverCorrect() {
    float nan = Float.NaN;
    float[] logits = {1, 2, 2, /**/ 1, 2, 2, /**/ 3, 3, 3, /**/ nan, 1, 0, /**/ 0, 1, nan, /**/ 0, -0f, -1, /**/ nan, nan, nan};
    assertThat(SoftmaxCrossEntropy.correct(logits, 0, 1, 3, new int[] {1}, 0)).isEqualTo(1);
    assertThat(SoftmaxCrossEntropy.correct(logits, 3, 1, 3, new int[] {2}, 0)).isEqualTo(0);
    assertThat(SoftmaxCrossEntropy.correct(logits, 6, 1, 3, new int[] {0}, 0)).isEqualTo(1);
    for (int label = 0; label < 3; label++) {
      assertThat(SoftmaxCrossEntropy.correct(logits, 9, 1, 3, new int[] {label}, 0)).isEqualTo(0);
      assertThat(SoftmaxCrossEntropy.correct(logits, 12, 1, 3, new int[] {label}, 0)).isEqualTo(0);
      assertThat(SoftmaxCrossEntropy.correct(logits, 15, 1, 3, new int[] {label}, 0)).as("zeros are equal").isEqualTo(label == 0 ? 1 : 0);
      assertThat(SoftmaxCrossEntropy.correct(logits, 18, 1, 3, new int[] {label}, 0)).isEqualTo(0);
    }
    assertThat(SoftmaxCrossEntropy.correct(logits, 0, 7, 3, new int[] {1, 1, 0, 0, 1, 0, 0}, 0)).isEqualTo(4);
  }

  @Test
  void meanIsTheSumInOrderOverTheCount() {
    assertThat(SoftmaxCrossEntropy.mean(new double[] {9, 1, 2, 4}, 1, 3)).isEqualTo((1.0 + 2 + 4) / 3);
    assertThatThrownBy(() -> SoftmaxCrossEntropy.mean(new double[3], 0, 0)).hasMessage("rows = 0, expected rows >= 1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.mean(new double[3], 1, 3)).hasMessageContaining("losses.offset = 1");
  }

  @Test
  void badInputIsRefusedBeforeAnythingIsWritten() {
    float[] z = {5, 5, 5, 5, 5, 5};
    double[] losses = {7, 7};
    int[] good = {0, 2};
    var ws = new Workspace();
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 0, 2, 3, new int[] {0, 3}, 0, losses, 0, 1))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("labels[1] = 3, expected 0 <= label < 3 (cols)");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 0, 2, 3, new int[] {-1, 2}, 0, losses, 0, 1))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("labels[0] = -1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 1, 2, 3, good, 0, losses, 0, 1)).hasMessageContaining("logits.offset = 1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 0, 2, 3, good, 1, losses, 0, 1)).hasMessageContaining("labels.offset = 1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 0, 2, 3, good, 0, losses, 1, 1)).hasMessageContaining("losses.offset = 1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.gradient(z, 0, 2, 0, good, 0, losses, 0, 1)).hasMessage("cols = 0, expected cols >= 1");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.losses(z, 0, 2, 3, good, 0, losses, 0, ws)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> SoftmaxCrossEntropy.losses(z, 0, 2, 3, null, 0, losses, 0, ws))
        .isInstanceOf(NullPointerException.class).hasMessage("labels");
    assertThatThrownBy(() -> SoftmaxCrossEntropy.probabilities(z, 0, 3, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SoftmaxCrossEntropy.correct(z, 0, 2, 3, new int[] {0, 9}, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(z).containsOnly(5);
    assertThat(losses).containsOnly(7);
  }
}
