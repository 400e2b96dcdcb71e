package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.LabelledFileTest;
import curvata.kernels.Backend;
import curvata.kernels.matrix.Coefficients;
import curvata.optim.Catalog;
import curvata.optim.Rules;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.Transforms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TrainCommandTest {
  @TempDir
  private Path folder;

  /** Its one line about the backend is not what is tested. */
  @BeforeAll
  static void chooseTheBackend() {
    Backend.current();
  }

  private record Result(int code, String out, String err) {}

  private static Result run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
    ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
      int code = CurvataCommand.run(args);
      return new Result(code, caughtOut.toString(StandardCharsets.UTF_8), caughtErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private Result train(String... args) {
    List<String> all = new ArrayList<>(List.of("train", "--hidden", "12", "--steps", "10", "--out", out().toString()));
    all.addAll(List.of(args));
    return run(all.toArray(String[]::new));
  }

  private Path out() {
    return folder.resolve("out");
  }

  @Test
  void writesItsFilesAndSaysWhereTheReportIs() throws IOException {
    Path json = folder.resolve("result.json");
    Result result = train("--seed", "5", "--json", json.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("64-12-10, tanh, 910 parameters").contains("muon:lr=0.02").contains("seed 5").contains("10 steps")
        .contains("report      " + out().resolve("report.html"));
    for (String name : List.of("report.html", "metrics.jsonl", "curvature.jsonl", "model.safetensors", "checkpoint.safetensors")) {
      assertThat(out().resolve(name)).as(name).isNotEmptyFile();
    }
    Map<?, ?> object = JsonMapper.builder().build().readValue(Files.readString(json), Map.class);
    assertThat(object.get("command")).isEqualTo("train");
    assertThat(object.get("ok")).isEqualTo(true);
    assertThat(object.get("testRows")).isEqualTo(360);
    assertThat(object.get("steps")).isEqualTo(10);
    assertThat(object.get("seed")).isEqualTo(5);
    assertThat(object.get("out")).isEqualTo(out().toString());
    List<?> curvature = (List<?>) object.get("curvature");
    assertThat(curvature).hasSize(11);
    for (Object point : curvature) {
      for (String name : List.of("step", "sharpness", "trace", "traceError")) {
        assertThat(((Map<?, ?>) point).get(name)).as(name).isInstanceOf(Number.class);
      }
    }
    assertThat(((Map<?, ?>) curvature.getLast()).get("step")).isEqualTo(10);
    assertThat((double) object.get("curvatureShare")).isBetween(0.0, 1.0);
    assertThat(result.out()).contains("curvature   sharpness ").contains("% of the run's time");
    assertThat((double) object.get("testAccuracy")).isBetween(0.0, 1.0);
    assertThat((double) object.get("trainLoss")).isPositive();
    assertThat((String) object.get("weightsSha256")).matches("[0-9a-f]{64}");
    assertThat(result.out()).contains((String) object.get("weightsSha256"));
  }

  @Test
  void resumesWithTheOptionsOfTheCheckpoint() {
    Result first = train("--seed", "5");
    Result second = run("train", "--resume", out().toString());
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.out()).contains("resumed     after step 10")
        .contains(first.out().substring(first.out().indexOf("sha256"), first.out().indexOf("curvature ")));
    Result other = run("train", "--resume", out().toString(), "--seed", "0");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).startsWith("curvata: --seed = 0, expected 5 as in " + out().resolve("checkpoint.safetensors")).hasLineCount(1);
  }

  @Test
  void theCurvatureCanBeSwitchedOff() throws IOException {
    Path json = folder.resolve("result.json");
    Result result = train("--curvature-every", "0", "--json", json.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).doesNotContain("sharpness");
    assertThat(JsonMapper.builder().build().readValue(Files.readString(json), Map.class).get("curvature")).isEqualTo(List.of());
    assertThat(out().resolve("report.html")).content().doesNotContain("Sharpness").contains("--curvature-every none");
  }

  @Test
  void ownDataIsNamedEverywhere() throws IOException {
    Path json = folder.resolve("result.json");
    Path data = new LabelledFileTest.Tensors().bytes("images", "[12,2,2]", java.util.stream.IntStream.range(0, 48).map(i -> 5 * i).toArray())
        .longs("labels", "[12]", 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2).write(folder.resolve("mine.safetensors"));
    Result result = train("--data", data.toString(), "--batch", "4", "--json", json.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("data        " + data + ": 9 training rows, 3 test rows").contains("4-12-3, tanh");
    Map<?, ?> object = JsonMapper.builder().build().readValue(Files.readString(json), Map.class);
    assertThat(object.get("data")).isEqualTo(data.toString());
    assertThat((String) object.get("dataSha256")).matches("[0-9a-f]{64}");
    assertThat(out().resolve("report.html")).content().contains("of the test rows recognized").contains("trained on " + data)
        .contains("./curvata train --data " + data);
    Files.writeString(data, "garbage");
    Result malformed = run("train", "--data", data.toString(), "--out", folder.resolve("other").toString());
    assertThat(malformed.code()).isEqualTo(2);
    assertThat(malformed.err()).startsWith("curvata: " + data + ": ").hasLineCount(1);
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void divergenceIsAFailureThatSaysWhatToTry() {
    Result result = train("--optimizer", "sgd:lr=1e38", "--activation", "relu", "--json", folder.resolve("j.json").toString());
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("diverged    after step").contains("Try a smaller rate");
    assertThat(folder.resolve("j.json")).content().contains("\"ok\" : false");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "--optimizer adamv", "--optimizer adamw:beta1=1", "--optimizer adamw:betas=0.9", "--rest muon", "--schedule cosinus",
    "--schedule wsd:warmup=1000",
    "--transform clap", "--activation gelu", "--hidden 1,x", "--hidden 2000000000", "--batch 0", "--batch 5000", "--lr -1", "--steps 0",
    "--epochs 3 --steps 4", "--evaluate-every no", "--curvature-every -1", "--curvature-every x", "--curvature-every 1.5", "--curvature-rows 0",
    "--resume elsewhere", "--data nowhere.safetensors", "--loss hinge", "--loss squared --optimizer sophiag"})
  void badInputIsOneLineAndExitCodeTwoAndNothingIsWritten(String options) throws IOException {
    List<String> all = new ArrayList<>(List.of("train", "--out", out().toString()));
    all.addAll(List.of(options.split(" ")));
    Result result = run(all.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).startsWith("curvata: ").hasLineCount(1);
    assertThat(result.err()).containsPattern("expected|nearest|no such file");
    assertThat(result.out()).isEmpty();
    try (var files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void anUnwritableFolderIsOneLine() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    Result result = run("train", "--steps", "1", "--out", folder.resolve("file").resolve("below").toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("curvata: ").contains("cannot be written").hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void resumingWhatIsNoRunIsOneLine() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    Result empty = run("train", "--resume", folder.resolve("empty").toString());
    assertThat(empty.code()).isEqualTo(2);
    assertThat(empty.err()).startsWith("curvata: ").contains("no checkpoint.safetensors").hasLineCount(1);
    Files.writeString(folder.resolve("empty").resolve("checkpoint.safetensors"), "garbage");
    Result malformed = run("train", "--resume", folder.resolve("empty").toString());
    assertThat(malformed.code()).isEqualTo(2);
    assertThat(malformed.err()).startsWith("curvata: ").contains("checkpoint.safetensors: ").hasLineCount(1);
  }

  @Test
  void helpListsEveryRuleScheduleAndTransformWithItsOptions() {
    Result result = run("train", "--help");
    assertThat(result.code()).isZero();
    for (Catalog<?> catalog : List.of(Rules.CATALOG, Schedules.CATALOG, Transforms.CATALOG)) {
      for (String name : catalog.names()) {
        assertThat(result.out()).contains("\n  " + name + " ");
        for (Catalog.Option option : catalog.options(name)) {
          assertThat(result.out()).as(name).contains(" " + option.name() + "=" + option.defaultValue());
          option.choices().forEach(choice -> assertThat(result.out()).as(name).contains(choice));
        }
      }
    }
    Coefficients.names().forEach(method -> assertThat(result.out()).contains(" " + method));
    assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
  }
}
