package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.bench.model.Mlp;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rules;
import curvata.optim.io.Checkpoint;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.rule.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunTest {
  private static final Run.Listener QUIET = (step, steps, loss) -> {};

  @TempDir
  private Path folder;

  private static Map<String, String> options(String... more) {
    Map<String, String> options =
        new HashMap<>(
            Map.of("hidden", "12", "batch", "100", "steps", "23", "checkpoint-every", "5", "evaluate-every", "4", "curvature-every", "none"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return options;
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  private Outcome whole(Map<String, String> options, String name) throws IOException {
    try (Run run = Run.start(options, out(name))) {
      return run.finish(QUIET);
    }
  }

  /** Ends a run as a killed process would: at an exception out of some step, past the last checkpoint. */
  private void interrupted(Map<String, String> options, String name, long at) throws IOException {
    try (Run run = Run.start(options, out(name))) {
      run.finish((step, steps, loss) -> {
        if (step == at) {
          throw new IllegalStateException("killed");
        }
      });
    } catch (IllegalStateException killed) {
      assertThat(killed).hasMessage("killed");
    }
  }

  private Outcome resumed(Map<String, String> options, String name) throws IOException {
    try (Run run = Run.resume(options, out(name))) {
      return run.finish(QUIET);
    }
  }

  private static List<Row> timeless(Outcome outcome) {
    return outcome.rows().stream()
        .map(r -> new Row(r.step(), r.epoch(), r.lr(), r.trainLoss(), r.trainAccuracy(), r.heldOutLoss(), r.heldOutAccuracy(), 0)).toList();
  }

  static Stream<String> rules() {
    return Rules.CATALOG.names().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void anInterruptedRunOfAnyRuleEndsAsAWholeOne(String rule) throws IOException {
    Map<String, String> options = options("optimizer", rule, "transform", "clip", "schedule", "linear");
    Outcome whole = whole(options, "whole");
    assertThat(whole.diverged()).isFalse();
    assertThat(whole.steps()).isEqualTo(23);
    assertThat(whole.rows()).extracting(Row::step).containsExactly(0L, 4L, 8L, 12L, 16L, 20L, 23L);
    for (long at : new long[] {1, 5, 13, 22}) {
      String name = "cut-" + at;
      interrupted(options, name, at);
      Outcome again = resumed(Map.of(), name);
      assertThat(again.weightsSha256()).as("%s, killed after step %d", rule, at).isEqualTo(whole.weightsSha256());
      assertThat(timeless(again)).as("%s, killed after step %d", rule, at).isEqualTo(timeless(whole));
      assertThat(Files.mismatch(out(name).resolve("model.safetensors"), out("whole").resolve("model.safetensors"))).isEqualTo(-1);
    }
  }

  @Test
  void theSeedDecides() throws IOException {
    String a = whole(options(), "a").weightsSha256();
    assertThat(whole(options(), "b").weightsSha256()).isEqualTo(a);
    assertThat(whole(options("seed", "1"), "c").weightsSha256()).isNotEqualTo(a);
  }

  @Test
  void lookingMoreOftenChangesNoWeights() throws IOException {
    String a = whole(options(), "a").weightsSha256();
    assertThat(whole(options("evaluate-every", "1", "checkpoint-every", "1"), "b").weightsSha256()).isEqualTo(a);
  }

  @Test
  void lookingAtTheCurvatureChangesNoWeights() throws IOException {
    for (String rule : List.of("muon", "adamw", "sophiag", "adahessian")) {
      String without = whole(options("optimizer", rule), rule).weightsSha256();
      Outcome with = whole(options("optimizer", rule, "curvature-every", "3", "curvature-rows", "200"), rule + "-seen");
      assertThat(with.weightsSha256()).as(rule).isEqualTo(without);
      assertThat(with.curvature()).as(rule).extracting(Curvature::step).containsExactly(0L, 3L, 6L, 9L, 11L, 12L, 15L, 18L, 21L, 23L);
      assertThat(with.curvature()).as(rule).filteredOn(c -> c.density() != null).extracting(Curvature::step).containsExactly(0L, 11L, 23L);
      assertThat(with.curvature()).as(rule).allMatch(c -> c.rows() == 200 && c.products() > 10 && c.seconds() > 0);
      assertThat(with.curvatureProblem()).isNull();
    }
  }

  /** All but the time, and but for what the eigensolver leaves open, which starts elsewhere after an interruption. */
  private static String timeless(Curvature c) {
    Map<String, Object> fields = new HashMap<>(c.named());
    List.of("seconds", "products", "sharpness", "sharpnessResidual").forEach(fields::remove);
    return tools.jackson.databind.json.JsonMapper.builder().build().writeValueAsString(new java.util.TreeMap<>(fields));
  }

  @Test
  void anInterruptedRunKeepsItsCurvature() throws IOException {
    Map<String, String> options = options("curvature-every", "4");
    Outcome whole = whole(options, "whole");
    assertThat(whole.curvature()).extracting(Curvature::step).containsExactly(0L, 4L, 8L, 11L, 12L, 16L, 20L, 23L);
    for (long at : new long[] {1, 13, 22}) {
      String name = "cut-" + at;
      interrupted(options, name, at);
      List<String> before = Files.readAllLines(out(name).resolve("curvature.jsonl"));
      Outcome again = resumed(Map.of(), name);
      assertThat(again.weightsSha256()).isEqualTo(whole.weightsSha256());
      assertThat(again.curvature()).extracting(RunTest::timeless).isEqualTo(whole.curvature().stream().map(RunTest::timeless).toList());
      for (int i = 0; i < whole.curvature().size(); i++) {
        Curvature a = again.curvature().get(i);
        Curvature b = whole.curvature().get(i);
        assertThat(a.sharpness()).as("step %d", a.step()).isCloseTo(b.sharpness(), org.assertj.core.data.Offset.offset(a.residual() + b.residual()));
      }
      long checkpoint = at / 5 * 5;
      List<String> kept = Files.readAllLines(out(name).resolve("curvature.jsonl"));
      long due = whole.curvature().stream().filter(c -> c.step() <= checkpoint && c.step() < at).count();
      int early = (int) Math.min(due, before.size()); // the look at the start is made up for later
      assertThat(kept).hasSameSizeAs(whole.curvature());
      assertThat(kept.subList(0, early)).isEqualTo(before.subList(0, early));
    }
  }

  @Test
  void aCurvatureThatIsMalformedIsNamed() throws IOException {
    whole(options("curvature-every", "10"), "a");
    Path file = out("a").resolve("curvature.jsonl");
    List<String> lines = Files.readAllLines(file);
    for (String bad : List.of("{}", "[1]", "{\"step\":0}", lines.getFirst().replace("\"nodes\":[[", "\"nodes\":[[],["),
        lines.getFirst().replace("\"rows\":", "\"rows\":\"x\",\"r\":"))) {
      Files.write(file, List.of(bad));
      assertThatThrownBy(() -> Run.resume(Map.of(), out("a"))).as(bad).isInstanceOf(IOException.class).hasMessageContaining(file + ": line 1")
          .message().doesNotContain("\n");
    }
  }

  @Test
  void aFinishedRunCanBeResumedToWriteItsFilesAgain() throws IOException {
    Outcome whole = whole(options(), "a");
    Files.delete(out("a").resolve("model.safetensors"));
    Outcome again = resumed(Map.of("hidden", "12"), "a");
    assertThat(again.weightsSha256()).isEqualTo(whole.weightsSha256());
    assertThat(again.rows()).isEqualTo(whole.rows());
    assertThat(out("a").resolve("model.safetensors")).exists();
  }

  @Test
  void theModelIsInItsFile() throws IOException {
    try (Run run = Run.start(options("activation", "relu", "hidden", "12,7"), out("a"))) {
      run.finish(QUIET);
      Mlp model = run.trainer().model();
      try (SafetensorsFile file = SafetensorsFile.read(out("a").resolve("model.safetensors"))) {
        assertThat(file.metadata()).containsEntry("layers", "64,12,7,10").containsEntry("activation", "relu");
        assertThat(file.names()).containsExactlyInAnyOrderElementsOf(model.parameters().stream().map(Parameter::name).toList());
        assertThat(file.names()).contains("layer0.weight", "layer2.bias");
        for (Parameter p : model.parameters()) {
          assertThat(file.info(p.name()).hasShape(p.shape())).as(p.name()).isTrue();
          float[] expected = java.util.Arrays.copyOfRange(p.value(), p.offset(), p.offset() + p.size());
          assertThat(file.floats(p.name())).as(p.name()).isEqualTo(expected);
        }
      }
    }
    try (Stream<Path> files = Files.list(out("a"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("metrics.jsonl", "curvature.jsonl", "checkpoint.safetensors", "model.safetensors");
    }
  }

  @Test
  void aMatrixRuleTakesHiddenMatricesAndTheRestTheOthers() throws IOException {
    try (Run run = Run.start(options("hidden", "12,7"), out("a"))) {
      Map<String, List<String>> names = new HashMap<>();
      run.trainer().groups().forEach((group, parameters) -> names.put(group, parameters.stream().map(Parameter::name).toList()));
      assertThat(names).isEqualTo(Map.of(
          "hidden", List.of("layer0.weight", "layer1.weight"), "rest", List.of("layer0.bias", "layer1.bias", "layer2.weight", "layer2.bias")));
    }
    try (Run run = Run.start(options("optimizer", "sgd", "hidden", "none"), out("b"))) {
      assertThat(run.trainer().groups().keySet()).containsExactly("all");
      assertThat(run.finish(QUIET).diverged()).isFalse();
    }
  }

  @Test
  void aRunThatDivergesStopsAndKeepsItsLastGoodCheckpoint() throws IOException {
    try (Run run = Run.start(options("optimizer", "sgd:lr=1e38", "activation", "relu", "hidden", "12,12"), out("a"))) {
      Outcome outcome = run.finish(QUIET);
      assertThat(outcome.diverged()).isTrue();
      assertThat(outcome.loss()).isNotFinite();
      assertThat(outcome.steps()).isLessThan(23);
      assertThat(outcome.rows()).isNotEmpty().allMatch(row -> Double.isFinite(row.trainLoss()));
    }
    assertThat(out("a").resolve("model.safetensors")).doesNotExist();
    Checkpoint kept = Checkpoint.read(out("a").resolve("checkpoint.safetensors"));
    assertThat(kept.step()).isZero();
  }

  @Test
  void validationLeavesTheTestRowsAlone() throws IOException {
    try (Run run = Run.start(options("validate", "true"), out("a"))) {
      assertThat(run.trainer().problem().heldOutName()).isEqualTo("validation");
      assertThat(run.trainer().problem().training().rows()).isEqualTo(1077);
      run.finish(QUIET);
    }
    assertThat(Files.readString(out("a").resolve("metrics.jsonl"))).contains("validationAccuracy").doesNotContain("test");
    assertThatThrownBy(() -> Run.resume(Map.of("validate", "false"), out("a"))).hasMessageContaining("--validate = false, expected true as in");
  }

  @Test
  void nothingIsWrittenWhereAnOptionIsWrong() {
    for (Map<String, String> wrong : List.of(
        options("optimizer", "adamv"), options("schedule", "wsd:warmup=99"), options("batch", "9999"), options("hidden", "2000000000"))) {
      assertThatThrownBy(() -> Run.start(wrong, out("a"))).as("%s", wrong).isInstanceOf(IllegalArgumentException.class);
      assertThat(out("a")).doesNotExist();
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(out("file"), "content");
    assertThatThrownBy(() -> Run.start(options(), file)).isInstanceOf(IOException.class).hasMessageContaining(file + ": cannot be written");
    assertThatThrownBy(() -> Run.start(options(), file.resolve("below"))).isInstanceOf(IOException.class).hasMessageContaining("cannot be written");
    assertThat(file).hasContent("content");
  }

  @Test
  void aFolderWithARunIsNotOverwritten() throws IOException {
    whole(options(), "a");
    assertThatThrownBy(() -> Run.start(options("seed", "3"), out("a"))).isInstanceOf(IOException.class)
        .hasMessageContaining("holds a run already").hasMessageContaining("--resume");
  }

  @Test
  void resumingNeedsACheckpoint() throws IOException {
    Files.createDirectory(out("empty"));
    for (String name : List.of("empty", "missing")) {
      assertThatThrownBy(() -> Run.resume(Map.of(), out(name))).isInstanceOf(IOException.class)
          .hasMessageContaining("no checkpoint.safetensors in it");
    }
    assertThat(out("missing")).doesNotExist();
  }

  @Test
  void aCheckpointThatWasTamperedWithIsRefusedAndKept() throws IOException {
    whole(options(), "a");
    Path checkpoint = out("a").resolve("checkpoint.safetensors");
    byte[] good = Files.readAllBytes(checkpoint);
    List<byte[]> bad = new ArrayList<>();
    bad.add(new byte[0]);
    bad.add(java.util.Arrays.copyOf(good, good.length - 1));
    bad.add(java.util.Arrays.copyOf(good, good.length / 2));
    bad.add("not a checkpoint at all".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String metrics = Files.readString(out("a").resolve("metrics.jsonl"));
    for (byte[] bytes : bad) {
      Files.write(checkpoint, bytes, StandardOpenOption.TRUNCATE_EXISTING);
      assertThatThrownBy(() -> Run.resume(Map.of(), out("a"))).isInstanceOf(IOException.class).hasMessageContaining(checkpoint.toString())
          .message().doesNotContain("\n");
      assertThat(checkpoint).hasBinaryContent(bytes);
      assertThat(out("a").resolve("metrics.jsonl")).hasContent(metrics);
    }
  }

  @Test
  void aCheckpointOfAnotherModelOrRuleSaysWhatDiffers() throws IOException {
    whole(options(), "a");
    Path checkpoint = out("a").resolve("checkpoint.safetensors");
    Map<String, String> extra = Checkpoint.read(checkpoint).extra();

    Parameter other = Parameter.of("layer0.weight", new float[6], new float[6], 2, 3);
    Optimizer foreign = Optimizer.builder().group("all", Sgd.defaults(), List.of(other)).build();
    Checkpoint.write(checkpoint, foreign, extra);
    assertThatThrownBy(() -> Run.resume(Map.of(), out("a"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("group.hidden.rule = absent, expected muon").message().doesNotContain("\n");

    Checkpoint.write(checkpoint, foreign);
    assertThatThrownBy(() -> Run.resume(Map.of(), out("a"))).isInstanceOf(IOException.class).hasMessageContaining("a checkpoint without settings");

    Map<String, String> unknown = new HashMap<>(extra);
    unknown.put("train.optimizer", "adamz");
    Checkpoint.write(checkpoint, foreign, unknown);
    assertThatThrownBy(() -> Run.resume(Map.of(), out("a"))).isInstanceOf(IOException.class).hasMessageContaining("unknown rule \"adamz\"");
  }

  @Test
  void whatIsTypedAgainMustAgreeWithTheCheckpoint() throws IOException {
    whole(options(), "a");
    assertThatThrownBy(() -> Run.resume(Map.of("optimizer", "adamw"), out("a"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--optimizer = adamw:").hasMessageContaining("expected muon:").hasMessageContaining("as in");
    assertThatThrownBy(() -> Run.resume(Map.of("hidden", "13"), out("a"))).hasMessageContaining("--hidden = 13, expected 12 as in");
  }
}
