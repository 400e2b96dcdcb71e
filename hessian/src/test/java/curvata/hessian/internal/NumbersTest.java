package curvata.hessian.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantiles, the error function, running means and small inverses against values of SciPy and against definitions. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0.5, 1, 1.0000000000000002", "0.5, 2, 0.8164965809277261", "0.5, 30, 0.6827556933212927", "0.95, 1, 12.706204736174694",
    "0.95, 2, 4.302652729749462", "0.95, 3, 3.1824463052837078", "0.95, 9, 2.262157162798205", "0.95, 149, 1.976013177689192",
    "0.95, 999, 1.9623414611334493", "0.99, 1, 63.656741162871526", "0.99, 3, 5.840909309733355", "0.99, 30, 2.7499956535672254",
    "0.999999999, 3, 1301.63713139233", "0.999999999, 149, 6.5248621593606515"
  })
  void quantilesBelowTheExpansionAreExactToRounding(double confidence, int degrees, double expected) {
    assertThat(StudentT.twoSided(confidence, degrees)).isCloseTo(expected, within(1e-12 * expected / (1 - confidence)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 1000, 0.6747351646070093", "0.95, 1000, 1.9623390808264083", "0.95, 100000, 1.9599877075346095", "0.99, 1000, 2.580754698065951"
  })
  void quantilesOfTheExpansionAreWithinItsNextTerm(double confidence, int degrees, double expected) {
    assertThat(StudentT.twoSided(confidence, degrees)).isCloseTo(expected, within(2e-11));
  }

  @Test
  void theExpansionGoesOnWhereTheSumsEnd() {
    assertThat(StudentT.twoSided(0.999999999, 1000)).isCloseTo(6.168430234221645, within(1e-7));
    assertThat(StudentT.twoSided(0.999999999, 1000)).isLessThan(StudentT.twoSided(0.999999999, 999));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0", "1e-9, 1.1283791670955127e-09", "0.5, 0.5204998778130465", "1, 0.8427007929497148", "2, 0.9953222650189527",
    "2.9999, 0.9999778955735178", "3, 0.9999779095030014", "3.5, 0.9999992569016276", "4, 0.9999999845827421", "5.5, 0.9999999999999927", "7, 1"
  })
  void errorFunction(double x, double expected) {
    assertThat(Erf.of(x)).isCloseTo(expected, within(8 * 0x1p-53 * expected));
    assertThat(Erf.of(-x)).isEqualTo(-Erf.of(x));
  }

  @Test
  void errorFunctionPassesOnNaNAndInfinity() {
    assertThat(Erf.of(Double.NaN)).isNaN();
    assertThat(Erf.of(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
  }

  @Test
  void runningMeansAreThoseOfTheNumbers() {
    RunningMean mean = new RunningMean();
    assertThat(mean.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
    for (double x : new double[] {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 6}) {
      mean.add(x);
    }
    assertThat(mean.value()).isEqualTo(1e9 + 3);
    assertThat(mean.deviation()).isCloseTo(Math.sqrt(14.0 / 3), within(1e-7));
    assertThat(mean.standardError()).isEqualTo(mean.deviation() / 2);
  }

  @Test
  void inversesInvert() {
    int m = 12;
    SplittableRandom random = new SplittableRandom(3);
    double[][] x = new double[m][];
    for (int i = 0; i < m; i++) {
      x[i] = random.doubles(m, -1, 1).toArray();
    }
    double[][] h = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        for (int k = 0; k < m; k++) {
          h[i][j] += x[i][k] * x[j][k];
        }
        h[i][j] += i == j ? 0.1 : 0;
      }
    }
    double[][] inverse = Cholesky.inverse(h);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        double sum = 0;
        for (int k = 0; k < m; k++) {
          sum += inverse[i][k] * h[k][j];
        }
        assertThat(sum).as("(%d, %d)", i, j).isCloseTo(i == j ? 1 : 0, within(1e-11)); // condition below 1e3
      }
    }
    h[4][4] = -1;
    assertThat(Cholesky.inverse(h)).isNull();
  }
}
