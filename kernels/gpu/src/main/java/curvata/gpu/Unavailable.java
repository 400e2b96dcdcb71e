package curvata.gpu;

import java.util.regex.Pattern;

/** Turns what TornadoVM throws where it cannot run into one line with the cause and the remedy. */
final class Unavailable {
  static final String NO_DEVICE = "it runs, but finds no device: install the driver's OpenCL or CUDA part (without a GPU: pocl-opencl-icd)";
  private static final String BAILOUT = "tornado.recover.bailout";
  private static final String NATIVE = "tornado.enable.nativeFunctions";
  private static final Pattern COLOR = Pattern.compile("\u001B\\[[0-9;]*m");

  private Unavailable() {}

  /** What is wrong with the JVM's flags, or null. */
  static String flags() {
    if (!off(BAILOUT)) {
      return "start the JVM with -D" + BAILOUT + "=False: otherwise a kernel that does not compile silently gives wrong results";
    }
    if (!off(NATIVE)) {
      return "start the JVM with -D" + NATIVE + "=False: otherwise roots, sines and cosines on OpenCL are of unknown accuracy";
    }
    return null;
  }

  private static boolean off(String property) {
    return "false".equalsIgnoreCase(System.getProperty(property));
  }

  /** The line for an error of the runtime. */
  static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExceptionInInitializerError || cause.getMessage() == null) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause.getMessage() == null ? "" : COLOR.matcher(cause.getMessage()).replaceAll("").lines().findFirst().orElse("").strip();
    return remedy(cause, text) + " (" + cause.getClass().getSimpleName() + (text.isEmpty() ? "" : ": " + text) + ")";
  }

  private static String remedy(Throwable cause, String text) {
    if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
      return "its classes are not there: start the JVM with @$TORNADOVM_HOME/tornado-argfile";
    }
    if (text.contains("argfile")) {
      return "its runtime is not there: start the JVM with @$TORNADOVM_HOME/tornado-argfile";
    }
    if (text.contains("JVMCI")) {
      return "JVMCI is off: start the JVM with @$TORNADOVM_HOME/tornado-argfile, without -XX:-EnableJVMCI";
    }
    if (cause instanceof UnsatisfiedLinkError) {
      return "a native library is missing: install the driver of the device that this SDK is for";
    }
    return "it cannot reach a device: install the driver's OpenCL or CUDA part (without a GPU: pocl-opencl-icd)";
  }
}
