package curvata.kernels.device;

import java.util.List;

/**
 * Where kernels run: the CPU, in place on the caller's arrays, or a device with memory of its own.
 *
 * <p>A device's work is recorded, not eager: a {@link Session} holds buffers and programs, a {@link Program} is recorded once and run many times.
 * Devices are found by {@link Devices}.
 */
public interface Device {
  /** What {@link Devices#find} finds it by, such as {@code gpu:0}; {@code cpu} for the CPU. */
  String id();

  /** The name that the maker gave it. */
  String name();

  /** The software that drives it, such as {@code OpenCL}. */
  String backend();

  /** Bytes of memory that a session can use; for the CPU what the heap may grow to. */
  long memory();

  /** Whether it computes on the processor of this machine, as OpenCL without a GPU does: then big products take long. */
  default boolean onProcessor() {
    return false;
  }

  /** Names of the element-wise kernels that this device has a twin of, in alphabetical order. */
  List<String> kernels();

  /**
   * A new session of this thread.
   *
   * @throws DeviceException if the device cannot be opened
   */
  Session open();

  /** The CPU: no sessions, kernels are called directly. */
  static Device cpu() {
    return Cpu.DEVICE;
  }
}
