package curvata.bench.train;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** The folder that a run writes to, and the names of its files. */
public final class RunFolder {
  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /**
   * The folder of a new run, made where it is missing and known to be writable.
   *
   * @param path null: a new folder under runs/, named by the time
   * @throws IOException if it cannot be written, or holds a run already
   */
  public static RunFolder create(Path path) throws IOException {
    RunFolder folder = new RunFolder(path == null ? unused() : path);
    if (Files.exists(folder.checkpoint())) {
      throw new IOException(folder.path + ": holds a run already, expected another folder, or --resume " + folder.path);
    }
    try {
      Files.createDirectories(folder.path);
      Files.delete(Files.createFile(temporary(folder.metrics())));
    } catch (IOException e) {
      throw new IOException(folder.path + ": cannot be written (" + reason(e) + "), expected a folder to write to", e);
    }
    return folder;
  }

  private static Path unused() {
    String name = "train-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
    Path path = Path.of("runs", name);
    for (int i = 2; Files.exists(path); i++) {
      path = Path.of("runs", name + "-" + i);
    }
    return path;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException other -> other.getFile() + " is a file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      case NoSuchFileException missing -> missing.getFile() + " cannot be made";
      case java.nio.file.FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
      default -> e.getClass().getSimpleName() + " of " + e.getMessage();
    };
  }

  /**
   * The folder of a run to continue.
   *
   * @throws IOException if there is no checkpoint in it
   */
  public static RunFolder existing(Path path) throws IOException {
    RunFolder folder = new RunFolder(path);
    if (!Files.isRegularFile(folder.checkpoint())) {
      throw new IOException(path + ": no " + folder.checkpoint().getFileName() + " in it, expected the folder of a run");
    }
    return folder;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** What a run continues from. */
  public Path checkpoint() {
    return path.resolve("checkpoint.safetensors");
  }

  /** The trained weights, for other programs. */
  public Path model() {
    return path.resolve("model.safetensors");
  }

  /** One line per evaluation. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** One line per look at the curvature. */
  public Path curvature() {
    return path.resolve("curvature.jsonl");
  }

  /** The page to look at. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** A new name beside a file; {@link Files#createTempFile} would keep other users from reading what becomes the file. */
  private static Path temporary(Path file) {
    return file.resolveSibling("." + file.getFileName() + "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".tmp");
  }

  /** Replaces a text file whole or not at all. */
  public static void write(Path file, String text) throws IOException {
    Path temporary = temporary(file);
    try {
      Files.writeString(temporary, text);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
