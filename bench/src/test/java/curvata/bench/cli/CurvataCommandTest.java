package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceException;
import curvata.kernels.device.DeviceFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
}
