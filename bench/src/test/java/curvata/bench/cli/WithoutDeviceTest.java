package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Without the GPU module, as on this class path: one line says so, and what to do; everything else works. */
class WithoutDeviceTest {
  private String out;
  private String err;

  private int run(String... arguments) {
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      return CurvataCommand.run(arguments);
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
      out = outBytes.toString(StandardCharsets.UTF_8);
      err = errBytes.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void devicesSaysWhatToDo() {
    assertThat(run("devices")).isEqualTo(CurvataCommand.OK);
    assertThat(out.lines().filter(l -> l.startsWith("gpu"))).singleElement().asString().contains("none: ").contains("TORNADOVM_HOME");
  }

  @Test
  void commandsThatAskForOneSayWhatToDo() {
    System.setProperty("curvata.device", "gpu"); // as the launcher does
    try {
      for (List<String> command : List.of(List.of("train"), List.of("bench"), List.of("verify", "none.safetensors"))) {
        List<String> arguments = new java.util.ArrayList<>(command);
        arguments.addAll(List.of("--backend", "gpu"));
        assertThat(run(arguments.toArray(String[]::new))).as("%s", command).isEqualTo(CurvataCommand.USAGE);
        assertThat(err.lines().filter(l -> l.startsWith("curvata:"))).as(err).singleElement().asString().contains("expected one of [cpu]")
            .contains("TORNADOVM_HOME");
        assertThat(out).isEmpty();
      }
    } finally {
      System.clearProperty("curvata.device");
    }
  }
}
