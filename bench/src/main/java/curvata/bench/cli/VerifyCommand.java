package curvata.bench.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code verify}. */
@Command(name = "verify", mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  /** For picocli. */
  public VerifyCommand() {}

  @Override
  public Integer call() {
    common.check();
    return CurvataCommand.USAGE;
  }
}
