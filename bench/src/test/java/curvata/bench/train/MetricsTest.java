package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  @TempDir
  private Path folder;

  private Path file() {
    return folder.resolve("metrics.jsonl");
  }

  private static Row row(long step) {
    return new Row(step, step / 23.0, 0.1 / (step + 1), 1e-300 * step, 0.5, Math.PI, 1.0 / 3, step * 0.7);
  }

  private Metrics written(int rows) throws IOException {
    Metrics metrics = Metrics.create(file(), "digits", "test");
    for (int i = 0; i < rows; i++) {
      metrics.add(row(10 * i));
    }
    return metrics;
  }

  @Test
  void rowsComeBackBitForBit() throws IOException {
    Metrics metrics = written(4);
    assertThat(Metrics.resume(file(), "digits", "test", 30).rows()).isEqualTo(metrics.rows()).hasSize(4);
    assertThat(Files.readAllLines(file()).getFirst()).startsWith("{\"step\":0,").contains("\"testAccuracy\":");
  }

  @Test
  void rowsAfterTheCheckpointAreDroppedFromTheFileToo() throws IOException {
    written(6);
    Metrics resumed = Metrics.resume(file(), "digits", "test", 29);
    assertThat(resumed.rows()).extracting(Row::step).containsExactly(0L, 10L, 20L);
    assertThat(resumed.has(20)).isTrue();
    assertThat(resumed.has(30)).isFalse();
    assertThat(Files.readAllLines(file())).hasSize(3);
    resumed.add(row(30));
    assertThat(Metrics.resume(file(), "digits", "test", 99).rows()).hasSize(4);
  }

  @Test
  void aTornLastLineIsDropped() throws IOException {
    written(3);
    String whole = Files.readString(file());
    int last = whole.lastIndexOf("{");
    for (int end : new int[] {last, last + 1, last + 20, whole.length() - 1}) {
      Files.writeString(file(), whole.substring(0, end));
      assertThat(Metrics.resume(file(), "digits", "test", 99).rows()).as("cut at %d", end).extracting(Row::step).containsExactly(0L, 10L);
      assertThat(Files.readString(file())).isEqualTo(whole.substring(0, last));
    }
  }

  @Test
  void aMissingFileHasNoRows() throws IOException {
    assertThat(Metrics.resume(file(), "digits", "test", 5).rows()).isEmpty();
  }

  @Test
  void anyOtherLineThatIsNoRowIsAnError() throws IOException {
    written(3);
    String whole = Files.readString(file());
    Files.writeString(file(), "not json\n" + whole);
    assertThatThrownBy(() -> Metrics.resume(file(), "digits", "test", 99)).isInstanceOf(IOException.class).hasMessageContaining("line 1 is not JSON");
    Files.writeString(file(), whole.replaceFirst("\"lr\"", "\"rate\""));
    assertThatThrownBy(() -> Metrics.resume(file(), "digits", "test", 99)).isInstanceOf(IOException.class)
        .hasMessageEndingWith("line 1: lr = null, expected a number");
    Files.writeString(file(), whole);
    assertThatThrownBy(() -> Metrics.resume(file(), "digits", "validation", 99)).hasMessageContaining("validationLoss = null");
  }
}
