package curvata.bench.verify;

/** A well-formed recording that the library cannot reproduce: the message names what it cannot. */
final class UnsupportedException extends Exception {
  private static final long serialVersionUID = 1L;

  UnsupportedException(String what) {
    super(what);
  }
}
