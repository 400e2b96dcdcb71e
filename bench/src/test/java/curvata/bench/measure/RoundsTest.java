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

  /** A call lasts longer than a sample, so that each round is one; every third allocates, which is not what a call does. */
  @Test
  void whatHappensInFewRoundsIsNotCounted() {
    Rounds rounds = new Rounds(1, 5, new Clock(1));
    Clock clock = new Clock(1);
    Object[] keep = new Object[1];
    int[] calls = {0};
    rounds.run(List.of(() -> {
      long start = clock.nanos();
      while (clock.nanos() - start < 25_000_000) {
        Thread.onSpinWait();
      }
      keep[0] = ++calls[0] % 3 == 0 ? new byte[10_000] : keep[0];
    }), 5);
    assertThat(calls[0]).isGreaterThanOrEqualTo(7);
    assertThat(rounds.bytesAllocated()).isZero();
  }
}
