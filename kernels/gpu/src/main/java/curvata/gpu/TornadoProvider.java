package curvata.gpu;

import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceProvider;
import java.util.List;

/**
 * The devices of TornadoVM, or why there are none.
 *
 * <p>No type of TornadoVM is in this class, so that it loads everywhere; the runtime is opened once, when first asked, and whatever goes wrong is kept as
 * the reason.
 */
public final class TornadoProvider implements DeviceProvider {
  /** For {@link java.util.ServiceLoader}. */
  public TornadoProvider() {}

  private static final class Answer {
    static final List<Device> DEVICES;
    static final String REASON;

    static {
      List<Device> devices = List.of();
      String reason = Unavailable.flags();
      if (reason == null) {
        try {
          devices = TornadoRuntime.devices();
          reason = devices.isEmpty() ? Unavailable.NO_DEVICE : null;
        } catch (Throwable e) { // a missing jar, library, platform or JVM flag: each throws something else, and all mean "not here"
          reason = Unavailable.reason(e);
        }
      }
      DEVICES = devices;
      REASON = reason;
    }
  }

  @Override
  public String name() {
    return "TornadoVM";
  }

  @Override
  public List<Device> devices() {
    return Answer.DEVICES;
  }

  @Override
  public String reason() {
    return Answer.REASON;
  }
}
