package curvata.gpu.command;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.verify.Check;
import curvata.bench.verify.Report;
import curvata.bench.verify.Verification;
import curvata.kernels.device.Device;
import curvata.kernels.device.Devices;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code verify --backend gpu} on the recordings that bench's tests keep. */
class VerifyOnDeviceTest {
  private static final Path GOLDENS = Path.of(System.getProperty("basedir", ".")).resolve("../../bench/src/test/resources/goldens");
  private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());
  private static final List<String> TWINS =
      List.of("adagrad-", "adahessian-", "adam-", "adamw-", "amsgrad-", "lamb-", "lion-", "muon-", "sgd-", "sophiag-");

  private static Report verify(List<Path> files) throws IOException {
    Device device = Devices.find("gpu");
    Report report = Verification.run(files, null, device, SILENT);
    assertThat(report.checks().stream().filter(c -> c.status() != Check.Status.OK)).isEmpty();
    return report;
  }

  @Test
  void trajectoriesOfRulesWithTwinsHold() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(GOLDENS)) {
      files = all.filter(f -> TWINS.stream().anyMatch(t -> f.getFileName().toString().startsWith(t))).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(10);
    Report report = verify(files);
    assertThat(report.deviceTasks()).as("at least the update of each of ten steps of every file").isGreaterThan(10L * files.size());
  }

  @Test
  void orthogonalizationsHold() throws IOException {
    Report report = verify(List.of(GOLDENS.resolve("newton-schulz/orthogonalization.safetensors")));
    assertThat(report.checks().stream().map(Check::name)).anyMatch(n -> n.endsWith(".muon5.f32")).anyMatch(n -> n.endsWith(".degree9_4.f32"))
        .allMatch(n -> n.endsWith(".f32"));
    assertThat(report.deviceTasks()).isPositive();
  }

  @Test
  void whatADeviceDoesNotComputeIsUnsupported() throws IOException {
    Report report = Verification.run(List.of(GOLDENS.resolve("schedules.json")), null, Devices.find("gpu"), SILENT);
    assertThat(report.ok()).isFalse();
    assertThat(report.checks()).singleElement().satisfies(c -> {
      assertThat(c.status()).isEqualTo(Check.Status.UNSUPPORTED);
      assertThat(c.note()).contains("not computed on devices");
    });
  }
}
