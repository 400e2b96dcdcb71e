package curvata.optim.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void linearRisesAndStays() {
    Schedule warmup = Schedules.warmup(4);
    assertThat(new double[] {warmup.at(0), warmup.at(1), warmup.at(4), warmup.at(1_000_000_000_000L)}).containsExactly(0, 0.25, 1, 1);
  }

  @Test
  void cosineFallsAndStaysAtItsEnd() {
    Schedule cosine = new Cosine(20, 0.25);
    assertThat(cosine.at(0)).isEqualTo(1);
    assertThat(cosine.at(10)).isCloseTo(0.625, within(1e-15));
    assertThat(cosine.at(20)).isCloseTo(0.25, within(1e-15));
    assertThat(cosine.at(21)).isEqualTo(cosine.at(20));
  }

  @Test
  void everyWsdShapeRunsFromOneToItsEnd() {
    for (Wsd.Shape shape : Wsd.Shape.values()) {
      Wsd wsd = new Wsd(4, 10, 7, 0.05, shape);
      assertThat(wsd.at(0)).isZero();
      assertThat(wsd.at(3)).isEqualTo(0.75);
      assertThat(wsd.at(14)).as(shape.toString()).isCloseTo(1, within(1e-15));
      for (long t = 14; t < 21; t++) {
        assertThat(wsd.at(t + 1)).as("%s at %d", shape, t + 1).isLessThan(wsd.at(t));
      }
      assertThat(wsd.at(21)).as(shape.toString()).isCloseTo(0.05, within(1e-15));
      assertThat(wsd.at(99)).isEqualTo(wsd.at(21));
    }
  }

  @Test
  void chainsCountFromZeroAgain() {
    Schedule chain = Schedules.warmup(2).then(new Constant(0.5, 3)).then(Schedules.linearDecay(4));
    double[] rates = new double[10];
    for (int t = 0; t < rates.length; t++) {
      rates[t] = chain.at(t);
    }
    assertThat(rates).containsExactly(0, 0.5, 0.5, 0.5, 0.5, 1, 0.75, 0.5, 0.25, 0);
    assertThat(chain.length()).isEqualTo(9);
  }

  @Test
  void openLengthsAreFilledFromTheRun() {
    assertThat(Schedules.parse("cosine").over(10)).isEqualTo(Schedules.cosine(10));
    assertThat(Schedules.parse("linear:start=0,end=1,steps=4+cosine").over(10)).isEqualTo(Schedules.warmup(4).then(Schedules.cosine(6)));
    assertThat(Schedules.parse("wsd:warmup=2,decay=3").over(10)).isEqualTo(Schedules.wsd(2, 5, 3));
    assertThatThrownBy(() -> Schedules.parse("wsd:warmup=8,decay=3").over(10)).hasMessage("warmup + decay = 11, expected at most the run's 10 steps");
    assertThatThrownBy(() -> Schedules.parse("linear:steps=11+cosine").over(10))
        .hasMessage("length of the schedule before + = 11, expected at most the run's 10 steps");
  }

  @Test
  void spellingsAreReadBack() {
    for (String spec : new String[] {"constant", "linear:start=1e-3,steps=5+cosine:end=1e+0", "wsd:warmup=4,stable=10,decay=7,shape=1-sqrt"}) {
      Schedule schedule = Schedules.parse(spec);
      assertThat(Schedules.parse(Schedules.format(schedule))).isEqualTo(schedule);
    }
  }
}
