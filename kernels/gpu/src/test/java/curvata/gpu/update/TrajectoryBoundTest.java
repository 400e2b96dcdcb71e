package curvata.gpu.update;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.verify.RecordedSteps;
import curvata.gpu.Running;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.kernels.update.Scale;
import curvata.kernels.vector.RunMeans;
import curvata.optim.DeviceGradients;
import curvata.optim.DeviceTensors;
import curvata.optim.ElementRule;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.AdamW;
import curvata.optim.transform.Transforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Bound} says of trajectories: after every step every value and state of the device is in the interval that rounding errors span. */
class TrajectoryBoundTest {
  private static final Path GOLDENS = Path.of(System.getProperty("basedir", ".")).resolve("../../bench/src/test/resources/goldens");
  private static final List<String> TWINS =
      List.of("adagrad-", "adahessian-", "adam-", "adamw-", "amsgrad-", "lamb-", "lion-", "muon-", "muon_ema-", "sgd-", "sophiag-");

  static List<Path> recordings() throws IOException {
    try (Stream<Path> all = Files.list(GOLDENS)) {
      List<Path> files = all.filter(f -> TWINS.stream().anyMatch(t -> f.getFileName().toString().startsWith(t))).sorted().toList();
      assertThat(TWINS).allMatch(t -> files.stream().anyMatch(f -> f.getFileName().toString().startsWith(t)));
      return files;
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void everyStepOfARecordingIsInItsIntervals(Path file) throws Exception {
    RecordedSteps recorded = RecordedSteps.read(file);
    List<Parameter> parameters = new ArrayList<>();
    List<RunningSteps.Tensor> tensors = new ArrayList<>();
    for (RecordedSteps.Tensor t : recorded.tensors()) {
      parameters.add(Parameter.of(t.name(), t.init().clone(), new float[t.init().length], t.shape()));
      tensors.add(new RunningSteps.Tensor(t.shape(), t.init()));
    }
    RunningSteps exact = new RunningSteps(recorded.rule(), tensors);
    try (Optimizer optimizer = Optimizer.builder().group("all", recorded.rule(), parameters).device(Devices.find("gpu")).build()) {
      optimizer.state((p, slot, array, offset) -> tensors.get(parameters.indexOf(p)).set(slot, Arrays.copyOfRange(array, offset, offset + p.size())));
      for (int t = 0; t < recorded.steps(); t++) {
        optimizer.setLr("all", recorded.lr()[t]);
        for (int p = 0; p < parameters.size(); p++) {
          RecordedSteps.Tensor from = recorded.tensors().get(p);
          float[] g = from.at(t, from.grad());
          System.arraycopy(g, 0, parameters.get(p).grad(), 0, g.length);
          tensors.get(p).set("g", g);
        }
        for (Optimizer.Need need : optimizer.needs()) {
          int p = parameters.indexOf(need.parameter());
          RecordedSteps.Tensor from = recorded.tensors().get(p);
          float[] signal = from.at(t, from.signals().get(need.signal()));
          optimizer.supply(need.parameter().name(), need.signal(), signal);
          tensors.get(p).set(need.signal(), seen((ElementRule<?, ?>) recorded.rule(), need.signal(), from.shape(), signal));
        }
        optimizer.step();
        exact.step(t + 1, recorded.lr()[t]);
        compare(optimizer, exact, file.getFileName() + ", after step " + (t + 1));
      }
    }
    assertNotVacuous(exact, recorded.steps(), file.getFileName().toString());
  }

  /** A signal as the host sends it: averaged over neighbours where the rule says so. */
  private static float[] seen(ElementRule<?, ?> rule, String name, int[] shape, float[] signal) {
    float[] seen = signal.clone();
    int run = rule.averagedOver(name, shape);
    if (run > 1) {
      RunMeans.magnitudes(signal, seen, 0, seen.length, run);
    }
    return seen;
  }

  /** Gradients computed on the device, clipped there by their norm in most steps, decay; 40 steps from a seed. */
  @Test
  void clippedStepsAreInTheirIntervals() {
    int steps = 40;
    double norm = 1.5;
    SplittableRandom random = new SplittableRandom(2024);
    List<Parameter> parameters = new ArrayList<>();
    List<RunningSteps.Tensor> tensors = new ArrayList<>();
    for (int n : new int[] {300, 1, 257}) {
      float[] value = values(random, n, 0.5);
      parameters.add(Parameter.of("p" + n, value, new float[n], n));
      tensors.add(new RunningSteps.Tensor(new int[] {n}, value));
    }
    AdamW rule = AdamW.defaults().withLr(0.01).with("weightDecay", 0.1);
    RunningSteps exact = new RunningSteps(rule, tensors);
    Sent sent = new Sent(parameters);
    try (
        Optimizer optimizer = Optimizer.builder().group("all", rule, parameters).transform(Transforms.clipGlobalNorm(norm))
            .device(Devices.find("gpu")).deviceGradients(sent).build()) {
      tensors.forEach(t -> rule.slots().forEach(s -> t.set(s.name(), new float[t.size()])));
      int clipped = 0;
      for (int t = 0; t < steps; t++) {
        List<float[]> gradients = new ArrayList<>();
        for (Parameter p : parameters) {
          gradients.add(values(random, p.size(), 0.1 / (1 + 0.05 * t)));
        }
        sent.send(gradients);
        clipped += clip(tensors, gradients, norm);
        optimizer.step();
        exact.step(t + 1, rule.lr());
        compare(optimizer, exact, "clipped, after step " + (t + 1));
      }
      assertThat(clipped).as("steps that were clipped").isBetween(10, steps - 10);
    }
    assertNotVacuous(exact, steps, "clipped");
  }

  /** Sets what the update sees, by {@link ClipGpu}'s bound. */
  private static int clip(List<RunningSteps.Tensor> tensors, List<float[]> gradients, double norm) {
    double square = 0;
    for (float[] g : gradients) {
      for (float x : g) {
        square += (double) x * x;
      }
    }
    double factor = Scale.clip(square, norm);
    for (int t = 0; t < tensors.size(); t++) {
      float[] g = gradients.get(t);
      Running[] seen = new Running[g.length];
      Arrays.setAll(seen, i -> {
        double error = factor == 1 ? 0 : (2 * Running.U + 0x1p-39) * Math.abs(factor * g[i]) + 0x1p-126;
        return new Running(factor * g[i], error);
      });
      tensors.get(t).operands.put("g", seen);
    }
    return factor < 1 ? 1 : 0;
  }

  /** One in 16 is zero. */
  private static float[] values(SplittableRandom random, int n, double scale) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt(16) == 0 ? 0 : (float) (scale * random.nextGaussian());
    }
    return x;
  }

