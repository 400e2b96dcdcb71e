package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.optim.DeviceGradients;
import curvata.optim.DeviceTensors;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Lamb;
import curvata.optim.rule.Muon;
import curvata.optim.transform.Transforms;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What a step moves and runs, by TornadoVM's profiler: one execution, the gradients and one array of scalars up, nothing down; no copy that nobody asked for. */
class TransfersTest {
  private static final long HEADER = TornadoNativeArray.ARRAY_HEADER;
  private static final long LAUNCH = 24; // three numbers that TornadoVM hands to each kernel
  private static final int STEPS = 3;

  /** Matrices for Muon, and vectors of awkward lengths. */
  private static List<Parameter> parameters(String name, int... lengths) {
    SplittableRandom random = new SplittableRandom(lengths.length);
    List<Parameter> all = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int n = lengths[i];
      float[] value = new float[3 * n];
      float[] grad = new float[3 * n];
      for (int j = 0; j < value.length; j++) {
        value[j] = (float) random.nextGaussian();
        grad[j] = (float) random.nextGaussian();
      }
      all.add(Parameter.of(name + i, value, grad, 3, n));
    }
    return all;
  }

  private static long stretches(List<Parameter> parameters) {
    return parameters.stream().mapToLong(p -> (p.size() + 255) / 256 * 256 * 4L).sum();
  }

  private static Optimizer.Builder builder(List<Parameter> a, List<Parameter> b, List<Parameter> c) {
    return Optimizer.builder().group("a", AdamW.defaults(), a).group("b", Lamb.defaults(), b).group("c", Muon.defaults(), c)
        .device(Devices.find("gpu"));
  }

  private final List<Parameter> a = parameters("a", 1, 85, 86, 400);
  private final List<Parameter> b = parameters("b", 7, 1021);
  private final List<Parameter> c = parameters("c", 5, 5);

  /** A record for the group of AdamW, one for each tensor and pass of the others. */
  private static final long SCALARS = HEADER + 4 * (8 + 2 * 2 * 12 + 2 * 2 * 6);

  private static void assertStep(Optimizer optimizer, long up) {
    TornadoSession session = (TornadoSession) optimizer.session();
    long executions = session.executions();
    long tasks = session.tasks();
    optimizer.step();
    assertThat(session.executions()).isEqualTo(executions + 1);
    long launched = session.launched();
    assertThat(launched).as("kernels that the profiler saw").isEqualTo(session.tasks() - tasks);
    assertThat(session.moved()).as("up and down, %d kernels", launched).containsExactly(up + launched * LAUNCH, 0);
  }

  @Test
  void gradientsAndScalarsGoUp() {
    try (Optimizer optimizer = builder(a, b, c).build()) {
      ((TornadoSession) optimizer.session()).profiled = true;
      optimizer.step();
      for (int i = 0; i < STEPS; i++) {
        assertStep(optimizer, stretches(a) + stretches(b) + stretches(c) + 3 * HEADER + SCALARS);
      }
    }
  }

  @Test
  void synchronizingMovesTheValuesAndNothingLater() {
    try (Optimizer optimizer = builder(a, b, c).build()) {
      TornadoSession session = (TornadoSession) optimizer.session();
      session.profiled = true;
      optimizer.step();
      for (int i = 0; i < STEPS; i++) {
        long executions = session.executions();
        optimizer.sync();
        optimizer.state((p, slot, array, offset) -> {});
        assertThat(session.executions()).as("reading is no execution").isEqualTo(executions);
        assertStep(optimizer, stretches(a) + stretches(b) + stretches(c) + 3 * HEADER + SCALARS);
      }
    }
  }

  /** The gradient of half the square of everything. */
  private static final class Copies implements DeviceGradients {
    private final List<Parameter> parameters;
    private DeviceBuffer factor;

    Copies(List<Parameter> parameters) {
      this.parameters = parameters;
    }

    @Override
    public void prepare(Session session, DeviceTensors tensors) {
      factor = session.input("mine", Kind.FLOAT, 9);
    }

    @Override
    public void record(Program step, DeviceTensors tensors) {
      parameters.forEach(p -> step.copy(tensors.value(p.name()), tensors.grad(p.name())));
      step.copy(factor, tensors.grad(parameters.getFirst().name()).slice(0, 9));
    }
  }

  @Test
  void gradientsThatAreComputedThereStayThere() {
    List<Parameter> all = new ArrayList<>(a.subList(1, 4));
    all.addAll(b);
    all.addAll(c);
    Copies copies = new Copies(all);
    try (Optimizer optimizer =
        builder(a.subList(1, 4), b, c).transform(Transforms.clipGlobalNorm(0.1)).deviceGradients(copies).build()) {
      ((TornadoSession) optimizer.session()).profiled = true;
      optimizer.step();
      for (int i = 0; i < STEPS; i++) {
        assertStep(optimizer, 9 * 4 + HEADER + SCALARS);
        optimizer.sync();
      }
    }
  }
}
