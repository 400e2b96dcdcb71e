package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full-batch gradient descent sharpens until 2/η and hovers there: the documented command, on a smaller network with a larger rate. */
class EdgeOfStabilityTest {
  @TempDir
  private Path folder;

  @Test
  void sharpnessRisesToTheEdgeAndStays() throws IOException {
    Map<String, String> options =
        Map.of("center", "true", "optimizer", "sgd", "lr", "0.8", "schedule", "constant", "loss", "squared", "batch", "full", "hidden", "16", "steps",
            "500", "curvature-every", "25", "evaluate-every", "250");
    List<Curvature> looks;
    try (Run run = Run.start(options, folder.resolve("run"))) {
      looks = run.finish((step, steps, loss) -> {}).curvature();
    }
    assertThat(looks).hasSize(21).allMatch(c -> c.rows() == 1437 && c.limit() == 2.5);
    double[] ratio = looks.stream().mapToDouble(c -> c.sharpness() / c.limit()).toArray();
    assertThat(ratio[2]).as("after 50 steps, when the start's jump is over").isBetween(0.7, 0.97);
    int crossing = 2;
    while (crossing < ratio.length && ratio[crossing] < 1) {
      crossing++;
    }
    assertThat(crossing).as("the look where sharpness is above 2/η").isBetween(3, 15);
    for (int i = 3; i < crossing; i++) {
      assertThat(ratio[i]).as("progressive sharpening, step %d", 25 * i).isGreaterThan(ratio[i - 1] - 0.01);
    }
    for (int i = crossing; i < ratio.length; i++) {
      assertThat(ratio[i]).as("sharpness / (2/η) at step %d", 25 * i).isBetween(0.85, 1.25); // as the recorded descents do
    }
    assertThat(looks.getLast().trace()).isPositive();
  }
}
