package curvata.bench.model;

import java.util.Arrays;

/** The network in double, row by row and weight by weight: gradients, and by {@link Dual} numbers their exact derivatives along a direction. */
final class DualNetwork {
  private final int[] layers;
  private final Activation activation;
  private final OutputLoss loss;
  private final Dataset data;

  DualNetwork(int[] layers, Activation activation, OutputLoss loss, Dataset data) {
    this.layers = layers;
    this.activation = activation;
    this.loss = loss;
    this.data = data;
  }

  /** The gradient of the mean loss at θ, and its derivative along v. */
  Dual[] gradient(double[] theta, double[] v) {
    Dual[] gradient = new Dual[theta.length];
    Arrays.fill(gradient, Dual.ZERO);
    for (int r = 0; r < data.rows(); r++) {
      Dual[] g = rowGradient(lift(theta, v), r);
      for (int i = 0; i < g.length; i++) {
        gradient[i] = gradient[i].plus(g[i].times(Dual.of(1.0 / data.rows())));
      }
    }
    return gradient;
  }

  /** The gradient of one row's own loss. */
  double[] rowGradient(double[] theta, int row) {
    return Arrays.stream(rowGradient(lift(theta, new double[theta.length]), row)).mapToDouble(Dual::value).toArray();
  }

  /** The derivative of one row's outputs along v. */
  double[] outputTangent(double[] theta, double[] v, int row) {
    Dual[][] sums = forward(lift(theta, v), row);
    return Arrays.stream(sums[sums.length - 1]).mapToDouble(Dual::tangent).toArray();
  }

  /** One row's probabilities. */
  double[] probabilities(double[] theta, int row) {
    Dual[][] sums = forward(lift(theta, new double[theta.length]), row);
    return Arrays.stream(softmax(sums[sums.length - 1])).mapToDouble(Dual::value).toArray();
  }

  private static Dual[] lift(double[] theta, double[] v) {
    Dual[] lifted = new Dual[theta.length];
    Arrays.setAll(lifted, i -> new Dual(theta[i], v[i]));
    return lifted;
  }

  private int weightAt(int n) {
    int at = 0;
    for (int i = 0; i < n; i++) {
      at += layers[i + 1] * (layers[i] + 1);
    }
    return at;
  }

  private Dual output(Dual sum) {
    return activation == Activation.TANH ? sum.tanh() : sum.positive();
  }

  private Dual slope(Dual sum) {
    if (activation == Activation.RELU) {
      return Dual.of(sum.value() > 0 ? 1 : 0);
    }
    Dual y = sum.tanh();
    return Dual.of(1).minus(y.times(y));
  }

  /** Inputs in place 0, then the sums of every layer. */
  private Dual[][] forward(Dual[] theta, int row) {
    Dual[][] sums = new Dual[layers.length][];
    sums[0] = new Dual[layers[0]];
    Arrays.setAll(sums[0], j -> Dual.of(data.inputs()[row * layers[0] + j]));
    for (int n = 0; n + 1 < layers.length; n++) {
      int at = weightAt(n);
      sums[n + 1] = new Dual[layers[n + 1]];
      for (int i = 0; i < layers[n + 1]; i++) {
        Dual sum = theta[at + layers[n + 1] * layers[n] + i];
        for (int j = 0; j < layers[n]; j++) {
          sum = sum.plus(theta[at + i * layers[n] + j].times(input(sums, n, j)));
        }
        sums[n + 1][i] = sum;
      }
    }
    return sums;
  }

  private Dual input(Dual[][] sums, int n, int j) {
    return n == 0 ? sums[0][j] : output(sums[n][j]);
  }

  private static Dual[] softmax(Dual[] z) {
    Dual[] p = new Dual[z.length];
    Dual sum = Dual.ZERO;
    for (int j = 0; j < z.length; j++) {
      p[j] = z[j].exp();
      sum = sum.plus(p[j]);
    }
    for (int j = 0; j < z.length; j++) {
      p[j] = p[j].over(sum);
    }
    return p;
  }

  private Dual[] rowGradient(Dual[] theta, int row) {
    Dual[][] sums = forward(theta, row);
    Dual[] z = sums[sums.length - 1];
    Dual[] delta = loss == OutputLoss.SOFTMAX_CROSS_ENTROPY ? softmax(z) : z.clone();
    delta[data.labels()[row]] = delta[data.labels()[row]].minus(Dual.of(1));
    Dual[] gradient = new Dual[theta.length];
    for (int n = layers.length - 2; n >= 0; n--) {
      delta = layer(theta, sums, n, delta, gradient);
    }
    return gradient;
  }

  /** Writes layer n's part of the gradient; returns the deltas of the layer below. */
  private Dual[] layer(Dual[] theta, Dual[][] sums, int n, Dual[] delta, Dual[] gradient) {
    int at = weightAt(n);
    Dual[] below = new Dual[layers[n]];
    Arrays.fill(below, Dual.ZERO);
    for (int i = 0; i < delta.length; i++) {
      gradient[at + layers[n + 1] * layers[n] + i] = delta[i];
      for (int j = 0; j < layers[n]; j++) {
        gradient[at + i * layers[n] + j] = delta[i].times(input(sums, n, j));
        below[j] = below[j].plus(delta[i].times(theta[at + i * layers[n] + j]));
      }
    }
    for (int j = 0; n > 0 && j < below.length; j++) {
      below[j] = below[j].times(slope(sums[n][j]));
    }
    return below;
  }
}
