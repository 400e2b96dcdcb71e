package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Devices;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.Muon;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon's method on a device: the steps are those of the device's orthogonalization by that method, or the method is refused by name. */
class MuonMethodTest {
  /** Without momentum, at a rate of 1, from zeros: nothing rounds but the orthogonalization and the shape factor. */
  private static Optimizer optimizer(String method, Parameter p) {
    Muon rule = Muon.defaults().withLr(1).with("momentum", 0.0).with("nesterov", false).with("method", method);
    return Optimizer.builder().group("matrices", rule, List.of(p)).device(Devices.find("gpu")).build();
  }

  @ParameterizedTest
  @CsvSource({"muon5, 24, 40", "polar8, 40, 24", "polar8, 40, 40", "degree9_4, 12, 20", "degree9_4, 36, 40", "cubic5, 10, 40"})
  void aStepIsTheMethodByHand(String method, int rows, int cols) {
    float[] g = new Draw(rows + cols).floats(rows * cols, 1);
    Parameter p = Parameter.of("p", new float[g.length], g.clone(), rows, cols);
    try (Optimizer opt = optimizer(method, p)) {
      opt.step();
      opt.sync();
    }
    float[] expected;
    try (Trial trial = new Trial()) {
      DeviceBuffer out = trial.floats(new float[g.length]);
      trial.program.polar(NewtonSchulz.named(method), rows, cols, trial.floats(g), out);
      trial.run();
      expected = Trial.read(out);
    }
    float shape = (float) Math.sqrt(Math.max(1, (double) rows / cols));
    for (int i = 0; i < expected.length; i++) {
      float step = expected[i] * shape;
      assertThat(Math.abs(p.value()[i] + step)).as("%s, %d x %d, element %d", method, rows, cols, i)
          .isLessThanOrEqualTo(2 * Math.ulp(step)); // the shape factor is a float, its product may be fused
    }
  }

  @Test
  void aMethodThatReadsWhatTheHostWouldIsRefusedByName() {
    Parameter p = Parameter.of("p", new float[12], new float[12], 3, 4);
    assertThatThrownBy(() -> optimizer("aol4", p)).isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("method aol4 of rule muon of group \"matrices\" has no twin for devices").hasMessageContaining("degree9_4");
  }
}
