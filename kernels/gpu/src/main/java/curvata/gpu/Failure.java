package curvata.gpu;

import curvata.kernels.device.DeviceFailedException;
import uk.ac.manchester.tornado.api.exceptions.TornadoMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

/** What TornadoVM throws, as one line. */
final class Failure {
  private static final String SWALLOWED = "Recover option disabled"; // what TornadoVM says instead of the cause
  private static final String BYTECODES = "tornado.tvm.maxbytecodesize";

  private Failure() {}

  static boolean outOfMemory(Throwable thrown) {
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      if (e instanceof TornadoOutOfMemoryException || e instanceof TornadoMemoryException || String.valueOf(e.getMessage()).contains("OutOfMemory")) {
        return true;
      }
    }
    return false;
  }

  static DeviceFailedException of(String what, Throwable thrown) {
    String text = thrown.getMessage() == null ? thrown.getClass().getName() : thrown.getMessage().lines().findFirst().orElse("").strip();
    String cause = text.contains(SWALLOWED) ? " (a kernel that does not compile, or more kernels than -D" + BYTECODES + " has room for)" : "";
    return new DeviceFailedException(what + " failed on the device: " + text + cause, thrown);
  }
}
