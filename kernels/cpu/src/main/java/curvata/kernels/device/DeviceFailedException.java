package curvata.kernels.device;

/** A device that failed at work: not enough memory, or a kernel that did not run. What was asked for was right, and may succeed at another time. */
public final class DeviceFailedException extends DeviceException {
  private static final long serialVersionUID = 1L;

  /** With the line to show. */
  public DeviceFailedException(String message) {
    super(message);
  }

  /** With the line to show and what led to it. */
  public DeviceFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
