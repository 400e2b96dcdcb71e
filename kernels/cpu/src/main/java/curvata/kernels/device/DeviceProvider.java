package curvata.kernels.device;

import java.util.List;

/**
 * Finds the devices of one kind of software; the service that a device module provides.
 *
 * <p>Asking must be safe everywhere: no method throws, whatever is missing, and nothing heavy is loaded before the first question. The answers are
 * found once and kept.
 */
public interface DeviceProvider {
  /** The software's name. */
  String name();

  /** The devices that can be opened; empty where there are none. */
  List<Device> devices();

  /** Why there are none and what to do about it, in one line; null where there are some. */
  String reason();
}
