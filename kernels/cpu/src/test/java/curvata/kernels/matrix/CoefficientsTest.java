package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoefficientsTest {
  /** The table of section 4 of the specification, [l, 1] after so many steps; three digits. Safety begins with X / 1.01 ‖X‖, or 1.02. */
  @ParameterizedTest
  @CsvSource({
    "cubic3, 0.1, .328, 1", "cubic5, 0.1, .659, 1", "cubic6, 0.1, .845, 1", "quintic3, 0.1, .592, 1", "quintic5, 0.1, .996, 1",
    "muon3, 0.1, .682, 1.134", "muon5, 0.1, .682, 1.134", "you3, 0.1, .382, 1.247", "you5, 0.1, .978, 1.032", "polar3, 0.1, .187, 1.866",
    "polar5, 0.1, .870, 1.124", "polar6, 0.1, .997, 1.001", "polar_speedrun5, 0.1, .859, 1.141", "degree9_4, 0.1, .979, 1.021",
    "cubic5, 0.01, .076, 1", "quintic5, 0.01, .229, 1", "quintic8, 0.01, .943, 1", "muon3, 0.01, .400, 1.202", "you5, 0.01, .978, 1.032",
    "polar5, 0.01, .870, 1.124", "degree9_4, 0.01, .979, 1.021", "cubic10, 0.001, .058, 1", "quintic10, 0.001, .499, 1",
    "muon5, 0.001, .471, 1.202", "muon6, 0.001, .682, 1.202", "you3, 0.001, .060, 1.247", "you5, 0.001, .475, 1.145", "polar3, 0.001, .129, 1.866",
    "polar5, 0.001, .840, 1.124", "polar6, 0.001, .994, 1.001", "polar8, 0.001, 1, 1", "polar_speedrun3, 0.001, .126, 1.869",
    "polar_speedrun5, 0.001, .847, 1.141", "degree9_4, 0.001, .976, 1.021", "muon5, 0.0001, .049, 1.202", "muon6, 0.0001, .166, 1.202",
    "polar5, 0.0001, .097, 1.124", "polar8, 0.0001, .570, 1", "polar10, 0.0001, .994, 1", "degree9_4, 0.0001, .141, 1.021"
  })
  void intervalsAreThoseOfTheSpecification(String name, double l, double low, double high) {
    Coefficients set = Coefficients.named(name);
    double margin = NewtonSchulz.named(name).scale();
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i <= 400_000; i++) {
      double y = set.at((l + (1 - l) * i / 400_000) / margin);
      least = Math.min(least, y);
      most = Math.max(most, y);
    }
    assertThat(least).isCloseTo(low, within(0.0011));
    assertThat(most).isCloseTo(high, within(0.0011));
  }

  @ParameterizedTest
  @CsvSource({"muon5, 485", "polar5, 976"})
  void slopesAreThoseOfTheSpecification(String name, double slope) {
    assertThat(Coefficients.named(name).slope()).isCloseTo(slope, within(0.5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cubic1", "cubic30", "quintic10", "muon5", "you5", "polar5", "polar8", "polar20", "polar105_5", "polar_speedrun5", "polar_l1e-6_10",
        "degree9_3", "degree9_4", "degree9_6", "aol4"})
  void everySetHasItsName(String name) {
    Coefficients set = Coefficients.named(name);
    assertThat(set.name()).isEqualTo(name);
    assertThat(set.steps()).hasSize(Integer.parseInt(name.replaceAll(".*?(\\d+)$", "$1")));
    assertThat(NewtonSchulz.named(name).coefficients()).isEqualTo(set);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "muon", "muon0", "muon-1", "muon05", "muon12345", "Muon5", "polar105_6", "you6", "polar_speedrun6", "degree9_2", "aol5",
        "polar8 "})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> Coefficients.named(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Coefficients.named("nosuch5")).hasMessageContaining("method = nosuch5, expected one of cubicN")
        .hasMessageContaining("polarN");
  }

  @Test
  void polynomialsOfEveryDegree() {
    OddPolynomial p = OddPolynomial.of(1, 2, 3, 4, 5);
    assertThat(p.at(2)).isEqualTo(2 + 2 * 8 + 3 * 32 + 4 * 128 + 5 * 512);
    assertThat(p.degree()).isEqualTo(9);
    assertThat(OddPolynomial.of(1, 2, 3, 4).degree()).isEqualTo(7);
    assertThat(OddPolynomial.of(1, 2, 3).degree()).isEqualTo(5);
    assertThat(OddPolynomial.of(1).degree()).isEqualTo(3);
    assertThat(p.stretched(2).at(3)).isCloseTo(p.at(1.5), within(1e-13 * p.at(1.5)));
    assertThat(p.times(3).at(1)).isEqualTo(3 * p.at(1));
    assertThat(OddPolynomial.NONIC.at(1)).isEqualTo(1);
    assertThatThrownBy(() -> OddPolynomial.of()).hasMessage("coefficients = 0, expected 1 to 5");
    assertThatThrownBy(() -> new OddPolynomial(1, 1, 1, 1, Double.NaN)).hasMessageContaining("expected finite numbers");
  }

  @Test
  void polynomialsDoWhatTheyPromise() {
    assertThat(OddPolynomial.CUBIC.at(1)).isEqualTo(1);
    assertThat(OddPolynomial.QUINTIC.at(1)).isEqualTo(1);
    assertThat(Coefficients.cubic(60).at(1e-3)).isCloseTo(1, within(1e-12));
    assertThat(Coefficients.quintic(60).at(1e-3)).isCloseTo(1, within(1e-12));
    double low = 2;
    double high = 0;
    for (double x = 0.01; x <= 1; x += 1e-5) {
      double y = Coefficients.muon(5).at(x);
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
    assertThat(low).isCloseTo(0.682, within(1e-3)); // table of the specification, l = 0.01, k = 5
    assertThat(high).isCloseTo(1.134, within(1e-3));
  }
}
