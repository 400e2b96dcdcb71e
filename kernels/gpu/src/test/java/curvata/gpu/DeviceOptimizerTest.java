package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.optim.DeviceGradients;
import curvata.optim.DeviceTensors;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.io.Checkpoint;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Lion;
import curvata.optim.rule.Muon;
import curvata.optim.rule.Sgd;
import curvata.optim.rule.SophiaG;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.GradientTransform;
import curvata.optim.transform.Transforms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Optimizers on a device against the CPU's. Numbers are small multiples of powers of two where results must be equal: no operation rounds then, so that
 * nothing depends on which products and sums a device fuses.
 */
class DeviceOptimizerTest {
  private static final Sgd EXACT = Sgd.defaults().withLr(0.5).with("momentum", 0.5);

  /** Three tensors: two slices of one buffer with a gap, and one of its own. */
  private static final class Model {
    final float[] flat = new float[1000];
    final float[] flatGrad = new float[1000];
    final List<Parameter> parameters;

    Model(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      parameters = List.of(
          Parameter.slice("a", flat, flatGrad, 3, 20, 13), Parameter.slice("b", flat, flatGrad, 500, 257),
          Parameter.of("c", new float[33], new float[33], 3, 11));
      parameters.forEach(p -> fill(p.value(), random));
    }

    void gradients(long step) {
      SplittableRandom random = new SplittableRandom(step);
      parameters.forEach(p -> fill(p.grad(), random));
    }

