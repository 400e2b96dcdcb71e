package curvata.optim.rule;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Workspace;
import curvata.kernels.matrix.Coefficients;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The polynomials that Muon orthogonalizes with are those that it is told, and nothing else of a step depends on them. */
class MuonTest {
  /** Without momentum the direction is the gradient; with a rate of 1 from 0, and √(rows / cols) a power of two, no product rounds. */
  private static final Muon BARE = Muon.defaults().withLr(1).with("momentum", 0.0).with("nesterov", false);

  /** One of each family, with the most steps where there are few, and those of the documentation. */
  static List<String> methods() {
    List<String> methods = new ArrayList<>(List.of("muon5", "polar8", "degree9_4", "aol3", "polar_l1e-6_10"));
    for (String family : Coefficients.names()) {
      methods.add(family.replace("<=", "").replace("N", family.contains("<=") ? "" : "6"));
    }
    return methods;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStepIsTheMethodByHand(String method) {
    for (Muon.Guard guard : Muon.Guard.values()) {
      NewtonSchulz recipe = NewtonSchulz.named(method).with(switch (guard) {
        case SCALE_INVARIANT -> curvata.kernels.matrix.Guard.SCALE_INVARIANT;
        case ADD -> curvata.kernels.matrix.Guard.ADD;
        case MAX -> curvata.kernels.matrix.Guard.MAX;
      }, 1e-7);
      for (int[] shape : new int[][] {{12, 20}, {48, 12}, {40, 40}, {1, 9}}) {
        checkStep(BARE.with("guard", guard).with("method", method), recipe, shape[0], shape[1]);
      }
    }
  }

  private static void checkStep(Muon rule, NewtonSchulz recipe, int rows, int cols) {
    Parameter p = parameter(21, rows, cols);
    float[] o = orthogonalized(recipe, rows, cols, p.grad());
    try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(p)).build()) {
      opt.step();
    }
    float shape = (float) Math.sqrt(Math.max(1, rows / cols));
    for (int i = 0; i < o.length; i++) {
      assertThat(p.value()[i]).as("%s, %d x %d, element %d, seed 21", rule, rows, cols, i).isEqualTo(0 - o[i] * shape);
    }
  }

  private static Parameter parameter(long seed, int rows, int cols) {
    Parameter p = Parameter.of("p", new float[rows * cols], new float[rows * cols], rows, cols);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < p.grad().length; i++) {
      p.grad()[i] = (float) random.nextGaussian();
    }
    return p;
  }

  private static float[] orthogonalized(NewtonSchulz recipe, int rows, int cols, float[] x) {
    Workspace ws = new Workspace();
    ws.reserve(recipe.required(rows, cols), recipe.requiredDoubles(rows, cols));
    float[] o = new float[x.length];
    recipe.apply(rows, cols, x, 0, o, 0, ws);
    return o;
  }

  /** The default is the published recipe, whatever the guard. */
  @ParameterizedTest
  @EnumSource
  void theDefaultIsThePublishedRecipe(Muon.Guard guard) {
    NewtonSchulz recipe = Muon.defaults().with("guard", guard).orthogonalization();
    NewtonSchulz published = NewtonSchulz.muon5().with(recipe.guard(), recipe.eps());
    assertThat(recipe.guard().name()).isEqualTo(guard.name());
    assertThat(recipe.toString()).isEqualTo(published.toString());
    assertThat(recipe.coefficients()).isEqualTo(published.coefficients());
    float[] x = parameter(22, 30, 50).grad();
    assertThat(orthogonalized(recipe, 30, 50, x)).containsExactly(orthogonalized(published, 30, 50, x));
  }

  /** Momentum, decay and look-ahead are the same for every method: state after some steps does not depend on it. */
  @ParameterizedTest
  @ValueSource(strings = {"polar8", "degree9_4", "cubic5"})
  void stateDoesNotDependOnTheMethod(String method) {
    assertThat(stateAfterThreeSteps(Muon.defaults().with("method", method))).containsExactly(stateAfterThreeSteps(Muon.defaults()));
  }

  private static float[] stateAfterThreeSteps(Muon rule) {
    Parameter p = parameter(23, 12, 20);
    float[] state = new float[p.size()];
    try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(p)).build()) {
      for (int t = 0; t < 3; t++) {
        opt.step();
        p.grad()[t] += 1;
      }
      opt.state((parameter, slot, array, offset) -> System.arraycopy(array, offset, state, 0, state.length));
    }
    return state;
  }

  @Test
  void closerToOrthogonalByAMoreAccurateMethod() {
    float[] x = parameter(24, 20, 60).grad();
    double before = Double.POSITIVE_INFINITY;
    for (String method : List.of("muon5", "degree9_4", "polar8")) { // 0.3, 0.02 and less, of a Gaussian matrix
      float[] o = orthogonalized(Muon.defaults().with("method", method).orthogonalization(), 20, 60, x);
      double off = 0;
      for (int i = 0; i < 20; i++) {
        for (int j = 0; j < 20; j++) {
          double dot = i == j ? -1 : 0;
          for (int k = 0; k < 60; k++) {
            dot += (double) o[i * 60 + k] * o[j * 60 + k];
          }
          off += dot * dot;
        }
      }
      assertThat(off).as(method).isLessThan(before / 4);
      before = off;
    }
  }
}
