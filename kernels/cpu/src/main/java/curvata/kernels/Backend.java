package curvata.kernels;

import curvata.kernels.internal.Selection;

/**
 * How kernels compute in this process: plain loops or the Vector API, with the same bits.
 *
 * <p>Chosen once, when first asked for, and logged in one INFO line with the reason. {@code -Dcurvata.backend=scalar|simd} forces a choice; a
 * forced backend that is missing is an error, never a silent replacement. Both give the same bits for any vector width on CPUs with hardware fused
 * multiply-add; {@link #hardwareFma()} tells.
 */
public enum Backend {
  /** Plain Java loops: the reference, and the fallback without the incubator module. */
  SCALAR,
  /** The JDK Vector API at the machine's preferred width. */
  SIMD;

  private static final Selection SELECTED = Selection.choose(System.getProperty("curvata.backend"));

  static {
    System.Logger log = System.getLogger("curvata");
    if (SELECTED.error() == null) {
      log.log(System.Logger.Level.INFO, "curvata backend: {0} ({1})", chosen().name().toLowerCase(), SELECTED.reason());
    }
  }

  /**
   * The backend of this process.
   *
   * @throws IllegalStateException if {@code curvata.backend} names one that is unknown or missing here; the message says which flag to pass
   */
  public static Backend current() {
    if (SELECTED.error() != null) {
      throw new IllegalStateException(SELECTED.error());
    }
    return chosen();
  }

  private static Backend chosen() {
    return SELECTED.simd() ? SIMD : SCALAR;
  }

  /** Why this backend was chosen, in words. */
  public static String reason() {
    return SELECTED.reason();
  }

  /** Vector width in bits; 0 for scalar. */
  public static int vectorBits() {
    return SELECTED.bits();
  }

  /** Whether fused multiply-add is one instruction here, on which the bitwise promise rests; null where the JVM does not tell. */
  public static Boolean hardwareFma() {
    return Selection.hardwareFma();
  }
}
