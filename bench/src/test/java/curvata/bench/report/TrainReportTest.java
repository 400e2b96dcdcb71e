package curvata.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.train.Outcome;
import curvata.bench.train.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainReportTest {
  @TempDir
  private Path folder;

  private String report(Map<String, String> options) throws IOException {
    try (Run run = Run.start(options, folder.resolve("run"))) {
      Outcome outcome = run.finish((step, steps, loss) -> {});
      return TrainReport.html(run, outcome);
    }
  }

  @Test
  void thePageStandsAloneAndShowsWhatWasDone() throws IOException {
    String html = report(Map.of("hidden", "9", "steps", "8", "seed", "77", "transform", "clip", "evaluate-every", "2"));
    assertThat(html).doesNotContain("http").doesNotContain("<script").doesNotContain("src=").doesNotContain("url(\"")
        .contains("prefers-color-scheme: dark");
    assertThat(html).contains("name=\"viewport\"").contains("test digits recognized").contains("<h2>Loss</h2>").contains("<h2>Accuracy</h2>")
        .contains("<h2>Learning rate</h2>").contains("seed 77").contains("64\u20119\u201110").contains("muon and adamw");
    assertThat(html.replace("<wbr>", "")).contains("./curvata train --optimizer muon:lr=0.02,").contains("--transform clip:norm=1.0 --hidden 9 ")
        .contains("layer0.weight[9, 64]")
        .contains("cosine:steps=8,end=0.0");
    assertThat(html.split("<svg", -1)).hasSize(4);
    assertThat(html.split("<polyline", -1)).hasSize(6);
  }

  @Test
  void aRunThatDivergedSaysSo() throws IOException {
    String html = report(Map.of("optimizer", "sgd:lr=1e38", "activation", "relu", "hidden", "9,9", "steps", "9"));
    assertThat(html).contains("Diverged: after step ").doesNotContain("digits recognized");
  }
}
