package curvata.kernels.device;

import curvata.kernels.Backend;
import java.util.List;

/** The CPU as a device. */
final class Cpu implements Device {
  static final Device DEVICE = new Cpu();

  private Cpu() {}

  @Override
  public String id() {
    return "cpu";
  }

  @Override
  public String name() {
    return System.getProperty("os.arch");
  }

  @Override
  public String backend() {
    return Backend.current().name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public long memory() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public boolean onProcessor() {
    return true;
  }

  @Override
  public List<String> kernels() {
    return List.of();
  }

  @Override
  public Session open() {
    throw new DeviceException("the CPU has no sessions, expected kernels to be called directly");
  }

  @Override
  public String toString() {
    return id();
  }
}
