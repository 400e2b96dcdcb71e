package curvata.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Means, errors and intervals of samples. */
class EstimateTest {
  @Test
  void intervalsAreStudents() {
    Estimate e = Estimate.ofMean(new double[] {1, 2, 3, 4}, 4, OptionalLong.of(3), StoppedBy.BUDGET);
    assertThat(e.value()).isEqualTo(2.5);
    assertThat(e.standardError()).isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-15));
    assertThat(e.halfWidth(0.95)).isCloseTo(3.1824463052837078 * e.standardError(), within(1e-11));
    assertThat(e.interval(0.95).contains(2.5)).isTrue();
    assertThat(e.interval(0.95).contains(5)).isFalse();
    assertThat(e).hasToString("2.50000 ± 0.65 (4 samples, 4 products, stopped by budget)");
    assertThatThrownBy(() -> e.interval(1)).hasMessage("confidence = 1.0, expected 0 < confidence < 1");
  }

  @Test
  void oneSampleSaysNothingAboutItsError() {
    Estimate e = Estimate.ofMean(new double[] {5}, 1, OptionalLong.empty(), StoppedBy.BUDGET);
    assertThat(e.standardError()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(e.interval(0.5)).isEqualTo(new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    assertThatThrownBy(() -> Estimate.ofMean(new double[0], 0, OptionalLong.empty(), StoppedBy.BUDGET))
        .hasMessage("samples.length = 0, expected >= 1");
  }

  @Test
  void samplesAreCopiedAndCompared() {
    double[] samples = {1, 2};
    Estimate e = Estimate.ofMean(samples, 2, OptionalLong.empty(), StoppedBy.TOLERANCE);
    samples[0] = 9;
    e.samples()[1] = 9;
    assertThat(e.samples()).containsExactly(1, 2);
    assertThat(e).isEqualTo(Estimate.ofMean(new double[] {1, 2}, 2, OptionalLong.empty(), StoppedBy.TOLERANCE))
        .hasSameHashCodeAs(Estimate.ofMean(new double[] {1, 2}, 2, OptionalLong.empty(), StoppedBy.TOLERANCE))
        .isNotEqualTo(Estimate.ofMean(new double[] {1, 3}, 2, OptionalLong.empty(), StoppedBy.TOLERANCE));
  }
}
