package curvata.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
  private static String names(Axis axis) {
    return axis.ticks().stream().map(axis::name).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 690, 0 200 400 600", "0, 1, 0.0 0.2 0.4 0.6 0.8 1.0", "0, 10, 0 2 4 6 8 10", "0, 0.02, 0.000 0.005 0.010 0.015 0.020",
    "-3, 3, -2 0 2", "0, 12345, '0 5,000 10,000'", "5, 5, 5 6 7 8 9 10"})
  void linearTicksAreRound(double from, double to, String names) {
    assertThat(names(Axis.linear(from, to, 0, 1))).isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource({
    "2.37, 2.5, 2 5", "0.06, 1, 0.05 0.1 0.2 0.5 1", "1, 1, 1 2", "3e-7, 4e-6, 2E-7 5E-7 0.000001 0.000002 0.000005",
    "0.002, 0.5, 10⁻³ 10⁻² 10⁻¹ 10⁰", "1, 1000, 10⁰ 10¹ 10² 10³"})
  void logarithmicTicksAreRound(double min, double max, String names) {
    assertThat(names(Axis.logarithmic(min, max, 0, 1))).isEqualTo(names);
  }

  @Test
  void logarithmicAxesHoldTheirValuesAndHaveFewTicks() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      double min = Math.pow(10, random.nextDouble(-40, 20));
      double max = min * Math.pow(10, random.nextDouble(0, random.nextInt(1, 30)));
      Axis axis = Axis.logarithmic(min, max, 10, 20);
      assertThat(axis.at(min)).as("%s … %s", min, max).isBetween(10 - 1e-6, 20 + 1e-6);
      assertThat(axis.at(max)).as("%s … %s", min, max).isBetween(axis.at(min), 20 + 1e-6);
      List<Double> ticks = axis.ticks();
      assertThat(ticks.size()).as("%s … %s: %s", min, max, ticks).isBetween(2, 8);
      assertThat(ticks).as("%s … %s", min, max).isSorted().doesNotHaveDuplicates();
    }
  }
}
