package curvata.kernels.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The devices of this process: the CPU, and those of every {@link DeviceProvider} on the class or module path. */
public final class Devices {
  private static final String ABSENT =
      "the module curvata-kernels-gpu is not there: set TORNADOVM_HOME to a TornadoVM SDK, build again and start with its tornado-argfile";
  private static final String MISSING = "curvata.device.missing"; // what a launcher found out, who knows better

  private Devices() {}

  /** Looked for once, when first asked. */
  private static final class Found {
    static final List<Device> DEVICES = new ArrayList<>();
    static final List<String> REASONS = new ArrayList<>();

    static {
      DEVICES.add(Device.cpu());
      try {
        for (DeviceProvider provider : ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader())) {
          DEVICES.addAll(provider.devices());
          if (provider.reason() != null) {
            REASONS.add(provider.name() + ": " + provider.reason());
          }
        }
      } catch (ServiceConfigurationError e) {
        REASONS.add("a device module cannot be loaded: " + e.getMessage());
      }
      String missing = System.getProperty(MISSING);
      if (DEVICES.size() == 1 && (REASONS.isEmpty() || missing != null)) {
        REASONS.clear();
        REASONS.add(missing == null ? ABSENT : missing);
      }
    }
  }

  /** All devices, the CPU first. */
  public static List<Device> all() {
    return List.copyOf(Found.DEVICES);
  }

  /** Why there are no others, or not more of them: one line for each kind; empty where nothing is missing. */
  public static List<String> reasons() {
    return List.copyOf(Found.REASONS);
  }

  /**
   * A device by its id; {@code gpu} stands for the first that is not the CPU.
   *
   * @throws DeviceException if there is none such; the line says which there are, or why there are none
   */
  public static Device find(String id) {
    for (Device device : Found.DEVICES) {
      if (device.id().equals(id) || (id.equals("gpu") && device != Device.cpu())) {
        return device;
      }
    }
    String why = Found.REASONS.isEmpty() ? "" : "; " + String.join("; ", Found.REASONS);
    throw new DeviceException("device = \"" + id + "\", expected one of " + Found.DEVICES.stream().map(Device::id).toList() + why);
  }
}
