package curvata.optim;

import curvata.kernels.device.DeviceBuffer;

/** Where an optimizer's tensors are on its device. */
public interface DeviceTensors {
  /**
   * The values of a parameter.
   *
   * @throws IllegalArgumentException if there is no such parameter
   */
  DeviceBuffer value(String parameter);

  /**
   * The gradient of a parameter.
   *
   * @throws IllegalArgumentException if there is no such parameter
   */
  DeviceBuffer grad(String parameter);
}
