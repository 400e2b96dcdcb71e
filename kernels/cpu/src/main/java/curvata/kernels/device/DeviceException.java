package curvata.kernels.device;

/** A device that is not there, cannot do what is asked of it, or {@linkplain DeviceFailedException failed}: one line with the cause and the remedy. */
public sealed class DeviceException extends RuntimeException permits DeviceFailedException {
  private static final long serialVersionUID = 1L;

  /** With the line to show. */
  public DeviceException(String message) {
    super(message);
  }

  /** With the line to show and what led to it. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
