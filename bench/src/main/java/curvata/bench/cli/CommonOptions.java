package curvata.bench.cli;

import curvata.bench.Environment;
import curvata.bench.Version;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** The options that every command has, and the JSON object that every command can write. */
public final class CommonOptions {
  @Option(names = "--json", paramLabel = "FILE", description = "Also write the result as one JSON object.")
  Path json;

  @Option(names = "--backend", paramLabel = "NAME", description = "scalar, simd or gpu; default: simd where the machine has it.")
  String backend;

  @Option(names = "--threads", paramLabel = "N", description = "Number of threads; default: all processors. Results do not depend on it.")
  String threads;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of everything random; default: ${DEFAULT-VALUE}.")
  long seed;

  private final long started = System.nanoTime();

  /** For picocli. */
  public CommonOptions() {}

  /** The seed. */
  public long seed() {
    return seed;
  }

  /**
   * Refuses options that the launcher turns into JVM flags where they did not arrive there; for commands that run on the CPU.
   *
   * @throws UserException if --backend or --threads differ from what this process runs with, or --backend names a device
   */
  public void check() {
    if (onDevice()) {
      throw new UserException("--backend " + backend + ": this command runs on the CPU, expected scalar or simd");
    }
    checkWithDevice();
  }

  /**
   * As {@link #check}, for commands that also run on devices.
   *
   * @throws UserException if --backend or --threads differ from what this process runs with, or a device is asked for and not there: why, and what to do
   */
  public void checkWithDevice() {
    agrees("--backend", backend, onDevice() ? "curvata.device" : "curvata.backend");
    device();
    agrees("--threads", threads, "curvata.threads");
    if (json != null
        && (Files.isDirectory(json) || (json.toAbsolutePath().getParent() != null && !Files.isDirectory(json.toAbsolutePath().getParent())))) {
      throw new UserException("--json " + json + ": expected a file in a folder that exists");
    }
  }

  private boolean onDevice() {
    return backend != null && backend.startsWith("gpu");
  }

  /**
   * The device of --backend gpu; else the CPU.
   *
   * @throws UserException if it is not there
   */
  public Device device() {
    try {
      return onDevice() ? Devices.find(backend) : Device.cpu();
    } catch (DeviceException e) {
      throw new UserException("--backend " + e.getMessage());
    }
  }

  private static void agrees(String option, String value, String property) {
    if (value != null && !value.equals(System.getProperty(property))) {
      throw new UserException(
          option + " " + value + " did not reach the JVM, expected -D" + property + "=" + value + " (the launcher ./curvata sets it)");
    }
  }

  /** Seconds since the options were read. */
  public double seconds() {
    return (System.nanoTime() - started) * 1e-9;
  }

  /**
   * Writes the JSON object if it was asked for: command, ok, version, environment, seconds, then the command's own fields.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(String command, boolean ok, Map<String, ?> fields) throws IOException {
    if (json == null) {
      return;
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("command", command);
    object.put("ok", ok);
    object.put("version", Version.text());
    object.put("environment", Environment.describe());
    object.put("seconds", seconds());
    object.putAll(fields);
    Files.writeString(json, JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n");
  }
}
