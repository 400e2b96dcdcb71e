package curvata.bench.cli;

import curvata.bench.verify.Report;
import curvata.bench.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
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
      "Exit code 0: every check is ok; 1: one is FAIL or unsupported; 2: a file is not a recording or not well-formed, and nothing was written."
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
    common.check();
    Report report = Verification.run(files, dump, System.err);
    report.print(System.out);
    common.write("verify", report.ok(), Map.of("checks", report.json()));
    return report.ok() ? CurvataCommand.OK : CurvataCommand.FAILED;
  }
}
