package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final double[] seconds = new double[1];

  private Progress progress(boolean terminal) {
    return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, "step", () -> seconds[0]);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void at(Progress progress, double time, long done) {
    seconds[0] = time;
    progress.at(done, 1000, ", loss %.4f", 0.25);
  }

  @Test
  void aShortRunSaysNothing() {
    Progress progress = progress(true);
    for (int i = 1; i < 20; i++) {
      at(progress, i * 0.1, i);
    }
    progress.end();
    assertThat(text()).isEmpty();
  }

  @Test
  void plainLinesComeEveryFiveSeconds() {
    Progress progress = progress(false);
    at(progress, 0, 100); // resumed there
    for (int i = 1; i <= 120; i++) {
      at(progress, i * 0.1, 100 + 5 * i);
    }
    progress.end();
    assertThat(text().lines()).containsExactly(
        "step 200 of 1,000 (20 %), loss 0.2500, 50 steps/s, 16 s left", "step 450 of 1,000 (45 %), loss 0.2500, 50 steps/s, 11 s left",
        "step 700 of 1,000 (70 %), loss 0.2500, 50 steps/s, 6 s left");
  }

  @Test
  void aTerminalHasOneLineThatIsTakenOffAtTheEnd() {
    Progress progress = progress(true);
    at(progress, 0, 0);
    at(progress, 2, 10);
    at(progress, 2.1, 11);
    at(progress, 2.3, 12);
    progress.end();
    assertThat(text()).doesNotContain("\n").startsWith("\rstep 10 of 1,000 (1 %)").contains("3 min 18 s left").contains("\rstep 12 of")
        .doesNotContain("step 11 of").endsWith(" \r");
  }

  @Test
  void slowStepsHaveTheirRateToo() {
    Progress progress = progress(false);
    at(progress, 0, 0);
    at(progress, 40, 2);
    assertThat(text()).contains(" 0.050 steps/s, 5 h 32 min left");
  }
}
