package curvata.gpu.command;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.Activation;
import curvata.bench.model.Dataset;
import curvata.bench.model.Mlp;
import curvata.bench.model.MlpOnDevice;
import curvata.bench.model.OutputLoss;
import curvata.bench.train.Problem;
import curvata.bench.train.Row;
import curvata.bench.train.Settings;
import curvata.bench.train.Trainer;
import curvata.gpu.Draw;
import curvata.gpu.layer.BiasGpu;
import curvata.gpu.layer.SoftmaxCrossEntropyGpu;
import curvata.kernels.device.Device;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.optim.DeviceGradients;
import curvata.optim.DeviceTensors;
import curvata.optim.Optimizer;
import curvata.optim.rule.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network trained on a device: its gradient within running error bounds of the one in double, and the accuracy that the CPU reaches. */
class TrainOnDeviceTest {
  private static final double U = 0x1p-24;
  private static final int[] LAYERS = {5, 7, 6, 3};

  /** A matrix in double, and how far a device's floats may be from it. */
  private record Bounded(int rows, int cols, double[] x, double[] error) {
    static Bounded exact(int rows, int cols, float[] values, int at) {
      Bounded m = new Bounded(rows, cols, new double[rows * cols], new double[rows * cols]);
      for (int i = 0; i < m.x.length; i++) {
        m.x[i] = values[at + i];
      }
      return m;
    }

    Bounded transposed() {
      Bounded t = new Bounded(cols, rows, new double[x.length], new double[x.length]);
      for (int i = 0; i < x.length; i++) {
        t.x[i % cols * rows + i / cols] = x[i];
        t.error[i % cols * rows + i / cols] = error[i];
      }
      return t;
    }