  private static void compare(Optimizer optimizer, RunningSteps exact, String when) {
    optimizer.sync();
    List<Parameter> parameters = optimizer.parameters();
    for (Parameter p : parameters) {
      compare(exact.tensors.get(parameters.indexOf(p)).get("theta"), p.value(), p.offset(), when + ", " + p.name());
    }
    optimizer.state((p, slot, array, offset) -> compare(
        exact.tensors.get(parameters.indexOf(p)).get(slot), array, offset, when + ", " + slot + " of " + p.name()));
  }

  private static void compare(Running[] exact, float[] actual, int offset, String what) {
    for (int i = 0; i < exact.length; i++) {
      assertThat(exact[i].admits(actual[offset + i])).as("%s[%d] = %s, exact %s", what, i, actual[offset + i], exact[i]).isTrue();
    }
  }

  /**
   * An interval that holds anything would show nothing. All are narrower than a hundredth of the largest change of one step, so that nothing left out
   * or wrong in its first digits could hide; half of them are as narrow as roundings alone make them. Wider ones are those of elements whose gradient
   * nearly cancels against coupled decay, in rules that divide it by its own magnitude.
   */
  private static void assertNotVacuous(RunningSteps exact, int steps, String name) {
    double[] halves = exact.tensors.stream().flatMap(t -> Arrays.stream(t.get("theta"))).mapToDouble(Running::error).sorted().toArray();
    double widest = halves[halves.length - 1];
    assertThat(widest).as("%s: half the widest interval is %s of the largest value %s", name, widest / exact.largest(), exact.largest())
        .isPositive().isLessThan(exact.largestChange() / 100);
    double median = halves[halves.length / 2];
    assertThat(median).as("%s: half the median interval is %s of the largest value %s", name, median / exact.largest(), exact.largest())
        .isLessThan(exact.rounded(steps));
  }

  /** Gradients that the host sends, copied to where a backward pass would write them. */
  private static final class Sent implements DeviceGradients {
    private final List<Parameter> parameters;
    private final List<DeviceBuffer> inputs = new ArrayList<>();

    Sent(List<Parameter> parameters) {
      this.parameters = parameters;
    }

    @Override
    public void prepare(Session session, DeviceTensors tensors) {
      inputs.clear();
      parameters.forEach(p -> inputs.add(session.input("sent " + p.name(), Kind.FLOAT, p.size())));
    }

    @Override
    public void record(Program step, DeviceTensors tensors) {
      for (int p = 0; p < inputs.size(); p++) {
        step.copy(inputs.get(p), tensors.grad(parameters.get(p).name()));
      }
    }

    void send(List<float[]> gradients) {
      for (int p = 0; p < inputs.size(); p++) {
        inputs.get(p).write(gradients.get(p), 0);
      }
    }
  }
}
