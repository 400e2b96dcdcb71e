package curvata.bench.model;

import curvata.kernels.elementary.Tanh;

/**
 * The same network in double, written down a second time, with a bound beside every value for what float32 may make of it.
 *
 * <p>Bounds follow the kernels' stated ones: a product of depth k is off by (k + 4) u Σ |a| |b| at most (u = 2⁻²⁴), a tangent by its ulps, the softmax by
 * (D + 3) 2⁻²³ of itself where D is the spread of a row's logits; errors that come in are carried on to first order, and {@link #SLACK} covers the higher
 * ones.
 */
final class Reference {
  private static final double U = 0x1p-24;
  private static final double SLACK = 1.1;

  private final int[] layers;
  private final Activation activation;
  private final double[] theta;
  private final double[] magnitude; // Σ |∂z| |y| of every parameter, by which the rounding of its sum is measured

  double loss;
  double lossBound;
  final double[] gradient;
  final double[] bound;
  /** The least distance of a hidden sum from zero, as a multiple of its bound: above one, the rectifier's choice is that of the float network. */
  double clearance = Double.POSITIVE_INFINITY;
  /** Which hidden units are on, row by row. */
  final StringBuilder pattern = new StringBuilder();

  Reference(int[] layers, Activation activation, double[] theta) {
    this.layers = layers;
    this.activation = activation;
    this.theta = theta;
    gradient = new double[theta.length];
    bound = new double[theta.length];
    magnitude = new double[theta.length];
  }

  private int depth() {
    return layers.length - 1;
  }

  private int weightAt(int n) {
    int at = 0;
    for (int i = 0; i < n; i++) {
      at += layers[i + 1] * (layers[i] + 1);
    }
    return at;
  }

  /** Loss and gradient of the mean over rows, and their bounds. */
  Reference run(double[][] inputs, int[] labels) {
    for (int r = 0; r < inputs.length; r++) {
      row(inputs[r], labels[r], inputs.length);
    }
    for (int i = 0; i < theta.length; i++) {
      bound[i] = SLACK * (bound[i] + (inputs.length + 6) * U * magnitude[i] + Float.MIN_VALUE);
    }
    lossBound = SLACK * lossBound;
    return this;
  }

  private void row(double[] input, int label, int rows) {
    double[][] y = new double[depth() + 1][];
    double[][] e = new double[depth() + 1][];
    y[0] = input;
    e[0] = new double[input.length];
    for (int n = 0; n < depth(); n++) {
      forward(n, y, e);
    }
    double[] dz = new double[layers[depth()]];
    double[] ez = new double[dz.length];
    softmax(y[depth()], e[depth()], label, rows, dz, ez);
    for (int n = depth() - 1; n >= 0; n--) {
      parameters(n, y[n], e[n], dz, ez);
      if (n > 0) {
        double[] dy = new double[layers[n]];
        double[] ey = new double[layers[n]];
        backward(n, y[n], e[n], dz, ez, dy, ey);
        dz = dy;
        ez = ey;
      }
    }
  }

  private void forward(int n, double[][] y, double[][] e) {
    int in = layers[n];
    int out = layers[n + 1];
    y[n + 1] = new double[out];
    e[n + 1] = new double[out];
    for (int j = 0; j < out; j++) {
      double z = theta[weightAt(n) + out * in + j];
      double sum = Math.abs(z);
      double carried = 0;
      for (int i = 0; i < in; i++) {
        double w = theta[weightAt(n) + j * in + i];
        z += w * y[n][i];
        sum += Math.abs(w) * (Math.abs(y[n][i]) + e[n][i]);
        carried += Math.abs(w) * e[n][i];
      }
      double ez = carried + (in + 6) * U * sum;
      y[n + 1][j] = z;
      e[n + 1][j] = ez;
      if (n < depth() - 1) {
        activate(y[n + 1], e[n + 1], j);
      }
    }
  }

  private void activate(double[] y, double[] e, int j) {
    pattern.append(y[j] > 0 ? '1' : '0');
    if (activation == Activation.TANH) {
      y[j] = Math.tanh(y[j]);
      e[j] = e[j] + Tanh.MAX_ULP * 2 * U * (Math.abs(y[j]) + e[j]);
    } else {
      clearance = Math.min(clearance, Math.abs(y[j]) / (SLACK * e[j]));
      e[j] = y[j] > 0 ? e[j] : 0;
      y[j] = Math.max(y[j], 0);
    }
  }

  private void softmax(double[] z, double[] e, int label, int rows, double[] dz, double[] ez) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    double worst = 0;
    for (int j = 0; j < z.length; j++) {
      max = Math.max(max, z[j]);
      min = Math.min(min, z[j]);
      worst = Math.max(worst, e[j]);
    }
    double total = 0;
    for (double v : z) {
      total += Math.exp(v - max);
    }
    double relative = (max - min + 2 * worst + 3) * 2 * U;
    for (int j = 0; j < z.length; j++) {
      double p = Math.exp(z[j] - max) / total;
      double rest = 0;
      for (int i = 0; i < z.length; i++) {
        rest += i == j ? 0 : Math.exp(z[i] - max) / total;
      }
      dz[j] = (j == label ? -rest : p) / rows;
      ez[j] = (2 * worst * p * rest + relative * Math.abs(dz[j]) * rows + z.length * 0x1p-148) / rows;
      if (j == label) {
        double l = max - z[j] + Math.log(total);
        loss += l / rows;
        lossBound += (2 * worst * rest + relative * l + z.length * 0x1p-148) / rows;
      }
    }
  }

  private void parameters(int n, double[] y, double[] e, double[] dz, double[] ez) {
    int in = layers[n];
    for (int j = 0; j < dz.length; j++) {
      for (int i = 0; i <= in; i++) {
        int at = i < in ? weightAt(n) + j * in + i : weightAt(n) + dz.length * in + j;
        double x = i < in ? y[i] : 1;
        double ex = i < in ? e[i] : 0;
        gradient[at] += dz[j] * x;
        bound[at] += Math.abs(dz[j]) * ex + ez[j] * (Math.abs(x) + ex);
        magnitude[at] += (Math.abs(dz[j]) + ez[j]) * (Math.abs(x) + ex);
      }
    }
  }

  private void backward(int n, double[] y, double[] e, double[] dz, double[] ez, double[] dy, double[] ey) {
    int in = layers[n];
    for (int i = 0; i < in; i++) {
      double sum = 0;
      for (int j = 0; j < dz.length; j++) {
        double w = theta[weightAt(n) + j * in + i];
        dy[i] += dz[j] * w;
        sum += (Math.abs(dz[j]) + ez[j]) * Math.abs(w);
        ey[i] += ez[j] * Math.abs(w);
      }
      ey[i] += (dz.length + 6) * U * sum;
      double slope = activation == Activation.TANH ? 1 - y[i] * y[i] : y[i] > 0 ? 1 : 0;
      double eSlope = activation == Activation.TANH ? 2 * Math.abs(y[i]) * e[i] + e[i] * e[i] + U : 0;
      ey[i] = ey[i] * slope + (Math.abs(dy[i]) + ey[i]) * (eSlope + 2 * U * slope);
      dy[i] = dy[i] * slope;
    }
  }
}
