package curvata.bench.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code train}. */
@Command(name = "train", mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  /** For picocli. */
  public TrainCommand() {}

  @Override
  public Integer call() {
    common.check();
    return CurvataCommand.USAGE;
  }
}
