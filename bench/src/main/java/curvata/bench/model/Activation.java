package curvata.bench.model;

import curvata.kernels.layer.BiasRelu;
import curvata.kernels.layer.BiasTanh;

/** What a hidden layer does to its sums; each constant is a pair of kernels. */
public enum Activation {
  /** Hyperbolic tangent; weights start at 1 / √inputs. */
  TANH(1) {
    @Override
    void forward(float[] x, int rows, int cols, float[] bias, int biasAt) {
      BiasTanh.forward(x, 0, rows, cols, bias, biasAt);
    }

    @Override
    void backward(float[] y, float[] dy, int elements) {
      BiasTanh.backward(y, dy, 0, elements);
    }
  },
  /** Positive part; weights start at √(2 / inputs), since half of the variance is lost. */
  RELU(2) {
    @Override
    void forward(float[] x, int rows, int cols, float[] bias, int biasAt) {
      BiasRelu.forward(x, 0, rows, cols, bias, biasAt);
    }

    @Override
    void backward(float[] y, float[] dy, int elements) {
      BiasRelu.backward(y, dy, 0, elements);
    }
  };

  /** Variance of the sums' weights, times their number, that keeps the variance of what passes through. */
  final double gain;

  Activation(double gain) {
    this.gain = gain;
  }

  /** Adds the bias to every row and applies the activation, in place. */
  abstract void forward(float[] x, int rows, int cols, float[] bias, int biasAt);

  /** Turns the gradient by the outputs y into that by the sums, in place. */
  abstract void backward(float[] y, float[] dy, int elements);

  /** As it is typed and stored. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
