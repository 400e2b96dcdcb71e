package curvata.bench.model;

import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.optim.DeviceGradients;
import curvata.optim.DeviceTensors;
import java.util.Arrays;

/**
 * The forward and backward pass of a network on a device: the words of {@link Mlp}'s gradient, recorded in front of the optimizer's.
 *
 * <pre>
 *   Y₀ = rows of the data,   Yₙ₊₁ = φ(Yₙ Wₙᵀ + bₙ),   ∂Z = (softmax(Z) − labels) / rows, or (Z − labels) / rows for squared error
 *   ∂Wₙ = ∂Zₙᵀ Yₙ,   ∂bₙ = Σ rows of ∂Zₙ,   ∂Yₙ = ∂Zₙ Wₙ
 * </pre>
 *
 * <p>Data, parameters, gradients and everything between stay on the device. Before a step the indices of its rows go up, and what each counts: 1 /
 * rows, or 0 where the last step of an epoch has fewer rows than the program was recorded for. After it the losses come down when asked for.
 */
public final class MlpOnDevice implements DeviceGradients {
  private final Mlp model;
  private final Dataset data;
  private final int batch;
  private final int[] rows;
  private final float[] scales;
  private final float[] losses;
  private DeviceBuffer inputs;
  private DeviceBuffer labels;
  private DeviceBuffer rowsOnDevice;
  private DeviceBuffer scalesOnDevice;
  private DeviceBuffer lossesOnDevice;
  private DeviceBuffer x;
  private DeviceBuffer y;
  private DeviceBuffer[] outputs;
  private DeviceBuffer[] deltas; // of hidden layers; the gradient by the logits replaces them

  /**
   * The passes of a network over rows of a dataset.
   *
   * @param model whose shape and parameters' names count
   * @param batch the most rows of one step
   */
  public MlpOnDevice(Mlp model, Dataset data, int batch) {
    this.model = model;
    this.data = data;
    this.batch = batch;
    rows = new int[batch];
    scales = new float[batch];
    losses = new float[batch];
  }

  @Override
  public void prepare(Session session, DeviceTensors tensors) {
    int[] layers = model.layers();
    inputs = session.buffer("data.inputs", Kind.FLOAT, data.inputs().length);
    inputs.write(data.inputs(), 0);
    labels = session.buffer("data.labels", Kind.INT, data.rows());
    labels.write(data.labels(), 0);
    rowsOnDevice = session.input("batch.rows", Kind.INT, batch);
    scalesOnDevice = session.input("batch.scales", Kind.FLOAT, batch);
    lossesOnDevice = session.buffer("batch.losses", Kind.FLOAT, batch);
    x = session.buffer("batch.inputs", Kind.FLOAT, batch * layers[0]);
    y = session.buffer("batch.labels", Kind.INT, batch);
    int count = layers.length - 1;
    outputs = new DeviceBuffer[count];
    deltas = new DeviceBuffer[count];
    for (int n = 0; n < count; n++) {
      outputs[n] = session.buffer("layer" + n + ".output", Kind.FLOAT, Checks.size("output of layer " + n, batch, layers[n + 1]));
      deltas[n] = n == count - 1 ? outputs[n] : session.buffer("layer" + n + ".delta", Kind.FLOAT, outputs[n].size());
    }
  }

  @Override
  public void record(Program step, DeviceTensors tensors) {
    int[] layers = model.layers();
    int last = outputs.length - 1;
    step.gather(batch, layers[0], inputs, rowsOnDevice, x);
    step.gather(batch, 1, labels, rowsOnDevice, y);
    for (int n = 0; n <= last; n++) {
      step.product(false, true, batch, layers[n + 1], layers[n], 1, below(n), tensors.value(weight(n)), 0, outputs[n]);
      forward(step, n, n == last, layers[n + 1], tensors.value(bias(n)));
    }
    switch (model.loss()) {
      case SOFTMAX_CROSS_ENTROPY -> step.softmaxCrossEntropy(batch, layers[last + 1], outputs[last], y, lossesOnDevice, scalesOnDevice);
      case SQUARED_ERROR -> step.squaredError(batch, layers[last + 1], outputs[last], y, lossesOnDevice, scalesOnDevice);
    }
    for (int n = last; n >= 0; n--) {
      step.product(true, false, layers[n + 1], layers[n], batch, 1, deltas[n], below(n), 0, tensors.grad(weight(n)));
      step.biasGradient(batch, layers[n + 1], deltas[n], tensors.grad(bias(n)));
      if (n > 0) {
        step.product(false, false, batch, layers[n], layers[n + 1], 1, deltas[n], tensors.value(weight(n)), 0, deltas[n - 1]);
        backward(step, n - 1, batch * layers[n]);
      }
    }
  }

  private DeviceBuffer below(int n) {
    return n == 0 ? x : outputs[n - 1];
  }

  private static String weight(int n) {
    return "layer" + n + ".weight";
  }

  private static String bias(int n) {
    return "layer" + n + ".bias";
  }

  private void forward(Program step, int n, boolean logits, int width, DeviceBuffer bias) {
    if (logits) {
      step.bias(batch, width, outputs[n], bias);
    } else {
      switch (model.activation()) {
        case TANH -> step.biasTanh(batch, width, outputs[n], bias);
        case RELU -> step.biasRelu(batch, width, outputs[n], bias);
      }
    }
  }

  private void backward(Program step, int n, int elements) {
    switch (model.activation()) {
      case TANH -> step.tanhGradient(elements, outputs[n], deltas[n]);
      case RELU -> step.reluGradient(elements, outputs[n], deltas[n]);
    }
  }

  /**
   * Sends the rows of the next step.
   *
   * @param indices rows of the dataset, the first {@code count} of them
   * @throws IllegalArgumentException if there are none, more than were recorded for, or one is outside the dataset
   */
  public void load(int[] indices, int count) {
    Checks.that(count >= 1 && count <= batch, "rows", count, "1 to " + batch);
    Arrays.fill(rows, 0);
    for (int i = 0; i < count; i++) {
      if (indices[i] < 0 || indices[i] >= data.rows()) {
        throw new IllegalArgumentException("row = " + indices[i] + ", expected 0 <= row < " + data.rows());
      }
      rows[i] = indices[i];
    }
    Arrays.fill(scales, 0, count, 1f / count);
    Arrays.fill(scales, count, batch, 0);
    rowsOnDevice.write(rows, 0);
    scalesOnDevice.write(scales, 0);
  }

  /** The mean loss over the first rows of the last step, before it. */
  public double meanLoss(int count) {
    lossesOnDevice.read(losses, 0);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += losses[i];
    }
    return sum / count;
  }
}
