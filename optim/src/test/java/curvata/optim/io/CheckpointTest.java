package curvata.optim.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Muon;
import curvata.optim.rule.Sgd;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.Transforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir
  Path folder;

  private static Parameter parameter(String name, int... shape) {
    int n = 1;
    for (int d : shape) {
      n *= d;
    }
    return Parameter.of(name, new float[n], new float[n], shape);
  }

  private static Optimizer optimizer(Rule<?> rule, Parameter... parameters) {
    return Optimizer.builder().group("all", rule, List.of(parameters)).build();
  }

  private Path written() throws IOException {
    Path file = folder.resolve("c.safetensors");
    Parameter a = parameter("a", 2, 3);
    a.value()[4] = 7;
    Optimizer opt = optimizer(AdamW.defaults(), a, parameter("b", 5));
    a.grad()[0] = 1;
    opt.step();
    opt.setLr("all", 0.25);
    Checkpoint.write(file, opt, Map.of("epoch", "3"));
    return file;
  }

  @Test
  void bringsBackValuesStateStepRateAndExtras() throws IOException {
    Path file = written();
    Checkpoint checkpoint = Checkpoint.read(file);
    assertThat(checkpoint.step()).isEqualTo(1);
    assertThat(checkpoint.extra()).isEqualTo(Map.of("epoch", "3"));
    Parameter a = parameter("a", 2, 3);
    Optimizer opt = optimizer(AdamW.defaults(), a, parameter("b", 5));
    checkpoint.into(opt);
    assertThat(a.value()[4]).isNotZero();
    assertThat(opt.steps()).isEqualTo(1);
    assertThat(opt.lr("all")).isEqualTo(0.25);
    Path again = folder.resolve("again.safetensors");
    Checkpoint.write(again, opt, Map.of("epoch", "3"));
    assertThat(again).hasSameBinaryContentAs(file);
  }

  private void refused(Optimizer opt, String... parts) throws IOException {
    Path file = written();
    float[] before = opt.parameters().getFirst().value().clone();
    Checkpoint checkpoint = Checkpoint.read(file);
    assertThatThrownBy(() -> checkpoint.into(opt)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("c.safetensors")
        .hasMessageContainingAll(parts).satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(opt.parameters().getFirst().value()).containsExactly(before);
    assertThat(opt.steps()).isZero();
  }

  @Test
  void anotherRuleIsRefusedAndNamed() throws IOException {
    refused(optimizer(AdamW.defaults().with("beta1", 0.8), parameter("a", 2, 3), parameter("b", 5)), "group.all.rule", "beta1=0.9", "beta1=0.8");
    refused(optimizer(Sgd.defaults(), parameter("a", 2, 3), parameter("b", 5)), "group.all.rule = adamw:", "expected sgd:");
  }

  /** A file from before a rule had one of its hyperparameters: it continues with the default. */
  @Test
  void aHyperparameterThatAFileDoesNotHaveIsTheDefault() throws IOException {
    Path now = folder.resolve("now.safetensors");
    Parameter a = parameter("a", 2, 3);
    Optimizer opt = optimizer(Muon.defaults(), a);
    a.grad()[1] = 1;
    opt.step();
    Checkpoint.write(now, opt);
    Path then = folder.resolve("then.safetensors");
    try (SafetensorsFile file = SafetensorsFile.read(now)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      file.metadata().forEach((key, value) -> writer.metadata(key, value.replace(",method=muon5", "")));
      for (String name : file.names()) {
        writer.add(name, Arrays.stream(file.info(name).shape()).mapToInt(Math::toIntExact).toArray(), file.floats(name));
      }
      writer.write(then);
    }
    assertThat(Files.readString(now, ISO_8859_1)).contains(",guard=scale-invariant,method=muon5");
    assertThat(Files.readString(then, ISO_8859_1)).contains(",guard=scale-invariant").doesNotContain("method");
    Parameter b = parameter("a", 2, 3);
    Checkpoint.read(then).into(optimizer(Muon.defaults(), b));
    assertThat(b.value()).containsExactly(a.value());
    assertThatThrownBy(() -> Checkpoint.read(then).into(optimizer(Muon.defaults().with("method", "polar8"), b)))
        .hasMessageContainingAll("group.all.rule", "method=muon5, expected muon:", "method=polar8");
    assertThatThrownBy(() -> Checkpoint.read(then).into(optimizer(Muon.defaults().with("guard", "max"), b))).hasMessageContaining("guard=max");
  }

  @Test
  void anotherModelIsRefusedAndNamed() throws IOException {
    refused(optimizer(AdamW.defaults(), parameter("a", 3, 2), parameter("b", 5)), "param.a = [2, 3], expected [3, 2]");
    refused(optimizer(AdamW.defaults(), parameter("a", 2, 3)), "parameter.b.group = all, expected none");
    refused(optimizer(AdamW.defaults(), parameter("a", 2, 3), parameter("c", 5)), "parameter.c.group = absent, expected all");
  }

  @Test
  void anotherScheduleOrTransformIsRefusedAndNamed() throws IOException {
    Parameter a = parameter("a", 2, 3);
    Parameter b = parameter("b", 5);
    refused(Optimizer.builder().group("all", AdamW.defaults(), List.of(a, b)).schedule(Schedules.cosine(5)).build(), "schedule = constant",
        "expected cosine");
    refused(Optimizer.builder().group("all", AdamW.defaults(), List.of(a, b)).transform(Transforms.clipGlobalNorm(1)).build(),
        "transforms = , expected clip");
  }

  @Test
  void aFileThatIsNoCheckpointIsRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsWriter().add("w", new int[] {2}, new float[2]).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file)).isInstanceOf(MalformedFileException.class)
        .hasMessageEndingWith("model.safetensors: format = null, expected curvata-checkpoint-1");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(written());
    Path cut = folder.resolve("cut.safetensors");
    for (int length = 0; length < bytes.length; length += Math.max(1, bytes.length / 200)) {
      Files.write(cut, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Checkpoint.read(cut)).as("first %d of %d bytes", length, bytes.length).isInstanceOf(MalformedFileException.class);
    }
  }

  @Test
  void aStepThatIsNoNumberIsRefused() throws IOException {
    Path file = folder.resolve("s.safetensors");
    new SafetensorsWriter().metadata("format", "curvata-checkpoint-1").metadata("step", "-4").write(file);
    assertThatThrownBy(() -> Checkpoint.read(file)).hasMessageEndingWith("step = -4, expected a whole number >= 0");
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path file = written();
    byte[] before = Files.readAllBytes(file);
    Optimizer opt = optimizer(Sgd.defaults(), parameter("a", 1));
    assertThatThrownBy(() -> Checkpoint.write(folder.resolve("missing").resolve("c.safetensors"), opt)).isInstanceOf(IOException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }
}
