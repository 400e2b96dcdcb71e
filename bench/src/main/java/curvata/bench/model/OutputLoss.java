package curvata.bench.model;

import curvata.kernels.layer.SoftmaxCrossEntropy;

/** What a network's last sums are compared with the labels by: its value, gradient and second derivative, row by row. */
public enum OutputLoss {
  /** Cross-entropy of the softmax with the label, in nats: ∂z = p − y, second derivative diag(p) − p pᵀ. */
  SOFTMAX_CROSS_ENTROPY {
    @Override
    void differentiate(float[] z, int rows, int classes, int[] labels, float[] p, float[] dz, double[] losses) {
      System.arraycopy(z, 0, p, 0, rows * classes);
      SoftmaxCrossEntropy.probabilities(p, 0, rows, classes);
      System.arraycopy(z, 0, dz, 0, rows * classes);
      SoftmaxCrossEntropy.gradient(dz, 0, rows, classes, labels, 0, losses, 0, 1.0 / rows);
    }

    @Override
    void curve(float[] p, int rows, int classes, float[] rz, float[] into) {
      for (int at = 0; at < rows * classes; at += classes) {
        curveRow(p, at, classes, rz, into, 1.0 / rows);
      }
    }
  },
  /** Half the squared distance to the label's unit vector: ∂z = z − y, second derivative I. */
  SQUARED_ERROR {
    @Override
    void differentiate(float[] z, int rows, int classes, int[] labels, float[] p, float[] dz, double[] losses) {
      for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (int j = 0; j < classes; j++) {
          double difference = z[i * classes + j] - (j == labels[i] ? 1.0 : 0.0);
          dz[i * classes + j] = (float) (difference / rows);
          sum += difference * difference;
        }
        losses[i] = sum / 2;
      }
    }

    @Override
    void curve(float[] p, int rows, int classes, float[] rz, float[] into) {
      for (int i = 0; i < rows * classes; i++) {
        into[i] = (float) ((double) rz[i] / rows);
      }
    }
  };

  /**
   * Value and gradient of every row's loss.
   *
   * @param z the sums, only read
   * @param p takes what {@link #curve} needs
   * @param dz takes the gradient of the mean over rows
   * @param losses takes the value of each row
   */
  abstract void differentiate(float[] z, int rows, int classes, int[] labels, float[] p, float[] dz, double[] losses);

  /** into ← second derivative of the mean over rows, times rz. */
  abstract void curve(float[] p, int rows, int classes, float[] rz, float[] into);

  /** p ∘ (r − pᵀr), with r taken from the likeliest class's: then nothing cancels there however sure the prediction is. */
  private static void curveRow(float[] p, int at, int classes, float[] rz, float[] into, double scale) {
    int best = at;
    for (int j = at + 1; j < at + classes; j++) {
      best = p[j] > p[best] ? j : best;
    }
    double mean = 0;
    for (int j = at; j < at + classes; j++) {
      mean += p[j] * ((double) rz[j] - rz[best]);
    }
    for (int j = at; j < at + classes; j++) {
      into[j] = (float) (scale * p[j] * ((double) rz[j] - rz[best] - mean));
    }
  }
}
