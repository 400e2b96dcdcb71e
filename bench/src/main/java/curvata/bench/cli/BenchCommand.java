package curvata.bench.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench}. */
@Command(name = "bench", mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  /** For picocli. */
  public BenchCommand() {}

  @Override
  public Integer call() {
    common.check();
    return CurvataCommand.USAGE;
  }
}
