package curvata.optim;

import curvata.kernels.device.Program;
import curvata.kernels.device.Session;

/**
 * Computes gradients on the device, in the same execution as the update: forward and backward pass, recorded once.
 *
 * <p>Without one, gradients travel from the parameters' arrays in every step.
 */
public interface DeviceGradients {
  /** Declares buffers, inputs and further programs, such as one that evaluates; called when the session opens, and again should it be opened anew. */
  void prepare(Session session, DeviceTensors tensors);

  /** Records what writes every gradient; called for each program that steps (rules with several kernels have several). */
  void record(Program step, DeviceTensors tensors);
}
