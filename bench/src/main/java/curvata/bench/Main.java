package curvata.bench;

import curvata.bench.cli.CurvataCommand;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The entry point of {@code ./curvata}: exit 0 = done and all checks hold, 1 = a check failed or was unsupported, 2 = bad usage or bad input. */
public final class Main {
  private static final Logger LIBRARY = Logger.getLogger("curvata"); // kept, so that its level is

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    LIBRARY.setLevel(Level.WARNING); // every report names the backend; the library's INFO line would only repeat it
    System.exit(CurvataCommand.run(args));
  }
}
