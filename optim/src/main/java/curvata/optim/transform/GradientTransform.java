package curvata.optim.transform;

import curvata.kernels.device.DeviceException;

/**
 * Changes the gradients of a step in place before any rule sees them.
 *
 * <p>Transforms run in the order they were added, each over all parameters of the optimizer.
 */
public interface GradientTransform {
  /** The gradients of all parameters, as far as a transform may touch them. */
  interface Gradients {
    /** Σ g² over all parameters, in double. */
    double sumOfSquares();

    /** g ← factor · g for all parameters, the factor rounded to float once. */
    void scale(double factor);
  }

  /** The gradients of all parameters where a device computes them: what can be recorded there, for every step alike. */
  interface OnDevice {
    /** g ← c g for all parameters, c = {@link curvata.kernels.update.Scale#clip}(Σ g², norm), measured and used on the device. */
    void clip(double norm);
  }

  /** Applies the transform. */
  void apply(Gradients gradients);

  /**
   * Records the transform for gradients that never leave a device.
   *
   * @throws DeviceException if it can be applied on the host only, as all can that do not override this
   */
  default void record(OnDevice gradients) {
    throw new DeviceException("transform " + this + " is the host's alone, expected one that can be recorded where a device computes the gradients");
  }
}
