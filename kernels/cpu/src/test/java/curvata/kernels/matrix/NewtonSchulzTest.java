package curvata.kernels.matrix;

import static curvata.kernels.matrix.Recipes.apply;
import static curvata.kernels.matrix.Recipes.recipes;
import static curvata.kernels.matrix.Recipes.workspace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Workspace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door: early stop, special values, bad arguments; and no allocation. */
class NewtonSchulzTest {
  @ParameterizedTest
  @EnumSource
  void stopsWhenOrthogonalEnough(Form form) {
    float[] x = Matrices.floats(Matrices.withSingularValues(new SplittableRandom(2), 20, 50, q -> 1 - q / 40.0));
    for (double tolerance : new double[] {1e-1, 1e-3, 1e-5}) {
      NewtonSchulz recipe = NewtonSchulz.polar(20).with(form).withTolerance(tolerance);
      Workspace ws = workspace(recipe, 20, 50);
      float[] y = new float[x.length];
      Outcome outcome = new Outcome();
      double norm = recipe.apply(20, 50, x, 0, 50, y, 0, 50, outcome, ws);
      assertThat(outcome.norm()).isEqualTo(norm);
      assertThat(outcome.steps()).isBetween(2, 12);
      assertThat(outcome.residual()).isLessThanOrEqualTo(tolerance);
      assertThat(Orthogonality.residual(20, 50, y, 0, 50, ws)).isCloseTo(outcome.residual(), within(1e-5));
      assertThat(outcome.restarts()).isEqualTo(form == Form.GRAM ? outcome.restarts() : -1);
    }
  }

  @Test
  void zerosGiveZerosForEveryGuard() {
    for (Guard guard : Guard.values()) {
      float[] x = {0, -0f, 0, 0, 0, 0};
      assertThat(apply(new NewtonSchulz(Coefficients.muon(5), guard, 1, 0), 2, 3, x)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneBadElementMakesAllNaN(float bad) {
    for (NewtonSchulz recipe : recipes()) {
      float[] x = Problem.values(new SplittableRandom(1), 6 * 9);
      x[31] = bad;
      float[] out = new float[54];
      double norm = recipe.apply(6, 9, x, 0, out, 0, workspace(recipe, 6, 9));
      assertThat(norm).matches(d -> !Double.isFinite(d));
      assertThat(out).containsOnly(Float.NaN);
      assertThat(Float.floatToIntBits(x[31])).isEqualTo(Float.floatToIntBits(bad));
    }
  }

  @Test
  void emptyMatricesAreLeftAlone() {
    var ws = new Workspace();
    assertThat(NewtonSchulz.muon5().apply(0, 5, new float[0], 0, new float[0], 0, ws)).isZero();
    assertThat(NewtonSchulz.muon5().apply(5, 0, new float[3], 3, new float[3], 1, ws)).isZero();
    assertThat(NewtonSchulz.muon5().required(0, 5)).isNotNegative();
  }

  private static List<NewtonSchulz> differentWays() {
    return List.of(
        NewtonSchulz.muon5(), NewtonSchulz.polar(8).with(Form.GRAM), NewtonSchulz.degree9(4), NewtonSchulz.degree9(4).with(Form.GRAM),
        NewtonSchulz.polar(1e-4), NewtonSchulz.named("polar_l1e-6_10"), NewtonSchulz.named("aol4"));
  }

  @ParameterizedTest
  @MethodSource("differentWays")
  void warmCallsAllocateNothing(NewtonSchulz recipe) {
    float[] x = Problem.values(new SplittableRandom(2), 34 * 40);
    float[] y = new float[34 * 40];
    Workspace ws = workspace(recipe, 34, 40);
    Runnable calls = () -> {
      for (int i = 0; i < 50; i++) {
        recipe.apply(34, 40, x, 0, y, 0, ws);
      }
    };
    assertThat(Allocation.ofWarm(calls)).isZero();
  }

  @Test
  void warmBatchesAllocateNothing() {
    float[] x = Problem.values(new SplittableRandom(2), 40 * 16 * 16);
    NewtonSchulz recipe = NewtonSchulz.muon5();
    Workspace ws = workspace(recipe, 16, 16);
    assertThat(Allocation.ofWarm(() -> recipe.applyAll(40, 16, 16, x, 0, x, 0, ws))).isZero();
  }

  @Test
  void badArgumentsAreNamed() {
    float[] x = new float[12];
    NewtonSchulz recipe = NewtonSchulz.muon5();
    Workspace ws = workspace(recipe, 3, 4);
    assertThatThrownBy(() -> recipe.apply(3, 4, null, 0, x, 0, ws)).isInstanceOf(NullPointerException.class).hasMessage("in");
    assertThatThrownBy(() -> recipe.apply(3, 4, x, 0, null, 0, ws)).isInstanceOf(NullPointerException.class).hasMessage("out");
    assertThatThrownBy(() -> recipe.apply(3, 4, x, 0, x, 0, null)).isInstanceOf(NullPointerException.class).hasMessage("ws");
    assertThatThrownBy(() -> recipe.apply(3, 4, x, 1, x, 1, ws)).hasMessageContaining("in holds [1, 13)");
    assertThatThrownBy(() -> recipe.apply(2, 2, x, 0, x, 1, ws))
        .hasMessage("out overlaps in: [1, 5) and [0, 4) of one array, expected the same or disjoint");
    assertThatThrownBy(() -> recipe.apply(3, 4, x, 0, x, 0, new Workspace())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> recipe.required(-1, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> recipe.required(40_000, 40_000)).hasMessageContaining("scratch for 40000 x 40000");
    assertThatThrownBy(() -> recipe.required(1 << 20, 1 << 20)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NewtonSchulz(Coefficients.muon(5), Guard.ADD, 0, 0)).hasMessage("scale = 0.0, expected finite > 0");
    assertThatThrownBy(() -> NewtonSchulz.muon5().with(Guard.MAX, -1)).hasMessage("eps = -1.0, expected finite >= 0");
    assertThatThrownBy(() -> Coefficients.muon(0)).hasMessage("steps of muon0 = 0, expected at least one");
    assertThatThrownBy(() -> new OddPolynomial(1, Double.NaN, 0)).hasMessageContaining("expected finite numbers");
  }
}
