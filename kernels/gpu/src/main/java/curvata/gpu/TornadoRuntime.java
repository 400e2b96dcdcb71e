package curvata.gpu;

import curvata.kernels.device.Device;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoDeviceMap;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** The one place that starts TornadoVM. */
final class TornadoRuntime {
  private TornadoRuntime() {}

  /** All devices of all backends, in TornadoVM's order. */
  static List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    for (TornadoBackend backend : new TornadoDeviceMap().getAllBackends()) {
      for (TornadoDevice device : backend.getAllDevices()) {
        devices.add(new GpuDevice("gpu:" + devices.size(), device));
      }
    }
    return List.copyOf(devices);
  }
}
