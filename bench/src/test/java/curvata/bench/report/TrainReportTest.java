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

  private int runs;

  private String report(Map<String, String> options) throws IOException {
    try (Run run = Run.start(options, folder.resolve("run" + runs++))) {
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
    assertThat(html).contains("<h2>Sharpness</h2>").contains("<h2>Trace</h2>").contains("<h2>Spectral density</h2>")
        .contains("<h2>Eigenvalues above a value</h2>").contains("layer1 ").contains("at step 8").contains("for muon it is no more than a scale");
    assertThat(html.split("<svg", -1)).hasSize(9);
    assertThat(html.split("<polyline", -1)).hasSize(1 + 5 + 2 + 2 + 3 + 3 + 2);
    assertThat(html.split("<polygon", -1)).hasSize(1 + 1 + 3);
    assertThat(html).doesNotContain("NaN").doesNotContain("Infinity").doesNotContain("\u221e");
  }

  @Test
  void gradientDescentIsHeldAgainstItsLimit() throws IOException {
    String html = report(Map.of("optimizer", "sgd:lr=0.1", "hidden", "5", "steps", "4", "batch", "full", "schedule", "constant"));
    assertThat(html).contains("gradient descent is stable below 2/\u03b7").contains("bound by the largest eigenvalue alone")
        .contains("of 1,437 training rows");
    String stochastic = report(Map.of("optimizer", "sgd:lr=0.1", "hidden", "5", "steps", "4", "schedule", "constant"));
    assertThat(stochastic).contains("stays only at minima whose trace is below 2/\u03b7");
  }

  /** A rate so large that the start is beyond the edge: the sentence says where it passes, the plot is linear from zero. */
  @Test
  void theEdgeOfStabilityIsSaid() throws IOException {
    String html = report(Map.of("optimizer", "sgd:lr=0.8", "hidden", "8", "steps", "200", "batch", "full", "schedule", "constant", "loss", "squared",
        "center", "true", "curvature-every", "20", "evaluate-every", "100"));
    assertThat(html)
        .containsPattern("It passes 2/\u03b7 at step \\d+ and stays between [01]\\.\\d+ and 1\\.\\d+ of it|It ends at [\\d.]+ times 2/\u03b7")
        .contains("Mean half squared error over all").contains("Largest eigenvalue of the Hessian over steps, with 2/\u03b7")
        .contains("--loss squared").contains("--center");
  }

  @Test
  void withoutCurvatureThePageIsWhatIsLeft() throws IOException {
    String html = report(Map.of("hidden", "5,5,5,5,5", "steps", "3", "curvature-every", "none"));
    assertThat(html).doesNotContain("Sharpness").contains("--curvature-every none");
    assertThat(html.split("<svg", -1)).hasSize(4);
  }

  @Test
  void manyLayersBecomeATable() throws IOException {
    String html = report(Map.of("hidden", "5,5,5,5,5", "steps", "2"));
    assertThat(html).contains("Trace by layer at step 2").contains("<th scope=\"row\">layer5</th>");
  }

  @Test
  void aRunThatDivergedSaysSo() throws IOException {
    String html = report(Map.of("optimizer", "sgd:lr=1e38", "activation", "relu", "hidden", "9,9", "steps", "9"));
    assertThat(html).contains("Diverged: after step ").doesNotContain("digits recognized");
  }
}
