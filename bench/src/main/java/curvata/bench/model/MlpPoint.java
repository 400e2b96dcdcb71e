package curvata.bench.model;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.layer.Bias;
import curvata.kernels.layer.SoftmaxCrossEntropy;
import curvata.kernels.matrix.Product;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A multilayer perceptron at one point of its parameter space, on a fixed set of rows: what first and second derivatives there need.
 *
 * <pre>
 *   Y₀ = X,   Zₙ = Yₙ Wₙᵀ + bₙ,   Yₙ₊₁ = φ(Zₙ),   L = mean over rows of loss(z_last, label)
 *   tangent along v:     RZₙ = Yₙ (RWₙ)ᵀ + RYₙ Wₙᵀ + Rbₙ,   RYₙ₊₁ = φ'(Zₙ) ∘ RZₙ,   RY₀ = 0
 *   cotangent of U:      Dₙ = U in the last layer,   ∂Wₙ = Dₙᵀ Yₙ,   ∂bₙ = Σ rows of Dₙ,   Dₙ₋₁ = (Dₙ Wₙ) ∘ φ'(Zₙ₋₁)
 * </pre>
 *
 * <p>Parameters are flat, weight before bias, layer by layer, as those of {@link Mlp}. {@link #move} makes a forward and a backward pass and keeps what
 * they found: 5 floats per unit and row. {@link MlpHessian}, {@link MlpGaussNewton}, {@link MlpFisher} and {@link MlpTangentKernel} multiply by matrices
 * at the point where it stands, which must not move during an estimate. Nothing is allocated after construction. Bits depend on rows and parameters
 * alone: not on threads, backend or vector width. Products err as {@link Product} states, sums over rows included. NaN propagates. Not safe for use by
 * two threads at once, nor are its operators.
 */
public final class MlpPoint {
  private final int[] layers;
  private final Activation activation;
  private final OutputLoss outputLoss;
  private final Dataset data;
  private final int rows;
  private final int last;
  private final float[] theta;
  private final float[] gradient;
  private final int[] weightAt;
  private final int[] biasAt;
  private final float[][] outputs;
  private final float[][] deltas;
  private final float[][] bends; // φ''/φ' ∘ ∂Y: what a hidden output's tangent adds to the tangent of its delta
  private final float[][] tangents;
  private final float[][] cotangents;
  private final float[] probabilities;
  private final double[] losses;
  private final Workspace workspace = new Workspace();

  /**
   * A network of these sizes on these rows, all parameters zero until it is moved.
   *
   * @param layers inputs, hidden widths, classes
   * @param data the rows, not copied
   * @throws IllegalArgumentException if sizes do not fit the data, or there are no rows
   */
  public MlpPoint(List<Integer> layers, Activation activation, OutputLoss outputLoss, Dataset data) {
    Checks.that(layers.size() >= 2, "layers", layers, "inputs and classes at least");
    Checks.that(layers.stream().allMatch(n -> n >= 1), "layers", layers, "sizes >= 1");
    Checks.that(layers.getFirst() == data.cols(), "layers", layers, data.cols() + " inputs (data.cols)");
    Checks.that(layers.getLast() >= data.classes(), "layers", layers, "at least " + data.classes() + " outputs (data.classes)");
    Checks.that(data.rows() >= 1, "data.rows", data.rows(), ">= 1");
    this.layers = layers.stream().mapToInt(Integer::intValue).toArray();
    this.activation = Objects.requireNonNull(activation, "activation");
    this.outputLoss = Objects.requireNonNull(outputLoss, "outputLoss");
    this.data = data;
    rows = data.rows();
    last = this.layers.length - 2;
    weightAt = new int[last + 1];
    biasAt = new int[last + 1];
    int size = place();
    theta = new float[size];
    gradient = new float[size];
    outputs = buffers();
    deltas = buffers();
    bends = buffers();
    tangents = buffers();
    cotangents = buffers();
    probabilities = bends[last]; // has no bend
    losses = new double[rows];
    reserve();
  }

  /** A trained model's sizes and activation, with its loss, on these rows, at its parameters as they are now. */
  public static MlpPoint of(Mlp model, Dataset data) {
    List<Integer> layers = Arrays.stream(model.layers()).boxed().toList();
    MlpPoint point = new MlpPoint(layers, model.activation(), model.loss(), data);
    point.move(model.theta());
    return point;
  }

  private int place() {
    long size = 0;
    for (int n = 0; n <= last; n++) {
      weightAt[n] = (int) size;
      biasAt[n] = (int) (size + (long) outs(n) * ins(n));
      size += (long) outs(n) * ins(n) + outs(n);
      Checks.that(size <= Integer.MAX_VALUE - 64, "layers", Arrays.toString(layers), "at most 2^31 - 65 parameters");
    }
    return (int) size;
  }

  private float[][] buffers() {
    float[][] buffers = new float[last + 1][];
    for (int n = 0; n <= last; n++) {
      buffers[n] = new float[Checks.size("rows of layer " + n, rows, outs(n))];
    }
    return buffers;
  }

  private void reserve() {
    int floats = 0;
    int doubles = 0;
    for (int n = 0; n <= last; n++) {
      floats = Math.max(floats, Product.required(rows, outs(n), ins(n)));
      floats = Math.max(floats, Product.required(outs(n), ins(n), rows));
      floats = Math.max(floats, Product.required(rows, ins(n), outs(n)));
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

  /** Number of parameters. */
  public int size() {
    return theta.length;
  }

  /** Number of layers, each a weight and a bias. */
  public int depth() {
    return last + 1;
  }

  /** Where block b of the parameters begins: 0 is the first weight, 1 its bias, 2 the second weight, …; the number of blocks gives the end. */
  public int blockAt(int b) {
    if (b == 2 * depth()) {
      return theta.length;
    }
    return b % 2 == 0 ? weightAt[b / 2] : biasAt[b / 2];
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of outputs of a row. */
  public int classes() {
    return outs(last);
  }

  /**
   * Moves to other parameters: a forward and a backward pass.
   *
   * @param newTheta copied
   * @return the mean loss there, summed in double in the order of the rows
   * @throws IllegalArgumentException if the length is not {@link #size}
   */
  public double move(float[] newTheta) {
    if (newTheta.length != theta.length) {
      throw new IllegalArgumentException("theta.length = " + newTheta.length + ", expected " + theta.length + " (parameters)");
    }
    System.arraycopy(newTheta, 0, theta, 0, theta.length);
    for (int n = 0; n <= last; n++) {
      forward(n);
    }
    outputLoss.differentiate(outputs[last], rows, classes(), data.labels(), probabilities, deltas[last], losses);
    for (int n = last; n >= 0; n--) {
      parameterGradient(n, deltas, gradient, 0);
      if (n > 0) {
        multiplyWeights(n, deltas[n], theta, 0, 0, deltas[n - 1]);
        bend(outputs[n - 1], deltas[n - 1], bends[n - 1]);
        activation.backward(outputs[n - 1], deltas[n - 1], rows * ins(n));
      }
    }
    return loss();
  }

  private void forward(int n) {
    multiplyInputs(n, input(n), theta, 0, 0, outputs[n]);
    if (n < last) {
      activation.forward(outputs[n], rows, outs(n), theta, biasAt[n]);
    } else {
      Bias.add(outputs[n], 0, rows, outs(n), theta, biasAt[n]);
    }
  }

  /** φ'' = −2 y φ' for the tangent; the rectifier has none where it has a derivative. */
  private void bend(float[] y, float[] dy, float[] into) {
    switch (activation) {
      case TANH -> {
        for (int i = 0; i < into.length; i++) {
          into[i] = -2 * y[i] * dy[i];
        }
      }
      case RELU -> Arrays.fill(into, 0);
      default -> throw new IllegalStateException("no second derivative of " + activation);
    }
  }

  /** The mean loss. */
  public double loss() {
    return SoftmaxCrossEntropy.mean(losses, 0, rows);
  }

  /** The share of rows whose largest output is at their label. */
  public double accuracy() {
    return (double) SoftmaxCrossEntropy.correct(outputs[last], 0, rows, classes(), data.labels(), 0) / rows;
  }

  /** The gradient of the mean loss, flat; the live array, to be read only. */
  public float[] gradient() {
    return gradient;
  }

  /** The inputs of layer n, rows × inputs; the live array, to be read only. */
  float[] input(int n) {
    return n == 0 ? data.inputs() : outputs[n - 1];
  }

  /** The gradient of the mean loss by the sums of layer n, rows × outputs; the live array, to be read only. */
  float[] delta(int n) {
    return deltas[n];
  }

  /** The widths: inputs and outputs of layer n are at n and n + 1. */
  int width(int n) {
    return layers[n];
  }

  /** Scratch for outputs, rows × outputs: where {@link #tangent} leaves its result. */
  float[] outputTangent() {
    return tangents[last];
  }

  /** Scratch for outputs, rows × outputs: where {@link #cotangent} and {@link #bentCotangent} expect what they take back. */
  float[] outputCotangent() {
    return cotangents[last];
  }

  /** The tangent of the outputs along v: J v. */
  void tangent(float[] v, int at) {
    for (int n = 0; n <= last; n++) {
      float[] into = tangents[n];
      multiplyInputs(n, input(n), v, at, 0, into);
      if (n > 0) {
        multiplyInputs(n, tangents[n - 1], theta, 0, 1, into);
      }
      Bias.add(into, 0, rows, outs(n), v, at + biasAt[n]);
      if (n < last) {
        activation.backward(outputs[n], into, into.length);
      }
    }
  }

  /** into ← second derivative of the mean loss by the outputs, times {@link #outputTangent}. */
  void curveOutputs(float[] into) {
    outputLoss.curve(probabilities, rows, classes(), tangents[last], into);
  }

  /** The cotangent of the parameters: y ← Jᵀ u, u in {@link #outputCotangent}. */
  void cotangent(float[] y, int at) {
    for (int n = last; n >= 0; n--) {
      parameterGradient(n, cotangents, y, at);
      if (n > 0) {
        multiplyWeights(n, cotangents[n], theta, 0, 0, cotangents[n - 1]);
        activation.backward(outputs[n - 1], cotangents[n - 1], rows * ins(n));
      }
    }
  }

  /**
   * The tangent of the whole backward pass along v, after {@link #tangent}; u, in {@link #outputCotangent}, is that of the last deltas.
   *
   * <pre>
   *   R∂Wₙ = (RDₙ)ᵀ Yₙ + Dₙᵀ RYₙ,   R∂bₙ = Σ rows of RDₙ,   RDₙ₋₁ = φ' ∘ (RDₙ Wₙ + Dₙ RWₙ) + φ'' ∘ RZₙ₋₁ ∘ ∂Yₙ
   * </pre>
   */
  void bentCotangent(float[] v, int vAt, float[] y, int at) {
    for (int n = last; n >= 0; n--) {
      parameterGradient(n, cotangents, y, at);
      if (n > 0) {
        Product.multiply(
            true, false, outs(n), ins(n), rows, 1, deltas[n], 0, outs(n), tangents[n - 1], 0, ins(n), 1, y, at + weightAt[n], ins(n), workspace);
        multiplyWeights(n, cotangents[n], theta, 0, 0, cotangents[n - 1]);
        multiplyWeights(n, deltas[n], v, vAt, 1, cotangents[n - 1]);
        activation.backward(outputs[n - 1], cotangents[n - 1], rows * ins(n));
        addProduct(bends[n - 1], tangents[n - 1], cotangents[n - 1]);
      }
    }
  }

  private static void addProduct(float[] a, float[] b, float[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = Math.fma(a[i], b[i], into[i]);
    }
  }

  /** into ← x Wᵀ + β into, W the weight of layer n in an array of parameters. */
  private void multiplyInputs(int n, float[] x, float[] parameters, int at, float beta, float[] into) {
    Product.multiply(
        false, true, rows, outs(n), ins(n), 1, x, 0, ins(n), parameters, at + weightAt[n], ins(n), beta, into, 0, outs(n), workspace);
  }

  /** into ← d W + β into. */
  private void multiplyWeights(int n, float[] d, float[] parameters, int at, float beta, float[] into) {
    Product.multiply(
        false, false, rows, ins(n), outs(n), 1, d, 0, outs(n), parameters, at + weightAt[n], ins(n), beta, into, 0, ins(n), workspace);
  }

  /** The weight's and bias's part of a cotangent: Dᵀ Y and Σ rows of D. */
  private void parameterGradient(int n, float[][] d, float[] into, int at) {
    Product.multiply(
        true, false, outs(n), ins(n), rows, 1, d[n], 0, outs(n), input(n), 0, ins(n), 0, into, at + weightAt[n], ins(n), workspace);
    Bias.gradient(d[n], 0, rows, outs(n), into, at + biasAt[n], workspace);
  }
}
