package curvata.gpu;

import curvata.kernels.device.Devices;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.Sgd;
import java.util.List;

/** What a process sees that may or may not have devices: their ids, the reasons, and that the CPU works all the same. */
final class Probe {
  private Probe() {}

  /** Prints three lines. */
  public static void main(String[] args) {
    System.out.println("devices " + Devices.all());
    System.out.println("reasons " + Devices.reasons());
    float[] x = {1f};
    try (Optimizer opt = Optimizer.builder().group("x", Sgd.defaults().withLr(0.5), List.of(Parameter.of("x", x, new float[] {1f}, 1))).build()) {
      opt.step();
    }
    System.out.println("cpu " + x[0]);
  }
}
