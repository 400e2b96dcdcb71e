package curvata.gpu;

import curvata.kernels.device.Device;
import curvata.kernels.device.Session;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/** A device that TornadoVM reaches. */
final class GpuDevice implements Device {
  private static final String UNITS = "KMGTPE"; // of 2¹⁰, 2²⁰, … bytes
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(?:([" + UNITS + "])?B)?");

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
    return Math.min(owned(), limit());
  }

  @Override
  public boolean onProcessor() {
    return device.getDeviceType() == TornadoDeviceType.CPU;
  }

  /** Why it is no more: the smaller of the two limits. */
  String reason() {
    return limit() < owned() ? "TornadoVM takes what -Dtornado.device.memory allows, as 16GB (4GB where it is not set)" : "the device has no more";
  }

  private long owned() {
    return device.getPhysicalDevice().getDeviceGlobalMemorySize();
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

  /** What TornadoVM may take: -Dtornado.device.memory, 4 GB where it is not set; TornadoVM itself refuses to start with what is not such a size. */
  static long limit() {
    Matcher size = SIZE.matcher(System.getProperty("tornado.device.memory", "4GB").strip().toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      return Long.MAX_VALUE;
    }
    long number = Long.parseLong(size.group(1));
    long unit = size.group(2) == null ? 1 : 1L << 10 * (1 + UNITS.indexOf(size.group(2)));
    return number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit;
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
