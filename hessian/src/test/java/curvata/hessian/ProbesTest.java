package curvata.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.random.Rademacher;
import org.junit.jupiter.api.Test;

/** A probe is a function of seed, number and coordinate, wherever it is written. */
class ProbesTest {
  private static final int N = 1021;

  @Test
  void valuesAreThoseOfTheirSeedNumberAndCoordinate() {
    float[] signs = fill(Probes.rademacher(7), 3);
    float[] normals = fill(Probes.gaussian(7), 3);
    float[] sphere = fill(Probes.sphere(7), 3);
    double square = 0;
    for (int i = 0; i < N; i++) {
      assertThat(signs[i]).isEqualTo(Rademacher.at(7, 3, i));
      assertThat(normals[i]).isEqualTo(Gaussian.at(7, 3, i));
      assertThat(sphere[i] / normals[i]).isCloseTo(sphere[0] / normals[0], within(1e-6f));
      square += (double) sphere[i] * sphere[i];
    }
    assertThat(square).isCloseTo(N, within(1e-6 * N));
    assertThat(fill(Probes.rademacher(8), 3)).isNotEqualTo(signs);
    assertThat(fill(Probes.rademacher(7), 4)).isNotEqualTo(signs);
    assertThat(Probes.rademacher(7).seed()).hasValue(7);
    assertThat(Probes.rademacher(7).signs()).isTrue();
    assertThat(Probes.sphere(7).signs()).isFalse();
  }

  @Test
  void ownRowsAreCopiedOut() {
    Probes probes = Probes.of(new float[] {1, -1, 2, 3}, 2);
    float[] x = new float[4];
    probes.fill(1, x, 1, 2, new Workspace());
    assertThat(x).containsExactly(0, 2, 3, 0);
    assertThat(probes.seed()).isEmpty();
    assertThat(probes.signs()).isFalse();
    assertThat(Probes.of(new float[] {1, -1}, 1).signs()).isTrue();
  }

  @Test
  void rowsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> Probes.of(new float[5], 2)).hasMessage("rows.length = 5, expected a positive multiple of 2 (count)");
    assertThatThrownBy(() -> Probes.of(new float[5], 0)).hasMessage("count = 0, expected count >= 1");
    assertThatThrownBy(() -> Probes.of(new float[] {1, Float.NaN}, 1)).hasMessage("rows[1] = NaN, expected a finite number");
    Probes probes = Probes.of(new float[6], 2);
    assertThatThrownBy(() -> probes.require(3, 3)).hasMessage("probes = 3, expected at most 2 (as many as were given)");
    assertThatThrownBy(() -> probes.require(2, 4)).hasMessage("length of a probe = 3, expected 4 (operator dimension)");
  }

  private static float[] fill(Probes probes, int number) {
    Workspace ws = new Workspace();
    ws.reserve(0, Probes.requiredDoubles(N));
    float[] x = new float[N + 2];
    probes.fill(number, x, 2, N, ws);
    return java.util.Arrays.copyOfRange(x, 2, N + 2);
  }
}
