package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SingularValuesTest {
  private static final double ROUNDING = 1e-14; // a few units of the last place of numbers up to 5

  @Test
  void ofAMatrixWhoseValuesAreKnown() {
    double[] wide = {3, 0, 4, 0, 1, 0}; // rows orthogonal: 5 and 1
    double[] tall = {3, 0, 0, 1, 4, 0};
    for (SingularValues s : List.of(SingularValues.of(wide, 2, 3), SingularValues.of(tall, 3, 2))) {
      assertThat(s.count()).isEqualTo(2);
      assertThat(s.value(0)).isCloseTo(5, within(ROUNDING));
      assertThat(s.value(1)).isCloseTo(1, within(ROUNDING));
      assertThat(s.nuclearNorm()).isCloseTo(6, within(2 * ROUNDING));
    }
    double[] v = SingularValues.of(wide, 2, 3).rightVector(0);
    assertThat(Math.abs(v[0])).isCloseTo(0.6, within(ROUNDING));
    assertThat(Math.abs(v[2])).isCloseTo(0.8, within(ROUNDING));
    assertThat(Math.abs(SingularValues.of(tall, 3, 2).rightVector(1)[1])).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void anglesBetweenPlanes() {
    double angle = 0.3;
    SingularValues one = SingularValues.of(new double[] {2, 0, 0, 0, 1, 0}, 2, 3);
    SingularValues other = SingularValues.of(new double[] {2, 0, 0, 0, Math.cos(angle), Math.sin(angle)}, 2, 3);
    double[] cosines = SingularValues.cosines(one, other, 2);
    assertThat(cosines[0]).isCloseTo(1, within(ROUNDING));
    assertThat(cosines[1]).isCloseTo(Math.cos(angle), within(ROUNDING));
  }

  @Test
  void representationOfTwoEqualDirections() {
    Representation r = new Representation(new double[] {1, 1, 0}, new double[] {1, 0.5, 1 / 3.0});
    assertThat(r.rankMe()).isCloseTo(2, within(1e-5)); // the added 1e-7 counts with its logarithm
    assertThat(r.alpha()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    assertThatThrownBy(() -> SingularValues.of(new double[5], 2, 3)).hasMessageContaining("a.length = 5");
    assertThatThrownBy(() -> SingularValues.of(new double[0], 0, 3)).hasMessageContaining("rows, cols");
  }
}
