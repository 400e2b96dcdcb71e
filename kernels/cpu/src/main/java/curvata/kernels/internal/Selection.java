package curvata.kernels.internal;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Whether vectors or plain loops serve in this JVM, with the reason.
 *
 * @param simd whether the Vector API serves; false where a forced backend is missing
 * @param reason why, in words for a log line
 * @param error the one line to show where a forced backend is missing, else null
 * @param bits vector width in bits, 0 for scalar
 */
public record Selection(boolean simd, String reason, String error, int bits) {
  private static final String FLAG = "--add-modules jdk.incubator.vector";

  /** Chooses for this JVM; {@code forced} is the value of {@code curvata.backend} or null. */
  public static Selection choose(String forced) {
    if (forced != null && !forced.equalsIgnoreCase("scalar") && !forced.equalsIgnoreCase("simd")) {
      return missing("curvata.backend = " + forced + ", expected scalar or simd");
    }
    if ("scalar".equalsIgnoreCase(forced)) {
      return new Selection(false, "forced by curvata.backend", null, 0);
    }
    String obstacle = obstacle();
    if (obstacle == null) {
      int bits = Species.F.vectorBitSize();
      String reason = bits + "-bit vectors" + (forced == null ? "" : ", forced by curvata.backend");
      return new Selection(true, reason, null, bits);
    }
    if (forced != null) {
      return missing("curvata.backend = simd, but " + obstacle);
    }
    return new Selection(false, obstacle, null, 0);
  }

  private static Selection missing(String error) {
    return new Selection(false, error, error, 0);
  }

  /** Why the Vector API cannot serve here, or null. Without C2 its loops would be far slower than scalar code. */
  private static String obstacle() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return "the Vector API is not in this JVM: start it with " + FLAG;
    }
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted") || mode.contains("emulated-client")) {
      return "the JVM runs without its optimizing compiler (" + mode + "): remove -Xint or -XX:TieredStopAtLevel";
    }
    if (Species.F.vectorBitSize() < 128) {
      return "the preferred vector has " + Species.F.vectorBitSize() + " bits, expected >= 128: remove -XX:MaxVectorSize";
    }
    return null;
  }

  /** Whether {@code Math.fma} is one instruction here; null where the JVM does not tell. */
  public static Boolean hardwareFma() {
    try {
      return Fma.ask();
    } catch (LinkageError | RuntimeException unknown) {
      return null; // module jdk.management absent, or not a HotSpot JVM
    }
  }

  /** Own class: links the management bean only when asked. */
  private static final class Fma {
    static Boolean ask() {
      var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Boolean.valueOf(bean.getVMOption("UseFMA").getValue());
    }
  }
}
