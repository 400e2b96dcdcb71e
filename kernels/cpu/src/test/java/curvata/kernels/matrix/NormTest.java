package curvata.kernels.matrix;

import static curvata.kernels.matrix.Recipes.ATOL;
import static curvata.kernels.matrix.Recipes.apply;
import static curvata.kernels.matrix.Recipes.applyWide;
import static curvata.kernels.matrix.Recipes.largestDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each norm is what it is called. */
class NormTest {
  /** U Σ V becomes U p(Σ / s ‖Σ‖) V, whatever the norm is called. */
  @ParameterizedTest
  @EnumSource
  void normsAreWhatTheySay(Norm norm) {
    for (int[] shape : new int[][] {{12, 30}, {30, 12}, {20, 20}, {1, 9}}) {
      for (String name : List.of("cubic5", "polar5", "degree9_4")) {
        checkNorm(norm, name, shape[0], shape[1]);
      }
    }
  }

  private static void checkNorm(Norm norm, String name, int rows, int cols) {
    int m = Math.min(rows, cols);
    NewtonSchulz recipe = NewtonSchulz.named(name).with(norm);
    double[] x = Matrices.withSingularValues(new SplittableRandom(rows), rows, cols, q -> 3e5 * (1.0 + q) / m);
    double[] scaled = x.clone();
    double bound = switch (norm) {
      case FROBENIUS -> schatten(m, 2);
      case SCHATTEN_4 -> schatten(m, 4);
      case SCHATTEN_8 -> schatten(m, 8);
      case ROW_SUMS -> Math.sqrt(Arrays.stream(rowSums(x, rows, cols)).max().orElseThrow());
      case ROW_RESCALED -> 1;
    };
    if (norm == Norm.ROW_RESCALED) {
      double[] sums = rowSums(x, rows, cols);
      for (int i = 0; i < x.length; i++) {
        scaled[i] = x[i] / Math.sqrt(sums[rows > cols ? i % cols : i / cols]);
      }
    }
    double by = norm == Norm.ROW_RESCALED ? 1 : 1 / (recipe.scale() * bound);
    for (int i = 0; i < x.length; i++) {
      scaled[i] *= by;
    }
    NewtonSchulz bare = new NewtonSchulz(recipe.coefficients(), Guard.MAX, 1e-300, 1e300); // divides by 1
    double[] expected = applyWide(bare, rows, cols, scaled);
    assertThat(largestDifference(applyWide(recipe, rows, cols, x), expected)).as("%s, %s, %d x %d", norm, name, rows, cols).isLessThan(1e-12);
    float[] narrow = Matrices.floats(x);
    assertThat(largestDifference(apply(recipe, rows, cols, narrow), applyWide(recipe, rows, cols, Matrices.doubles(narrow))))
        .as("float, %s, %s, %d x %d", norm, name, rows, cols).isLessThan(4 * ATOL);
  }

  /** A guard may make the denominator any multiple of the norm: the first step is stretched by it. Twice what the plan of restarts allows. */
  @ParameterizedTest
  @EnumSource(names = {"SCHATTEN_4", "SCHATTEN_8", "ROW_SUMS"})
  void epsilonMayBeAnyMultipleOfTheNorm(Norm norm) {
    float[] x = Problem.values(new SplittableRandom(15), 40 * 100);
    for (String name : List.of("muon5", "polar8", "degree9_3", "degree9_4", "septic")) {
      for (Guard guard : new Guard[] {Guard.ADD, Guard.MAX}) {
        NewtonSchulz recipe = Recipes.recipe(name).with(norm).with(guard, 1e-7);
        for (double scale : new double[] {1e37, 1e-5, 1e-7, 3e-8, 1e-8, 1e-9, 1e-13, 1e-17, 1e-20, 1e-30, 1e-42}) {
          float[] scaled = new float[x.length];
          for (int i = 0; i < x.length; i++) {
            scaled[i] = (float) (x[i] * scale);
          }
          double[] expected = applyWide(recipe.with(Form.STANDARD), 40, 100, Matrices.doubles(scaled));
          double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
          for (Form form : new Form[] {Form.STANDARD, Form.GRAM}) {
            assertThat(largestDifference(apply(recipe.with(form), 40, 100, scaled), expected) / largest)
                .as("%s, %s, scale %s", recipe, form, scale).isLessThan(2 * GramPlan.LIMIT * 0x1p-24);
          }
        }
      }
    }
  }

  /** Too little scratch of either kind is found before anything is written. */
  @Test
  void tooLittleScratchLeavesTheMatrixAlone() {
    NewtonSchulz recipe = NewtonSchulz.named("polar5").with(Norm.ROW_RESCALED);
    for (int[] shape : new int[][] {{12, 30}, {30, 12}, {20, 20}, {1, 9}}) {
      int rows = shape[0];
      int cols = shape[1];
      float[] x = Matrices.floats(Matrices.withSingularValues(new SplittableRandom(rows), rows, cols, q -> 1.0 + q));
      float[] before = x.clone();
      for (int missing = 0; missing < 2; missing++) {
        Workspace ws = new Workspace();
        ws.reserve(recipe.required(rows, cols) - missing, recipe.requiredDoubles(rows, cols) - 1 + missing);
        assertThatThrownBy(() -> recipe.apply(rows, cols, x, 0, x, 0, ws)).as("%d x %d", rows, cols).isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(ws.floats().length < recipe.required(rows, cols) ? "floats" : "doubles");
        assertThat(x).as("%d x %d", rows, cols).isEqualTo(before);
      }
    }
  }

  private static double schatten(int m, int power) {
    double sum = 0;
    for (int q = 0; q < m; q++) {
      sum += StrictMath.pow(3e5 * (1.0 + q) / m, power);
    }
    return StrictMath.pow(sum, 1.0 / power);
  }

  /** Σ_j |(X Xᵀ)_ij|. */
  private static double[] rowSums(double[] x, int rows, int cols) {
    int m = Math.min(rows, cols);
    double[] sums = new double[m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        double dot = 0;
        for (int k = 0; k < Math.max(rows, cols); k++) {
          dot += rows > cols ? x[k * cols + i] * x[k * cols + j] : x[i * cols + k] * x[j * cols + k];
        }
        sums[i] += Math.abs(dot);
      }
    }
    return sums;
  }
}
