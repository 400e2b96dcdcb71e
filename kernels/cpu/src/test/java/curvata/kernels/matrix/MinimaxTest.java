package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MinimaxTest {
  private static final double DIGITS = 1e-12; // of published coefficients, relative: sixteen digits, of which cancellation in the system takes four

  @Test
  void reproducesThePublishedPolarRows() {
    Coefficients raw = Minimax.composition("raw", 5, 1e-3, 8, 0.02407327424182761, 1);
    Coefficients made = Minimax.stretched(raw, 1.01);
    Coefficients published = Coefficients.polar(8);
    for (int i = 0; i < 8; i++) {
      // From the seventh on u − l is 2·10⁻³, where coefficients are worse conditioned than values by (u − l)⁻³ = 10⁸.
      same(made.steps().get(i), published.steps().get(i), i < 6 ? DIGITS : 1e-8);
    }
  }

  @Test
  void reproducesTheSpeedrunRows() {
    Coefficients made = Minimax.composition("speedrun", 5, 1e-3, 5, 0.02, 1.02);
    for (int i = 0; i < 5; i++) {
      same(made.steps().get(i), Coefficients.polarSpeedrun(5).steps().get(i), DIGITS);
    }
  }

  @Test
  void reproducesDegreeNine() {
    for (int steps : new int[] {3, 4}) {
      Coefficients made = Minimax.composition("degree9", 9, 1e-3, steps, 0.05, 1.01);
      for (int i = 0; i < steps; i++) {
        same(made.steps().get(i), Coefficients.degree9(steps).steps().get(i), DIGITS);
      }
    }
  }

  private static void same(OddPolynomial actual, OddPolynomial expected, double share) {
    for (int j = 0; j < 5; j++) {
      assertThat(actual.coefficient(j)).isCloseTo(expected.coefficient(j), within(share * Math.abs(expected.coefficient(j))));
    }
  }

  /** Chen and Chow's closed form. */
  @ParameterizedTest
  @CsvSource({"0.001, 1", "0.1, 1.3", "0.7, 1.3", "0.99, 1.01"})
  void degreeThreeIsTheClosedForm(double l, double u) {
    double alpha = Math.sqrt(3 / (l * l + l * u + u * u));
    double beta = 4 / (2 + l * u * (l + u) * alpha * alpha * alpha);
    OddPolynomial p = Minimax.polynomial(3, l, u);
    assertThat(p.a()).isCloseTo(1.5 * alpha * beta, within(1e-11 * p.a()));
    assertThat(p.b()).isCloseTo(-0.5 * alpha * alpha * alpha * beta, within(1e-11 * Math.abs(p.b())));
  }

  /** q + 1 extrema of one size and alternating sign: no other polynomial of the degree is closer (Chebyshev). */
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7, 9})
  void errorsEquioscillate(int degree) {
    for (double[] interval : new double[][] {{1e-6, 1}, {1e-3, 1}, {0.05, 1.9}, {0.5, 1.5}, {0.9, 1.1}}) {
      double l = interval[0];
      double u = interval[1];
      OddPolynomial p = Minimax.polynomial(degree, l, u);
      double largest = 1 - p.at(l);
      int alternations = 0;
      double sign = 1;
      for (int i = 0; i <= 200_000; i++) {
        double error = 1 - p.at(l + (u - l) * i / 200_000);
        assertThat(Math.abs(error)).isLessThanOrEqualTo(largest * (1 + 1e-8) + 1e-14);
        if (error * sign > largest * (1 - 1e-6)) {
          alternations++;
          sign = -sign;
        }
      }
      assertThat(alternations).as("degree %d on [%s, %s]", degree, l, u).isEqualTo((degree + 1) / 2 + 1);
    }
  }

  @Test
  void nearOneItIsTheConvergentPolynomial() {
    same(Minimax.polynomial(3, 1, 1), OddPolynomial.CUBIC, 1e-15);
    same(Minimax.polynomial(5, 1, 1), OddPolynomial.QUINTIC, 1e-15);
    same(Minimax.polynomial(9, 1, 1), OddPolynomial.NONIC, 1e-15);
    OddPolynomial p = Minimax.polynomial(7, 2 - 1e-5, 2 + 1e-5);
    for (double x : new double[] {2 - 1e-5, 2, 2 + 1e-5}) {
      assertThat(p.at(x)).isCloseTo(1, within(1e-14));
    }
  }

  /** Slopes of section 3 of the specification; degree, steps, slope. */
  @ParameterizedTest
  @CsvSource({"3, 6, 320", "5, 4, 348", "5, 5, 1480", "9, 3, 473", "9, 4, 3594"})
  void deltaOrthogonalizationIsAsSteepAsPublished(int degree, int steps, double slope) {
    Coefficients set = Minimax.delta("delta", degree, steps, 0.3);
    assertThat(set.slope()).isCloseTo(slope, within(0.5));
    double left = Minimax.left(degree, steps, 0.3);
    assertThat(1 - set.at(left)).isCloseTo(0.3, within(1e-12));
    for (double x = left; x <= 1; x += 1e-4) {
      assertThat(set.at(x)).isBetween(0.7 - 1e-12, 1.3 + 1e-12);
    }
  }

  @Test
  void cushionKeepsSmallValuesUp() {
    for (Coefficients set : new Coefficients[] {Coefficients.polar(8), Coefficients.degree9(4)}) {
      double least = set.degree() == 5 ? 0.115 : 0.28; // of the specification
      double x = 1;
      double found = Double.POSITIVE_INFINITY;
      for (int i = 1; i <= 100_000; i++) {
        x = i / 100_000.0;
        for (OddPolynomial p : set.steps()) {
          found = Math.min(found, p.at(x) / x);
          x = p.at(x);
        }
      }
      assertThat(found).isCloseTo(least, within(0.005));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> Minimax.polynomial(4, 0.1, 1)).hasMessage("degree = 4, expected 3, 5, 7 or 9");
    assertThatThrownBy(() -> Minimax.polynomial(5, 0, 1)).hasMessage("lower = 0.0, expected finite > 0");
    assertThatThrownBy(() -> Minimax.polynomial(5, 0.5, 0.4)).hasMessageContaining("upper = 0.4");
    assertThatThrownBy(() -> Minimax.polynomial(5, Double.NaN, 1)).hasMessageContaining("lower = NaN");
    assertThatThrownBy(() -> Minimax.composition("x", 5, 1e-3, 0, 0, 1)).hasMessage("steps = 0, expected >= 1");
    assertThatThrownBy(() -> Minimax.composition("x", 5, 2, 3, 0, 1)).hasMessage("lower = 2.0, expected <= 1");
    assertThatThrownBy(() -> Minimax.composition("x", 5, 1e-3, 3, 1, 1)).hasMessage("cushion = 1.0, expected in [0, 1)");
    assertThatThrownBy(() -> Minimax.composition("x", 5, 1e-3, 3, 0, 0.9)).hasMessage("safety = 0.9, expected in [1, 2)");
    assertThatThrownBy(() -> Minimax.left(5, 3, 1)).hasMessage("delta = 1.0, expected in (0, 1)");
  }
}
