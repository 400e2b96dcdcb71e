package curvata.bench.cli;

import curvata.bench.Version;
import curvata.kernels.Backend;
import curvata.kernels.Threads;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.DeviceFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole: its commands, and how errors become one line and an exit code. */
@Command(
    name = "curvata",
    description = "Fused optimizer updates, Newton-Schulz and matrix-free curvature in pure Java.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {TrainCommand.class, VerifyCommand.class, SpectrumCommand.class, OrthogonalizeCommand.class, DevicesCommand.class,
      BenchCommand.class},
    footer = {"", "Each command has --help. Start with: ./curvata train"})
public final class CurvataCommand implements Runnable {
  /** Done, and all checks hold. */
  public static final int OK = 0;
  /** A check failed or was unsupported, or a device failed at work. */
  public static final int FAILED = 1;
  /** Bad usage or bad input; also a device that is not there, or has no twin of what is asked for. */
  public static final int USAGE = 2;

  private static final Set<Class<?>> CPU_ONLY = Set.of(SpectrumCommand.class); // refuse --backend gpu

  /** For picocli. */
  public CurvataCommand() {}

  /** Runs the command that the arguments name and returns its exit code. */
  public static int run(String... args) {
    CommandLine line = new CommandLine(new CurvataCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionStrategy(CurvataCommand::execute);
    line.setParameterExceptionHandler(CurvataCommand::usageError);
    line.setExecutionExceptionHandler(CurvataCommand::executionError);
    return line.execute(args);
  }

  /** Checks what every command stands on before it starts: a forced backend that is missing is known before anything is written. */
  private static int execute(ParseResult parsed) {
    if (CommandLine.printHelpIfRequested(parsed)) {
      return OK;
    }
    String unknown = unknownBackend(parsed);
    if (unknown != null) {
      return complain(parsed.commandSpec().commandLine(), unknown);
    }
    try {
      Backend.current();
      Threads.count();
    } catch (IllegalStateException e) {
      return complain(parsed.commandSpec().commandLine(), e.getMessage());
    } catch (ExceptionInInitializerError e) {
      return complain(parsed.commandSpec().commandLine(), e.getCause().getMessage());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** The line for a --backend that is none, with those that the command takes; else null. */
  private static String unknownBackend(ParseResult parsed) {
    ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    String backend = command.matchedOptionValue("--backend", null);
    if (backend == null || backend.equals("scalar") || backend.equals("simd") || backend.startsWith("gpu")) {
      return null;
    }
    boolean device = !CPU_ONLY.contains(command.commandSpec().userObject().getClass());
    return "--backend " + backend + ": expected scalar" + (device ? ", simd or gpu" : " or simd");
  }

  private static int usageError(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    List<String> near = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    String meant = near.isEmpty() ? "" : ", did you mean " + String.join(", ", near) + "?";
    return complain(command, e.getMessage() + meant + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
  }

  static int executionError(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof DeviceFailedException) {
      complain(command, e.getMessage());
      return FAILED;
    }
    if (e instanceof UserException || e instanceof IllegalArgumentException || e instanceof DeviceException) {
      return complain(command, e.getMessage());
    }
    if (e instanceof UncheckedIOException unchecked) {
      return complain(command, ioMessage(unchecked.getCause()));
    }
    if (e instanceof IOException io) {
      return complain(command, ioMessage(io));
    }
    e.printStackTrace(command.getErr());
    return complain(command, "internal error: " + e);
  }

  /** File system exceptions say little more than a path; the class says what happened to it. */
  private static String ioMessage(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> missing.getFile() + ": no such file";
      case java.nio.file.AccessDeniedException denied -> denied.getFile() + ": access denied";
      case java.nio.file.FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
      default -> e.getMessage();
    };
  }

  private static int complain(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println("curvata: " + message);
    err.flush();
    return USAGE;
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