    /** (k + 4) u Σ|a||b| of ProductGpu for k ≤ 512, of what may be there instead of a and b. */
    Bounded times(Bounded o) {
      Bounded c = new Bounded(rows, o.cols, new double[rows * o.cols], new double[rows * o.cols]);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < o.cols; j++) {
          for (int p = 0; p < cols; p++) {
            double a = x[i * cols + p];
            double b = o.x[p * o.cols + j];
            double inherited = Math.abs(a) * o.error[p * o.cols + j] + error[i * cols + p] * (Math.abs(b) + o.error[p * o.cols + j]);
            c.x[i * o.cols + j] += a * b;
            c.error[i * o.cols + j] += inherited + (cols + 4) * U * (Math.abs(a * b) + inherited);
          }
        }
      }
      return c;
    }

    /** Element-wise change of value and error. */
    interface Change {
      /** What becomes of element i. */
      double[] of(double value, double error, int i);
    }

    Bounded map(Change change) {
      Bounded m = new Bounded(rows, cols, new double[x.length], new double[x.length]);
      for (int i = 0; i < x.length; i++) {
        double[] changed = change.of(x[i], error[i], i);
        m.x[i] = changed[0];
        m.error[i] = changed[1];
      }
      return m;
    }
  }

  /** The gradient in double with its bounds, the pass that MlpOnDevice records; then the logits. */
  private static Bounded[] gradient(Mlp model, Dataset data, int[] rows) {
    int layers = LAYERS.length - 1;
    Bounded[] outputs = new Bounded[layers + 1];
    outputs[0] = new Bounded(rows.length, LAYERS[0], new double[rows.length * LAYERS[0]], new double[rows.length * LAYERS[0]]);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < LAYERS[0]; j++) {
        outputs[0].x[i * LAYERS[0] + j] = data.inputs()[rows[i] * LAYERS[0] + j];
      }
    }
    Bounded[] weights = new Bounded[layers];
    for (int n = 0, at = 0; n < layers; n++) {
      int outs = LAYERS[n + 1];
      weights[n] = Bounded.exact(outs, LAYERS[n], model.theta(), at);
      int biasAt = at + outs * LAYERS[n];
      boolean hidden = n < layers - 1;
      outputs[n + 1] = outputs[n].times(weights[n].transposed()).map((z, e, i) -> {
        double sum = z + model.theta()[biasAt + i % outs];
        double error = e + U * (Math.abs(sum) + e);
        return !hidden ? new double[] {sum, error} : activated(model.activation(), sum, error);
      });
      at = biasAt + outs;
    }
    Bounded[] gradients = new Bounded[2 * layers + 1];
    gradients[2 * layers] = outputs[layers];
    Bounded delta = model.loss() == OutputLoss.SQUARED_ERROR ? distance(outputs[layers], data, rows) : lossGradient(outputs[layers], data, rows);
    for (int n = layers - 1; n >= 0; n--) {
      gradients[2 * n] = delta.transposed().times(outputs[n]);
      gradients[2 * n + 1] = columnSums(delta);
      if (n > 0) {
        Bounded y = outputs[n];
        delta = delta.times(weights[n]).map((d, e, i) -> back(model.activation(), d, e, y.x[i], y.error[i]));
      }
    }
    return gradients;
  }

  /** tanh and max(·, 0) do not enlarge an error; which side of 0 a sum is on must be certain. */
  private static double[] activated(Activation activation, double sum, double error) {
    assertThat(activation == Activation.TANH || Math.abs(sum) > error).as("sum %s off by at most %s, expected another seed", sum, error).isTrue();
    return activation == Activation.TANH
        ? new double[] {Math.tanh(sum), error + BiasGpu.TANH_ULP * 2 * U * Math.min(1, Math.abs(sum) + error)}
        : new double[] {Math.max(sum, 0), error};
  }

  /** d (1 − y²): y's error moves 1 − y² by 2 |y| e + e², then two roundings of at most u, then that of the product. */
  private static double[] back(Activation activation, double d, double error, double y, double yError) {
    if (activation == Activation.RELU) {
      return new double[] {y > 0 ? d : 0, y > 0 ? error : 0};
    }
    double slope = 1 - y * y;
    double slopeError = 2 * Math.abs(y) * yError + yError * yError + 2 * U;
    double moved = Math.abs(d) * slopeError + error * (Math.abs(slope) + slopeError);
    return new double[] {d * slope, moved + U * (Math.abs(d * slope) + moved)};
  }

  /**
   * (p − y) / rows. A logit that is off by e moves every p by at most the factor exp(2 max e), so p by less than 4 max e; the kernel's own error is
   * (D + EXP_ULP + 3) 2⁻²³ of each element.
   */
  private static Bounded lossGradient(Bounded logits, Dataset data, int[] rows) {
    int classes = logits.cols;
    return new Bounded(logits.rows, classes, logits.x.clone(), logits.error.clone()).map((z, e, i) -> {
      int row = i / classes * classes;
      double max = Arrays.stream(logits.x, row, row + classes).max().orElseThrow();
      double min = Arrays.stream(logits.x, row, row + classes).min().orElseThrow();
      double worst = Arrays.stream(logits.error, row, row + classes).max().orElseThrow();
      double sum = Arrays.stream(logits.x, row, row + classes).map(v -> Math.exp(v - max)).sum();
      double p = Math.exp(z - max) / sum;
      double g = p - (i % classes == data.labels()[rows[i / classes]] ? 1 : 0);
      double own = (max - min + 2 * worst + SoftmaxCrossEntropyGpu.EXP_ULP + 4) * 2 * U; // one more: 1 / rows is rounded
      return new double[] {g / rows.length, (4 * worst + own) / rows.length};
    });
  }

  /** (z − y) / rows: rounded once by SquaredErrorGpu, and 1 / rows before. */
  private static Bounded distance(Bounded z, Dataset data, int[] rows) {
    return z.map((value, error, i) -> {
      double d = value - (i % z.cols == data.labels()[rows[i / z.cols]] ? 1 : 0);
      return new double[] {d / rows.length, (error + 3 * U * (Math.abs(d) + error)) / rows.length};
    });
  }

  private static Bounded columnSums(Bounded delta) {
    Bounded ones = new Bounded(1, delta.rows, new double[delta.rows], new double[delta.rows]);
    Arrays.fill(ones.x, 1);
    return ones.times(delta); // a looser bound than that of the sum in double
  }

  /**
   * The mean loss in double, and how far the device's may be from it. Logits off by e move a cross-entropy by 2 e at most, and half a squared distance by
   * |d| e + e² / 2 each; then what the kernels' javadoc says of losses.
   */
  private static double[] loss(OutputLoss outputLoss, Bounded logits, Dataset data, int[] rows) {
    double mean = 0;
    double bound = 0;
    for (int i = 0; i < rows.length; i++) {
      double[] z = Arrays.copyOfRange(logits.x, i * logits.cols, (i + 1) * logits.cols);
      double[] e = Arrays.copyOfRange(logits.error, i * logits.cols, (i + 1) * logits.cols);
      int label = data.labels()[rows[i]];
      double max = Arrays.stream(z).max().orElseThrow();
      double worst = Arrays.stream(e).max().orElseThrow();
      double exact = Math.log(Arrays.stream(z).map(v -> Math.exp(v - max)).sum()) + max - z[label];
      double moved = 2 * worst;
      double relative = (max - Arrays.stream(z).min().orElseThrow() + moved + SoftmaxCrossEntropyGpu.EXP_ULP + 3) * 2 * U;
      if (outputLoss == OutputLoss.SQUARED_ERROR) {
        exact = 0;
        moved = 0;
        relative = 2 * U;
        for (int j = 0; j < z.length; j++) {
          double d = z[j] - (j == label ? 1 : 0);
          exact += d * d / 2;
          moved += Math.abs(d) * e[j] + e[j] * e[j] / 2;
        }
      }
      mean += exact / rows.length;
      bound += (moved + relative * (exact + moved)) / rows.length;
    }
    return new double[] {mean, bound};
  }

  /** With a rate of 0, so that both steps are taken at the same point. */
  @ParameterizedTest
  @CsvSource({"TANH, SOFTMAX_CROSS_ENTROPY", "RELU, SOFTMAX_CROSS_ENTROPY", "TANH, SQUARED_ERROR"})
  void gradientsAreThoseInDouble(Activation activation, OutputLoss outputLoss) {
    Draw draw = new Draw(activation.ordinal());
    int total = 40;
    Dataset data = new Dataset(draw.floats(total * LAYERS[0], 1), draw.indices(total, 3), LAYERS[0], 3);
    Mlp model = new Mlp(List.of(5, 7, 6, 3), activation, outputLoss, 16);
    model.initialize(4);
    MlpOnDevice onDevice = new MlpOnDevice(model, data, 9);
    try (Optimizer optimizer = Optimizer.builder().group("all", Sgd.defaults().withLr(0), model.parameters()).device(Devices.find("gpu"))
        .deviceGradients(new Kept(onDevice)).build()) {
      for (int[] rows : new int[][] {{3, 39, 0, 7, 7, 20, 21, 22, 30}, {11, 5}}) { // a full batch, and the rest of an epoch
        onDevice.load(rows, rows.length);
        optimizer.step();
        double loss = onDevice.meanLoss(rows.length);
        Bounded[] expected = gradient(model, data, rows);
        for (int t = 0; t < expected.length - 1; t++) {
          float[] actual = Kept.read(model.parameters().get(t).name(), expected[t].x.length);
          for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - expected[t].x[i]))
                .as("%s, %d rows, tensor %d, element %d: %s, in double %s", activation, rows.length, t, i,
                    actual[i], expected[t].x[i])
                .isLessThanOrEqualTo(expected[t].error[i] + 1e-30);
          }
        }
        double[] exact = loss(outputLoss, expected[expected.length - 1], data, rows);
        assertThat(Math.abs(loss - exact[0])).as("%s: loss %s, in double %s", outputLoss, loss, exact[0]).isLessThanOrEqualTo(exact[1]);
      }
    }
  }

  /** Lets the gradients be read. */
  private static final class Kept implements DeviceGradients {
    private static DeviceTensors tensors;
    private final MlpOnDevice inner;

    Kept(MlpOnDevice inner) {
      this.inner = inner;
    }

    static float[] read(String parameter, int size) {
      float[] x = new float[size];
      tensors.grad(parameter).read(x, 0);
      return x;
    }

    @Override
    public void prepare(Session session, DeviceTensors all) {
      tensors = all;
      inner.prepare(session, all);
    }

    @Override
    public void record(Program step, DeviceTensors all) {
      inner.record(step, all);
    }
  }

  /** Both accuracies are shares of the same rows: two equally good runs differ by more than four standard errors once in 16 000 times. */
  @ParameterizedTest
  @CsvSource(delimiter = ' ', value = {"cross-entropy none", "cross-entropy clip:norm=0.5", "squared clip"})
  void trainingReachesTheCpusAccuracy(String loss, String transform) {
    Problem problem = Problem.digits(false);
    Settings settings = Settings.parse(
        Map.of("hidden", "32", "epochs", "6", "curvature-every", "none", "loss", loss, "transform", transform), problem.training().rows());
    Row onDevice = train(settings, problem, Devices.find("gpu"));
    Row onCpu = train(settings, problem, Device.cpu());
    double p = onCpu.heldOutAccuracy();
    assertThat(p).isGreaterThan(0.85);
    assertThat(onDevice.heldOutAccuracy()).isGreaterThanOrEqualTo(p - 4 * Math.sqrt(2 * p * (1 - p) / problem.heldOut().rows()));
  }

  private static Row train(Settings settings, Problem problem, Device device) {
    try (Trainer trainer = new Trainer(settings, problem, device)) {
      for (long step = 0; step < settings.steps(); step++) {
        assertThat(trainer.step()).isFinite();
      }
      if (device != Device.cpu()) {
        assertThat(trainer.optimizer().session().executions()).as("one execution a step, and the uploads of the start")
            .isBetween(settings.steps(), settings.steps() + 5);
      }
      return trainer.evaluate(0);
    }
  }
}
