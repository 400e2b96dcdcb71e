package curvata.gpu.command;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.cli.CurvataCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command says where a device cannot do what is asked: one line, no trace; 1 where it failed at work, 2 where it was asked for wrongly. */
class CommandFailuresTest {
  private static final String DEVICE = "curvata.device";
  private static final String LIMIT = "tornado.device.memory";

  @TempDir
  Path folder;

  private String limit;

  @BeforeEach
  void asTheLauncherDoes() {
    limit = System.getProperty(LIMIT);
    System.setProperty(DEVICE, "gpu");
  }

  @AfterEach
  void restore() {
    System.clearProperty(DEVICE);
    if (limit == null) {
      System.clearProperty(LIMIT);
    } else {
      System.setProperty(LIMIT, limit);
    }
  }

  private String fails(int code, String... arguments) {
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(CurvataCommand.run(arguments)).isEqualTo(code);
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
    List<String> lines = err.toString(StandardCharsets.UTF_8).lines().filter(l -> !l.contains("Backend <clinit>") && !l.startsWith("INFO")).toList();
    assertThat(lines).singleElement();
    return lines.getFirst();
  }

  @Test
  void tooLittleMemory() {
    System.setProperty(LIMIT, "64KB");
    String line = fails(CurvataCommand.FAILED, "train", "--backend", "gpu", "--steps", "2", "--curvature-every", "none", "--out",
        folder.resolve("run").toString());
    assertThat(line).startsWith("curvata: gpu:0").contains("bytes needed for").contains("expected at most 65536").contains("-D" + LIMIT);
    assertThat(fails(CurvataCommand.FAILED, "bench", "--backend", "gpu", "--kernels", "sgd", "--rounds", "3")).contains("bytes needed for");
  }

  @Test
  void aDeviceThatIsNotThere() {
    System.setProperty(DEVICE, "gpu:9");
    assertThat(fails(CurvataCommand.USAGE, "train", "--backend", "gpu:9"))
        .startsWith("curvata: --backend device = \"gpu:9\", expected one of [cpu, gpu:0");
  }

  @Test
  void whatADeviceDoesNotHave() {
    assertThat(fails(CurvataCommand.USAGE, "train", "--backend", "gpu", "--optimizer", "muon:method=aol4", "--out", folder.resolve("run").toString()))
        .contains("has no twin for devices");
    assertThat(fails(CurvataCommand.USAGE, "bench", "--backend", "gpu", "--blas", "libblas.so"))
        .contains("--blas: is about products of the processor");
  }
}
