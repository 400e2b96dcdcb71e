package curvata.kernels.device;

/**
 * One thread's use of a device: its buffers and its programs.
 *
 * <p>Buffers and programs are declared first; the first {@link Program#run} freezes the session, compiles and uploads. It belongs to the thread that
 * opened it; several sessions on several threads are fine. Closing it frees its memory on the device.
 */
public interface Session extends AutoCloseable {
  /** The device. */
  Device device();

  /**
   * A buffer that stays on the device; zeros.
   *
   * @throws IllegalStateException if the session is frozen or closed
   * @throws IllegalArgumentException if the name is taken or the size negative
   */
  DeviceBuffer buffer(String name, DeviceBuffer.Kind kind, int size);

  /**
   * A buffer that the host fills again and again: gradients, a batch, labels. Where one program alone uses it, it travels with every run of that
   * program; otherwise by itself, before a run and only after it was written.
   *
   * @throws IllegalStateException if the session is frozen or closed
   * @throws IllegalArgumentException if the name is taken or the size negative
   */
  DeviceBuffer input(String name, DeviceBuffer.Kind kind, int size);

  /**
   * A new program.
   *
   * @throws IllegalStateException if the session is frozen or closed
   * @throws IllegalArgumentException if the name is taken
   */
  Program program(String name);

  /** Bytes that the buffers take on the device. */
  long bytes();

  /** Plan executions so far. */
  long executions();

  /** Kernels that the device ran so far. */
  long tasks();

  /** Frees the device's memory; closing twice does nothing. */
  @Override
  void close();
}