    private static void fill(float[] x, SplittableRandom random) {
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextInt(-8, 9) * 0.25f;
      }
    }
  }

  private static Device gpu() {
    return Devices.find("gpu");
  }

  private static Optimizer optimizer(Model m, Device device) {
    return Optimizer.builder().group("x", EXACT, m.parameters.subList(0, 2)).group("y", EXACT.with("nesterov", true), m.parameters.subList(2, 3))
        .device(device).build();
  }

  private static void same(Model got, Model expected) {
    assertThat(got.flat).isEqualTo(expected.flat);
    assertThat(got.parameters.get(2).value()).isEqualTo(expected.parameters.get(2).value());
  }

  @Test
  void stepsAsTheCpuDoes() {
    Model cpu = new Model(1);
    Model gpu = new Model(1);
    try (Optimizer a = optimizer(cpu, Device.cpu()); Optimizer b = optimizer(gpu, gpu())) {
      for (long step = 1; step <= 5; step++) {
        cpu.gradients(step);
        gpu.gradients(step);
        a.step();
        b.step();
      }
      same(gpu, new Model(1)); // nothing comes back unasked
      b.sync();
      same(gpu, cpu);
      List<float[]> states = new ArrayList<>();
      a.state((p, slot, array, offset) -> states.add(java.util.Arrays.copyOfRange(array, offset, offset + p.size())));
      b.state((p, slot, array, offset) -> assertThat(java.util.Arrays.copyOfRange(array, offset, offset + p.size())).as(p + " " + slot)
          .isEqualTo(states.removeFirst()));
    }
  }

  @Test
  void aStepIsOneExecution() {
    Model m = new Model(2);
    try (Optimizer opt = optimizer(m, gpu())) {
      opt.step();
      long executions = opt.session().executions();
      long tasks = opt.session().tasks();
      for (int i = 0; i < 10; i++) {
        opt.step();
      }
      assertThat(opt.session().executions()).isEqualTo(executions + 10);
      assertThat(opt.session().tasks()).as("one kernel for each group, however many tensors").isEqualTo(tasks + 20);
    }
  }

  @Test
  void resumesFromACheckpoint(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("c.safetensors");
    Model whole = new Model(3);
    try (Optimizer opt = optimizer(whole, gpu())) {
      for (long step = 1; step <= 4; step++) {
        whole.gradients(step);
        opt.step();
        if (step == 2) {
          Checkpoint.write(file, opt);
        }
      }
      opt.sync();
    }
    Model resumed = new Model(4);
    try (Optimizer opt = optimizer(resumed, gpu())) {
      resumed.gradients(17);
      opt.step(); // into an optimizer that has run
      Checkpoint.read(file).into(opt);
      for (long step = opt.steps() + 1; step <= 4; step++) {
        resumed.gradients(step);
        opt.step();
      }
      opt.sync();
    }
    for (int t = 0; t < 3; t++) {
      Parameter a = resumed.parameters.get(t);
      Parameter b = whole.parameters.get(t);
      for (int i = 0; i < a.size(); i++) {
        assertThat(a.value()[a.offset() + i]).as(a + " " + i).isEqualTo(b.value()[b.offset() + i]);
      }
    }
  }

  /** A rule with two kernels: two programs over the same state. */
  @Test
  void signalsTravelInTheStepsThatNeedThem() {
    float[][] theta = new float[2][300];
    float[][] grad = new float[2][300];
    float[] ghat = new float[300];
    SplittableRandom random = new SplittableRandom(5);
    try (Optimizer a = sophia(theta[0], grad[0], Device.cpu()); Optimizer b = sophia(theta[1], grad[1], gpu())) {
      for (int step = 1; step <= 7; step++) {
        for (int i = 0; i < ghat.length; i++) {
          grad[0][i] = grad[1][i] = random.nextInt(-8, 9) * 0.25f;
          ghat[i] = random.nextInt(1, 9) * 0.25f;
        }
        for (Optimizer opt : List.of(a, b)) {
          opt.needs().forEach(n -> opt.supply(n.parameter().name(), n.signal(), ghat));
          opt.step();
        }
      }
      b.sync();
    }
    assertThat(theta[1]).isEqualTo(theta[0]);
  }

  /** β = ½, so that every average is exact, and a clip that always bites, so that the quotient's rounding is gone. */
  private static Optimizer sophia(float[] theta, float[] grad, Device device) {
    SophiaG rule = SophiaG.defaults().withLr(0.25).with("beta1", 0.5).with("beta2", 0.5).with("rho", 0x1p-20).with("batch", 1.0).with("every", 3)
        .with("weightDecay", 0.0);
    return Optimizer.builder().group("all", rule, List.of(Parameter.of("w", theta, grad, 300))).device(device).build();
  }

  @Test
  void gradientsCanBeComputedThere() {
    Model cpu = new Model(6);
    Model gpu = new Model(6);
    DeviceGradients copyOfValues = new DeviceGradients() {
      private DeviceBuffer scratch;

      @Override
      public void prepare(Session session, DeviceTensors tensors) {
        scratch = session.buffer("mine", Kind.FLOAT, 260);
      }

      @Override
      public void record(Program step, DeviceTensors tensors) {
        step.copy(tensors.value("a"), scratch);
        step.copy(scratch, tensors.grad("a"));
        step.copy(tensors.value("b"), tensors.grad("b"));
        step.copy(tensors.value("c"), tensors.grad("c"));
      }
    };
    try (Optimizer a = optimizer(cpu, Device.cpu());
        Optimizer b = Optimizer.builder().group("x", EXACT, gpu.parameters.subList(0, 2)).group("y", EXACT.with("nesterov", true),
            gpu.parameters.subList(2, 3)).device(gpu()).deviceGradients(copyOfValues).build()) {
      for (int step = 0; step < 3; step++) {
        cpu.parameters.forEach(p -> System.arraycopy(p.value(), p.offset(), p.grad(), p.offset(), p.size()));
        a.step();
        b.step();
      }
      b.sync();
      same(gpu, cpu);
    }
  }

  /**
   * Clipping between gradients and update, over both groups. The bound of a step of 0.5: what the clip may be off, 2 u + 2⁻³⁹ of the gradient on the
   * device and 2 u on the CPU, is carried on by momentum (at most twice) and by the gradient, which is the value itself; the rest are roundings.
   */
  @Test
  void gradientsThatAreComputedThereAreClippedThere() {
    Model cpu = new Model(6);
    Model gpu = new Model(6);
    DeviceGradients values = new DeviceGradients() {
      @Override
      public void prepare(Session session, DeviceTensors tensors) {}

      @Override
      public void record(Program step, DeviceTensors tensors) {
        List.of("a", "b", "c").forEach(n -> step.copy(tensors.value(n), tensors.grad(n)));
      }
    };
    int steps = 3;
    try (
        Optimizer a = Optimizer.builder().group("x", EXACT, cpu.parameters.subList(0, 2)).group("y", EXACT, cpu.parameters.subList(2, 3))
            .transform(Transforms.clipGlobalNorm(1.5)).transform(Transforms.clipGlobalNorm(1e9)).build();
        Optimizer b = Optimizer.builder().group("x", EXACT, gpu.parameters.subList(0, 2)).group("y", EXACT, gpu.parameters.subList(2, 3))
            .transform(Transforms.clipGlobalNorm(1.5)).transform(Transforms.clipGlobalNorm(1e9)).device(gpu()).deviceGradients(values).build()) {
      for (int step = 0; step < steps; step++) {
        cpu.parameters.forEach(p -> System.arraycopy(p.value(), p.offset(), p.grad(), p.offset(), p.size()));
        a.step();
        b.step();
      }
      b.sync();
    }
    float[] start = new Model(6).flat;
    for (int t = 0; t < 3; t++) {
      Parameter p = cpu.parameters.get(t);
      for (int i = p.offset(); i < p.offset() + p.size(); i++) {
        double difference = Math.abs((double) p.value()[i] - gpu.parameters.get(t).value()[i]);
        assertThat(difference).as("%s[%d]", p, i).isLessThanOrEqualTo(steps * 8 * 0x1p-24 * 2); // values are at most 2
      }
    }
    assertThat(cpu.flat).isNotEqualTo(start);
  }

  @Test
  void aTransformOfTheHostsIsRefusedThere() {
    Model m = new Model(6);
    GradientTransform own = new GradientTransform() {
      @Override
      public void apply(Gradients gradients) {}

      @Override
      public String toString() {
        return "own";
      }
    };
    DeviceGradients none = new DeviceGradients() {
      @Override
      public void prepare(Session session, DeviceTensors tensors) {}

      @Override
      public void record(Program step, DeviceTensors tensors) {}
    };
    Optimizer.Builder builder = Optimizer.builder().group("x", EXACT, m.parameters).transform(own).device(gpu());
    builder.build().close(); // gradients that travel pass it
    assertThatThrownBy(() -> builder.deviceGradients(none).build()).isInstanceOf(DeviceException.class)
        .hasMessage("transform own is the host's alone, expected one that can be recorded where a device computes the gradients");
  }

  /**
   * The directions do not depend on the values, so that errors add up: per step an entry of the orthogonalized matrix is within 4e-6 of double arithmetic
   * on the CPU and within 4 times that on the device, as both say.
   */
  @Test
  void muonOrthogonalizesThere() {
    Model cpu = new Model(12);
    Model gpu = new Model(12);
    Muon rule = Muon.defaults().withLr(0.5);
    int steps = 3;
    try (Optimizer a = muon(rule, cpu, Device.cpu()); Optimizer b = muon(rule, gpu, gpu())) {
      for (long step = 1; step <= steps; step++) {
        cpu.gradients(step);
        gpu.gradients(step);
        a.step();
        b.step();
      }
      b.sync();
    }
    for (int t : new int[] {0, 2}) {
      Parameter p = cpu.parameters.get(t);
      Parameter q = gpu.parameters.get(t);
      double shape = Math.sqrt(Math.max(1, (double) p.rows() / p.cols()));
      for (int i = p.offset(); i < p.offset() + p.size(); i++) {
        double allowed = steps * (0.5 * shape * 5 * 4e-6 + 4 * 0x1p-24 * (Math.abs(p.value()[i]) + 2));
        assertThat(Math.abs((double) p.value()[i] - q.value()[i])).as("%s[%d]: CPU %s, device %s", p, i, p.value()[i], q.value()[i])
            .isLessThanOrEqualTo(allowed);
      }
    }
  }

  private static Optimizer muon(Muon rule, Model m, Device device) {
    return Optimizer.builder().group("matrices", rule, List.of(m.parameters.get(0), m.parameters.get(2)))
        .group("rest", EXACT, m.parameters.subList(1, 2)).device(device).build();
  }

  @Test
  void twoThreadsHaveOneEach() throws Exception {
    Model expected = new Model(7);
    try (Optimizer opt = optimizer(expected, Device.cpu())) {
      run(expected, opt);
    }
    try (var threads = Executors.newFixedThreadPool(2)) {
      List<Callable<Model>> tasks = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        tasks.add(() -> {
          Model m = new Model(7);
          try (Optimizer opt = optimizer(m, gpu())) {
            run(m, opt);
          }
          return m;
        });
      }
      for (Future<Model> done : threads.invokeAll(tasks)) {
        same(done.get(), expected);
      }
    }
  }

  private static void run(Model m, Optimizer opt) {
    for (long step = 1; step <= 4; step++) {
      m.gradients(step);
      opt.step();
    }
    opt.sync();
  }

  @Test
  void anotherThreadIsRefused() throws Exception {
    Model m = new Model(8);
    try (Optimizer opt = optimizer(m, gpu()); var threads = Executors.newSingleThreadExecutor()) {
      assertThat(threads.submit(() -> {
        assertThatThrownBy(opt::step).isInstanceOf(IllegalStateException.class).hasMessageContaining("the session belongs to thread");
        return true;
      }).get()).isTrue();
    }
  }

  @Test
  void transformsScheduleAndRatesCount() {
    Model cpu = new Model(9);
    Model gpu = new Model(9);
    GradientTransform clip = Transforms.clipGlobalNorm(1e6);
    try (Optimizer a = Optimizer.builder().group("all", EXACT, cpu.parameters).transform(clip).schedule(Schedules.linearDecay(4)).build();
        Optimizer b =
            Optimizer.builder().group("all", EXACT, gpu.parameters).transform(clip).schedule(Schedules.linearDecay(4)).device(gpu()).build()) {
      for (long step = 1; step <= 4; step++) {
        cpu.gradients(step);
        gpu.gradients(step);
        a.step();
        b.step();
        a.setLr("all", 0.25);
        b.setLr("all", 0.25);
      }
      b.sync();
      same(gpu, cpu);
    }
  }

  @Test
  void whatCannotWorkIsRefused() {
    Model m = new Model(10);
    Device none = new OtherDevice();
    assertThatThrownBy(() -> Optimizer.builder().group("x", AdamW.defaults(), m.parameters).device(none).build()).isInstanceOf(DeviceException.class)
        .hasMessage("rule adamw of group \"x\" has no twin of its kernel adamw on device other:0, expected one of [lion]");
    assertThatThrownBy(() -> Devices.find("gpu:99")).isInstanceOf(DeviceException.class).hasMessageContaining("expected one of [cpu, gpu:0");
    assertThatThrownBy(() -> Optimizer.builder().group("x", AdamW.defaults(), m.parameters).build().session())
        .hasMessageContaining("the optimizer runs on the CPU");
    assertThat(gpu().kernels()).contains("adamw", "sgd", "sgd_momentum", "lion");
    Optimizer closed = Optimizer.builder().group("x", Lion.defaults(), m.parameters).device(gpu()).build();
    closed.close();
    closed.close();
    assertThatThrownBy(closed::step).hasMessageContaining("closed");
  }

  /** A device with one kernel. */
  private static final class OtherDevice implements Device {
    @Override
    public String id() {
      return "other:0";
    }

    @Override
    public String name() {
      return "other";
    }

    @Override
    public String backend() {
      return "none";
    }

    @Override
    public long memory() {
      return 0;
    }

    @Override
    public List<String> kernels() {
      return List.of("lion");
    }

    @Override
    public Session open() {
      throw new DeviceException("not there");
    }

    @Override
    public String toString() {
      return id();
    }
  }
}
