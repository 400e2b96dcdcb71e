package curvata.optim.io;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file is not what its format demands.
 *
 * <p>The message is one line, {@code path: what, got, expected}; nothing of the file has been handed out when it is thrown.
 */
public final class MalformedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * The message is {@code file: problem}.
   *
   * @param file the offending file, as the caller named it
   * @param problem one line: what is wrong, what was there, what was expected
   */
  public MalformedFileException(Path file, String problem) {
    super(file + ": " + problem);
  }
}
