package curvata.gpu;

import curvata.kernels.device.Device;
import curvata.kernels.device.Session;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** A device that TornadoVM reaches. */
final class GpuDevice implements Device {
  final TornadoDevice device;
  private final String id;
  private final AtomicLong taken = new AtomicLong(); // bytes, by sessions of this process

  GpuDevice(String id, TornadoDevice device) {
    this.id = id;
    this.device = device;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    return device.getPhysicalDevice().getDeviceName().strip();
  }

  @Override
  public String backend() {
    return device.getTornadoVMBackend().toString();
  }

  /** The smaller of what the device has and what TornadoVM may take. */
  @Override
  public long memory() {
    return Math.min(device.getPhysicalDevice().getDeviceGlobalMemorySize(), limit());
  }

  /** Bytes of this device that sessions of this process hold. */
  long taken() {
    return taken.get();
  }

  /** Bytes of one buffer, at most one less than this. */
  long largest() {
    return device.getPhysicalDevice().getDeviceMaxAllocationSize();
  }

  /** Sets bytes aside; whether there are so many. */
  boolean take(long bytes) {
    long most = memory() - bytes;
    return taken.getAndUpdate(t -> t <= most ? t + bytes : t) <= most;
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** What TornadoVM may take: -Dtornado.device.memory, 4 GB where it is not set. */
  static long limit() {
    String text = System.getProperty("tornado.device.memory", "4GB").strip().toUpperCase(Locale.ROOT);
    long unit = text.endsWith("GB") ? 1L << 30 : text.endsWith("MB") ? 1L << 20 : text.endsWith("KB") ? 1L << 10 : 1;
    String number = text.replaceAll("[A-Z]+$", "");
    return number.matches("[0-9]{1,9}") ? Long.parseLong(number) * unit : Long.MAX_VALUE;
  }

  @Override
  public List<String> kernels() {
    return Twins.names();
  }

  @Override
  public Session open() {
    return new TornadoSession(this);
  }

  @Override
  public String toString() {
    return id;
  }
}
