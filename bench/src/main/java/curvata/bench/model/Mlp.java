package curvata.bench.model;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.layer.Bias;
import curvata.kernels.layer.SoftmaxCrossEntropy;
import curvata.kernels.matrix.Product;
import curvata.kernels.random.Gaussian;
import curvata.kernels.random.Uniform;
import curvata.optim.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A multilayer perceptron for classification, with exact gradients.
 *
 * <pre>
 *   Y₀ = X,   Yₙ₊₁ = φ(Yₙ Wₙᵀ + bₙ),   logits Z = the last sums, without φ
 *   L = mean over rows of cross-entropy(softmax(z), label), or of another {@link OutputLoss}
 *
 *   ∂Z = (softmax(Z) − labels) / rows,   ∂Wₙ = ∂Zₙᵀ Yₙ,   ∂bₙ = Σ rows of ∂Zₙ,   ∂Yₙ = ∂Zₙ Wₙ,   ∂Zₙ₋₁ = ∂Yₙ ∘ φ'
 * </pre>
 *
 * <p>Parameters are slices of one flat array, {@code layer0.weight} (outputs × inputs), {@code layer0.bias}, {@code layer1.weight}, …; gradients have
 * the same layout. A call takes up to {@link #capacity} rows and allocates nothing once it has run; a gradient costs 3 multiply-adds per weight and row.
 * The bits of loss and gradient depend on the rows and the parameters alone: not on threads, backend or vector width. NaN propagates. Not safe for use
 * by two threads at once.
 */
public final class Mlp {
  /**
   * How a model does on a set of rows.
   *
   * @param loss the mean loss, cross-entropy in nats, summed in the order of the rows
   * @param accuracy share of rows whose largest logit is at their label
   * @param correct number of those
   */
  public record Score(double loss, double accuracy, int correct) {}

  private final int[] layers;
  private final Activation activation;
  private final OutputLoss loss;
  private final int capacity;
  private final float[] theta;
  private final float[] gradient;
  private final List<Parameter> parameters = new ArrayList<>();
  private final int[] weightAt;
  private final int[] biasAt;
  private final float[][] outputs;
  private final float[][] deltas; // of hidden layers; the gradient by the logits replaces them
  private final double[] losses;
  private final Workspace workspace = new Workspace();

  /** A network of zeros with cross-entropy as its loss; throws as {@link #Mlp(List, Activation, OutputLoss, int)}. */
  public Mlp(List<Integer> layers, Activation activation, int capacity) {
    this(layers, activation, OutputLoss.SOFTMAX_CROSS_ENTROPY, capacity);
  }

  /**
   * A network of zeros; see {@link #initialize}.
   *
   * @param layers inputs, hidden widths, classes
   * @param capacity the most rows of one call
   * @throws IllegalArgumentException if there are fewer than two sizes, a size is below 1, or the model exceeds an array
   */
  public Mlp(List<Integer> layers, Activation activation, OutputLoss loss, int capacity) {
    Checks.that(layers.size() >= 2, "layers", layers, "inputs and classes at least");
    Checks.that(layers.stream().allMatch(n -> n >= 1), "layers", layers, "sizes >= 1");
    Checks.that(capacity >= 1, "capacity", capacity, "capacity >= 1");
    this.layers = layers.stream().mapToInt(Integer::intValue).toArray();
    this.activation = Objects.requireNonNull(activation, "activation");
    this.loss = Objects.requireNonNull(loss, "loss");
    this.capacity = capacity;
    int count = this.layers.length - 1;
    weightAt = new int[count];
    biasAt = new int[count];
    outputs = new float[count][];
    deltas = new float[count][];
    losses = new double[capacity];
    int size = place(count);
    theta = new float[size];
    gradient = new float[size];
    for (int n = 0; n < count; n++) {
      parameters.add(Parameter.slice("layer" + n + ".weight", theta, gradient, weightAt[n], outs(n), ins(n)));
      parameters.add(Parameter.slice("layer" + n + ".bias", theta, gradient, biasAt[n], outs(n)));
      outputs[n] = new float[Checks.size("output of layer " + n, capacity, outs(n))];
      deltas[n] = n == count - 1 ? outputs[n] : new float[outputs[n].length];
    }
    reserve();
  }

  private int place(int count) {
    long size = 0;
    for (int n = 0; n < count; n++) {
      weightAt[n] = (int) size;
      size += (long) outs(n) * ins(n);
      biasAt[n] = (int) size;
      size += outs(n);
      Checks.that(size <= Integer.MAX_VALUE - 64, "layers", Arrays.toString(layers), "at most 2^31 - 65 parameters");
    }
    return (int) size;
  }

  private void reserve() {
    int floats = SoftmaxCrossEntropy.requiredFloats(layers[layers.length - 1]);
    int doubles = 0;
    for (int n = 0; n < outputs.length; n++) {
      floats = Math.max(floats, Product.required(capacity, outs(n), ins(n)));
      floats = Math.max(floats, Product.required(outs(n), ins(n), capacity));
      floats = Math.max(floats, Product.required(capacity, ins(n), outs(n)));
      doubles = Math.max(doubles, Bias.requiredDoubles(outs(n)));
    }
    workspace.reserve(floats, doubles);
  }

  private int ins(int n) {
    return layers[n];
  }

  private int outs(int n) {
    return layers[n + 1];
  }

  /** The sizes: inputs, hidden widths, classes. */
  public int[] layers() {
    return layers.clone();
  }

  /** What hidden layers apply. */
  public Activation activation() {
    return activation;
  }

  /** What the outputs are compared with the labels by. */
  public OutputLoss loss() {
    return loss;
  }

  /** The most rows of one call. */
  public int capacity() {
    return capacity;
  }

  /** Number of parameters. */
  public int size() {
    return theta.length;
  }

  /** All parameters, flat; the live array. */
  public float[] theta() {
    return theta;
  }

  /** The gradient that {@link #parameters} point to, flat; the live array. */
  public float[] gradient() {
    return gradient;
  }

  /** The parameters as slices, layer by layer, weight before bias. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** Draws weights from N(0, gain / inputs), gain being the activation's (1 in the last layer), and zeroes biases; a pure function of the seed. */
  public void initialize(long seed) {
    Arrays.fill(theta, 0);
    for (int n = 0; n < outputs.length; n++) {
      int to = weightAt[n] + outs(n) * ins(n);
      Gaussian.fill(seed, n, theta, weightAt[n], to, 0);
      float scale = (float) Math.sqrt((n == outputs.length - 1 ? 1 : activation.gain) / ins(n));
      for (int i = weightAt[n]; i < to; i++) {
        theta[i] = theta[i] * scale;
      }
    }
  }

  /**
   * The mean loss over rows, and its gradient.
   *
   * @param inputs rows · inputs floats from row {@code firstRow} on
   * @param labels one per row from {@code firstRow} on
   * @param into where the gradient goes, laid out as {@link #theta}; overwritten
   * @throws IllegalArgumentException if the rows are none, more than the capacity or outside the arrays, or {@code into} has another length
   */
  public double gradient(float[] inputs, int[] labels, int firstRow, int rows, float[] into) {
    Objects.requireNonNull(into, "into");
    if (into.length != theta.length || into == theta) {
      throw new IllegalArgumentException("into.length = " + into.length + ", expected an array of its own of " + theta.length + " (parameters)");
    }
    forward(inputs, firstRow, rows);
    int last = outputs.length - 1;
    loss.gradient(outputs[last], rows, outs(last), labels, firstRow, losses);
    backward(inputs, firstRow, rows, into);
    return SoftmaxCrossEntropy.mean(losses, 0, rows);
  }

  /** Loss and accuracy on all rows of a dataset, in parts of the capacity; the parts do not change the bits. */
  public Score score(Dataset data) {
    int last = outputs.length - 1;
    double sum = 0;
    int correct = 0;
    for (int from = 0, rows; from < data.rows(); from += rows) {
      rows = Math.min(capacity, data.rows() - from);
      forward(data.inputs(), from, rows);
      correct += SoftmaxCrossEntropy.correct(outputs[last], 0, rows, outs(last), data.labels(), from);
      loss.losses(outputs[last], rows, outs(last), data.labels(), from, losses, workspace);
      for (int i = 0; i < rows; i++) {
        sum += losses[i];
      }
    }
    return new Score(sum / data.rows(), (double) correct / data.rows(), correct);
  }

  /**
   * Draws a label for each row from the model's own softmax: the labels of Sophia's estimate.
   *
   * <pre>
   *   label = the first j with p₀ + … + p_j &gt; u (sums in double),   u = uniform(seed, stream, row)
   * </pre>
   *
   * @param labels where the labels go, from 0 on
   */
  public void sampleLabels(float[] inputs, int firstRow, int rows, long seed, long stream, int[] labels) {
    forward(inputs, firstRow, rows);
    int last = outputs.length - 1;
    int classes = outs(last);
    SoftmaxCrossEntropy.probabilities(outputs[last], 0, rows, classes);
    for (int i = 0; i < rows; i++) {
      labels[i] = pick(outputs[last], i * classes, classes, Uniform.at(seed, stream, i));
    }
  }

  private static int pick(float[] p, int at, int classes, double u) {
    double sum = 0;
    for (int j = 0; j < classes - 1; j++) {
      sum += p[at + j];
      if (sum > u) {
        return j;
      }
    }
    return classes - 1;
  }

  private void forward(float[] inputs, int firstRow, int rows) {
    if (rows < 1 || rows > capacity) {
      throw new IllegalArgumentException("rows = " + rows + ", expected 1 <= rows <= " + capacity + " (capacity)");
    }
    float[] x = inputs;
    int at = Math.multiplyExact(firstRow, ins(0));
    for (int n = 0; n < outputs.length; n++) {
      Product.multiply(false, true, rows, outs(n), ins(n), 1, x, at, ins(n), theta, weightAt[n], ins(n), 0, outputs[n], 0, outs(n), workspace);
      if (n < outputs.length - 1) {
        activation.forward(outputs[n], rows, outs(n), theta, biasAt[n]);
      } else {
        Bias.add(outputs[n], 0, rows, outs(n), theta, biasAt[n]);
      }
      x = outputs[n];
      at = 0;
    }
  }

  private void backward(float[] inputs, int firstRow, int rows, float[] into) {
    for (int n = outputs.length - 1; n >= 0; n--) {
      float[] x = n == 0 ? inputs : outputs[n - 1];
      int at = n == 0 ? firstRow * ins(0) : 0;
      Product.multiply(true, false, outs(n), ins(n), rows, 1, deltas[n], 0, outs(n), x, at, ins(n), 0, into, weightAt[n], ins(n), workspace);
      Bias.gradient(deltas[n], 0, rows, outs(n), into, biasAt[n], workspace);
      if (n > 0) {
        Product.multiply(
            false, false, rows, ins(n), outs(n), 1, deltas[n], 0, outs(n), theta, weightAt[n], ins(n), 0, deltas[n - 1], 0, ins(n), workspace);
        activation.backward(x, deltas[n - 1], rows * ins(n));
      }
    }
  }
}
