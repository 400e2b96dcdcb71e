package curvata.kernels.internal;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** How many vector registers a micro-kernel may fill; a matter of speed only. */
public final class Registers {
  /** 32, or 16 where the processor has no more or the JVM does not tell. */
  public static final int COUNT = count();

  private Registers() {}

  private static int count() {
    if (Species.F.vectorBitSize() == 512 || System.getProperty("os.arch").equals("aarch64")) {
      return 32;
    }
    try {
      return Avx.level() >= 3 ? 32 : 16;
    } catch (LinkageError | RuntimeException unknown) {
      return 16; // module jdk.management absent, not a HotSpot JVM, or another architecture
    }
  }

  /** Own class: links the management bean only when asked. */
  private static final class Avx {
    /** 3 where narrower vectors, too, have the registers of AVX-512. */
    static int level() {
      var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Integer.parseInt(bean.getVMOption("UseAVX").getValue());
    }
  }
}
