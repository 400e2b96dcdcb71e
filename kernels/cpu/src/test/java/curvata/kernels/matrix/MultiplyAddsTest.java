package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What recipes say that they cost, against the products that the iteration asks for. */
class MultiplyAddsTest {
  private static final int NEVER = Integer.MAX_VALUE;

  @ParameterizedTest
  @MethodSource("curvata.kernels.matrix.Recipes#everyRecipe")
  void countsTheProductsOfEveryEnd(NewtonSchulz named) {
    int count = named.coefficients().steps().size();
    for (Form form : new Form[] {Form.STANDARD, Form.GRAM}) {
      for (boolean alike : new boolean[] {false, true}) {
        for (int arrival = 1; arrival <= count; arrival++) {
          NewtonSchulz recipe = named.with(form).withTolerance(arrival < count ? 0.5 : 0);
          for (int[] shape : new int[][] {{20, 70}, {70, 20}, {30, 30}}) {
            Counting iteration = new Counting(shape[0], shape[1], alike, arrival < count ? arrival : NEVER);
            Outcome outcome = iteration.run(recipe, shape[0], shape[1]);
            assertThat(outcome.steps()).isEqualTo(arrival);
            assertThat(recipe.multiplyAdds(shape[0], shape[1], outcome))
                .as("%s, %s, %d x %d, alike %s, %d steps", recipe, form, shape[0], shape[1], alike, arrival).isEqualTo(iteration.multiplyAdds);
          }
        }
      }
    }
  }

  @Test
  void anOutcomeOfAnotherRecipeIsRefused() {
    Outcome outcome = new Counting(3, 4, false, NEVER).run(NewtonSchulz.polar(8), 3, 4);
    assertThatThrownBy(() -> NewtonSchulz.muon5().multiplyAdds(3, 4, outcome)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps of the outcome = 8, expected at most 5");
    assertThat(NewtonSchulz.muon5().multiplyAdds(3, 4, new Outcome())).isZero();
  }

  /** Multiplies nothing and counts. */
  private static final class Counting extends Iteration {
    private final boolean alike;
    private final int arrival;
    private double multiplyAdds;
    private int looks;

    Counting(int rows, int cols, boolean alike, int arrival) {
      m = Math.min(rows, cols);
      n = Math.max(rows, cols);
      tall = rows > cols;
      this.alike = alike;
      this.arrival = arrival;
    }

    Outcome run(NewtonSchulz recipe, int rows, int cols) {
      Outcome outcome = new Outcome();
      GramPlan plan = recipe.planFor(rows, cols);
      run(recipe, start(recipe, plan), 1, plan, outcome);
      return outcome;
    }

    @Override
    void gram(int x, int s) {
      multiplyAdds += 0.5 * m * m * n;
    }

    @Override
    void symmetric(double alpha, int a, int b, double beta, int d, int c) {
      multiplyAdds += 0.5 * m * m * m;
    }

    @Override
    void apply(double alpha, int s, int x, double beta, int y) {
      multiplyAdds += (double) m * m * n;
    }

    @Override
    void combine(double alpha, int a, double beta, int b, double gamma, int c) {}

    @Override
    void shift(int s, double gamma) {}

    @Override
    void copy(int from, int to) {}

    @Override
    void move(int x, int y) {}

    /** Of the first R: of singular values that are alike, or of one alone. */
    @Override
    double sumOfSquares(int s) {
      return alike ? 1e-20 : 1;
    }

    /** Looked at before each step but the first. */
    @Override
    double sumOfSquaresFrom(int s, double gamma) {
      return ++looks == arrival ? 0 : 4 * m;
    }

    @Override
    double largestRowSum(int s) {
      return 1;
    }

    @Override
    void rescaleRows(int s, int x) {}

    @Override
    public void run(int part, int worker) {}
  }
}
