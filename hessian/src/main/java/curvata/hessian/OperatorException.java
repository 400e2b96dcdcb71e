package curvata.hessian;

/** An operator broke its contract: a product that is not finite or not complete, an input that changed, a matrix that is not symmetric. */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An exception whose message says what, where, and what was expected. */
  public OperatorException(String message) {
    super(message);
  }

  /** The same, where the operator threw. */
  public OperatorException(String message, Throwable cause) {
    super(message, cause);
  }
}
