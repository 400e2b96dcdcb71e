package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceException;
import curvata.kernels.device.DeviceFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** How errors become one line and an exit code. */
class CurvataCommandTest {
  private String err;

  private int code(Exception thrown) {
    StringWriter text = new StringWriter();
    CommandLine command = new CommandLine(new CurvataCommand()).setErr(new PrintWriter(text));
    int code = CurvataCommand.executionError(thrown, command, null);
    err = text.toString();
    return code;
  }

  @Test
  void aDeviceThatFailsAtWorkIsNotTheUsersError() {
    assertThat(code(new DeviceFailedException("gpu:0: 8 bytes needed", new IllegalStateException("inside")))).isEqualTo(CurvataCommand.FAILED);
    assertThat(err).isEqualTo("curvata: gpu:0: 8 bytes needed" + System.lineSeparator());
  }

  @Test
  void whatWasAskedForWronglyIs() {
    for (Exception e : new Exception[] {
      new DeviceException("asked for wrongly"), new UserException("asked for wrongly"), new IllegalArgumentException("asked for wrongly"),
      new IOException("asked for wrongly"), new UncheckedIOException(new IOException("asked for wrongly"))}) {
      assertThat(code(e)).as("%s", e).isEqualTo(CurvataCommand.USAGE);
      assertThat(err).isEqualTo("curvata: asked for wrongly" + System.lineSeparator());
    }
  }

  private String refused(String... arguments) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      assertThat(CurvataCommand.run(arguments)).isEqualTo(CurvataCommand.USAGE);
    } finally {
      System.setErr(stderr);
    }
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().filter(l -> l.startsWith("curvata: ")).toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  /** The line for a backend that is none lists what the command takes: those that refuse a device do not name it. */
  @Test
  void anUnknownBackendIsRefusedWithThoseThatTheCommandTakes() {
    for (String backend : new String[] {"cuda", "cpu", "SIMD"}) {
      assertThat(refused("train", "--backend", backend)).isEqualTo("curvata: --backend " + backend + ": expected scalar, simd or gpu");
      assertThat(refused("bench", "--backend=" + backend)).isEqualTo("curvata: --backend " + backend + ": expected scalar, simd or gpu");
    }
    String[] spectrum = {"spectrum", "--matrix", "none.safetensors:A", "--backend"};
    for (String backend : new String[] {"cuda", "gpu"}) {
      String[] arguments = Arrays.copyOf(spectrum, spectrum.length + 1);
      arguments[spectrum.length] = backend;
      assertThat(refused(arguments)).startsWith("curvata: --backend " + backend + ": ").endsWith("expected scalar or simd");
    }
  }
}
