package curvata.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Work is timed in turn, all of it in every round, and summed up by its middle. */
class RoundsTest {
  @Test
  void theMiddleAndItsWidth() {
    assertThat(Rounds.median(new double[] {5, 1, 3})).isEqualTo(3);
    assertThat(Rounds.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Rounds.spread(new double[] {2, 4, 3, 5, 1})).isEqualTo((4.0 - 2.0) / 3);
  }

  @Test
  void garbageIsCounted() {
    Rounds rounds = new Rounds(1, 4, new Clock(1));
    Object[] keep = new Object[1];
    rounds.run(List.of(() -> keep[0] = new byte[984]), 4);
    assertThat(rounds.bytesAllocated()).isEqualTo(1000);
    assertThat(rounds.nanos(0)).hasSize(4).doesNotContain(Double.NaN);
  }
}
