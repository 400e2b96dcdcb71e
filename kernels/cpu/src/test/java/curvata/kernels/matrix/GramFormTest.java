package curvata.kernels.matrix;

import static curvata.kernels.matrix.Recipes.apply;
import static curvata.kernels.matrix.Recipes.applyWide;
import static curvata.kernels.matrix.Recipes.largestDifference;
import static curvata.kernels.matrix.Recipes.recipe;
import static curvata.kernels.matrix.Recipes.workspace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The Gram form: as accurate as the standard one, chosen by shape, restarted by need. */
class GramFormTest {
  /** The table of section 7 of the specification, restarts as planned, times 4; 64 × 256, singular values in geometric progression. */
  @ParameterizedTest
  @CsvSource({
    "10, polar8, 1e-6", "1000, muon5, 3e-6", "1000, polar5, 2e-5", "1000, polar8, 2e-6", "1000000, muon5, 4e-6", "1000000, polar5, 1e-5",
    "1000000, polar8, 2e-5"
  })
  void gramFormIsAsAccurateAsTheSpecificationSays(double condition, String name, double measured) {
    double[] x = Matrices.withSingularValues(new SplittableRandom(8), 64, 256, q -> StrictMath.pow(condition, -q / 63.0));
    float[] narrow = Matrices.floats(x);
    NewtonSchulz recipe = NewtonSchulz.named(name);
    double[] truth = applyWide(recipe.with(Form.STANDARD), 64, 256, Matrices.doubles(narrow));
    assertThat(largestDifference(apply(recipe.with(Form.GRAM), 64, 256, narrow), truth)).isLessThanOrEqualTo(4 * measured);
  }

  @ParameterizedTest
  @MethodSource("curvata.kernels.matrix.Recipes#everyRecipe")
  void gramFormInDoubleIsTheSame(NewtonSchulz recipe) {
    for (int[] shape : new int[][] {{16, 64}, {40, 9}, {20, 20}, {3, 50}}) {
      double[] x = Matrices.doubles(Problem.values(new SplittableRandom(4), shape[0] * shape[1]));
      double[] standard = applyWide(recipe.with(Form.STANDARD), shape[0], shape[1], x);
      double[] gram = applyWide(recipe.with(Form.GRAM), shape[0], shape[1], x);
      double allowed = recipe.coefficients().slope() > 1e5 ? 1e-9 : 1e-11; // of the recordings
      assertThat(largestDifference(gram, standard)).as("%s, %d x %d", recipe, shape[0], shape[1]).isLessThan(allowed);
    }
  }

  /** Every way through the Gram form: degrees and norms; float against double, by twice what the plan of restarts allows. */
  @ParameterizedTest
  @EnumSource
  void gramFormWorksWithEveryNorm(Norm norm) {
    float[] x = Problem.values(new SplittableRandom(14), 40 * 90);
    for (String name : List.of("cubic15", "polar8", "degree9_4", "septic")) {
      NewtonSchulz recipe = recipe(name).with(Guard.SCALE_INVARIANT, 0).with(norm).with(Form.GRAM);
      double[] truth = applyWide(recipe.with(Form.STANDARD), 40, 90, Matrices.doubles(x));
      assertThat(largestDifference(apply(recipe, 40, 90, x), truth)).as("%s, %s", name, norm).isLessThan(2 * GramPlan.LIMIT * 0x1p-24);
      assertThat(largestDifference(applyWide(recipe, 40, 90, Matrices.doubles(x)), truth)).as("%s, %s", name, norm).isLessThan(1e-11);
    }
  }

  @Test
  void theFormIsChosenByShape() {
    NewtonSchulz recipe = NewtonSchulz.muon5();
    assertThat(recipe.usesGram(256, 1024)).isTrue();
    assertThat(recipe.usesGram(1024, 256)).isTrue();
    assertThat(recipe.usesGram(1024, 1024)).isFalse();
    assertThat(recipe.usesGram(64, 4096)).isFalse();
    assertThat(recipe.with(Form.GRAM).usesGram(2, 2)).isTrue();
    assertThat(recipe.with(Form.STANDARD).usesGram(256, 4096)).isFalse();
    assertThat(recipe.multiplyAdds(1024, 1024)).isEqualTo(10.0 * 1024 * 1024 * 1024); // of the specification, 7.5 m² n + 2.5 m³
    assertThat(recipe.multiplyAdds(256, 1024)).isEqualTo(3.0 * 256 * 256 * 1024 + 7.0 * 256 * 256 * 256);
    assertThat(NewtonSchulz.degree9(4).with(Form.STANDARD).multiplyAdds(256, 1024)).isEqualTo(6.0 * 256 * 256 * 1024 + 4.0 * 256 * 256 * 256);
  }

  /** What a device goes by: the restarts that the CPU makes for a matrix that needs them. */
  @ParameterizedTest
  @CsvSource({"muon5, 3", "polar5, 3", "degree9_4, 2"})
  void restartsArePlanned(String name, int only) {
    NewtonSchulz recipe = NewtonSchulz.named(name);
    for (int step = 0; step < recipe.coefficients().steps().size(); step++) {
      assertThat(recipe.restartsBefore(step)).as("%s, before step %d", name, step).isEqualTo(step == only);
      assertThat(recipe.with(Form.STANDARD).restartsBefore(step)).isEqualTo(step == only);
    }
    for (int step : new int[] {-1, recipe.coefficients().steps().size()}) {
      assertThatThrownBy(() -> recipe.restartsBefore(step)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("step = " + step);
    }
  }

  /** Flat spectra need no restart, whatever comes later; others do. */
  @Test
  void restartsDependOnTheSpectrum() {
    double[] flat = new double[1100 * 1200];
    for (int i = 0; i < 1100; i++) {
      flat[i * 1200 + i] = 1 + i * 1e-4;
    }
    assertThat(restarts(NewtonSchulz.muon5(), 1100, 1200, Matrices.floats(flat))).isZero();
    float[] spiked = Problem.values(new SplittableRandom(1), 20 * 60);
    for (int j = 0; j < 60; j++) {
      spiked[j] *= 100;
    }
    for (NewtonSchulz recipe : List.of(NewtonSchulz.muon5(), NewtonSchulz.polar(8))) {
      long planned = IntStream.range(0, recipe.coefficients().steps().size()).filter(recipe::restartsBefore).count();
      assertThat(restarts(recipe, 20, 60, spiked)).as("%s", recipe).isEqualTo((int) planned).isPositive();
    }
  }

  private static int restarts(NewtonSchulz recipe, int rows, int cols, float[] x) {
    NewtonSchulz gram = recipe.with(Form.GRAM);
    Outcome outcome = new Outcome();
    gram.apply(rows, cols, x, 0, cols, new float[x.length], 0, cols, outcome, workspace(gram, rows, cols));
    assertThat(outcome.steps()).isEqualTo(recipe.coefficients().steps().size());
    return outcome.restarts();
  }
}
