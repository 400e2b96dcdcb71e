package curvata.bench.cli;

import curvata.bench.verify.Report;
import curvata.bench.verify.Verification;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: replays recorded truth and compares. */
@Command(
    name = "verify",
    description = {
      "Replays recorded truth and compares: trajectories of optimizers, matrices, networks (safetensors) and learning-rate schedules (JSON).",
      "Prints a line per check: name, largest error, what is allowed there, ok, FAIL or unsupported."
    },
    footer = {
      "",
      "Everything is computed before any truth is read.",
      "With --backend gpu the device computes: trajectories of rules that it has, and muon5, polar8, degree9_4 in float32.",
      "Exit code 0: every check is ok; 1: one is FAIL or unsupported, or a device failed; 2: a file is not a recording or not well-formed, and nothing was written."
    },
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  @Mixin
  private CommonOptions common;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Recordings of any kind; what they are is read from the files.")
  private List<Path> files;

  @Option(
      names = "--dump",
      paramLabel = "DIR",
      description = {
        "Also write every computed tensor under its recorded name as F64, one safetensors file per FILE, of the same file name;",
        "x.json becomes x.safetensors, the rates of its schedule i the tensor i.name.lr. Nothing is written for a FILE of which nothing is computed."
      })
  private Path dump;

  /** For picocli. */
  public VerifyCommand() {}

  @Override
  public Integer call() throws IOException {
    common.checkWithDevice();
    Device device = common.device();
    Report report = Verification.run(files, dump, device, System.err);
    report.print(System.out);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("checks", report.json());
    if (device != Device.cpu()) {
      System.out.printf("%s: %s, %s; %d kernels run%n", device.id(), device.name(), device.backend(), report.deviceTasks());
      fields.put("device", device.name());
      fields.put("deviceBackend", device.backend());
      fields.put("deviceTasks", report.deviceTasks());
    }
    common.write("verify", report.ok(), fields);
    return report.ok() ? CurvataCommand.OK : CurvataCommand.FAILED;
  }
}
