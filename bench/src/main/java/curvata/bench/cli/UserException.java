package curvata.bench.cli;

/** Bad input by the user: the message is the one line shown, and the exit code is 2. */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One line: what, where, got, expected. */
  public UserException(String line) {
    super(line);
  }
}
