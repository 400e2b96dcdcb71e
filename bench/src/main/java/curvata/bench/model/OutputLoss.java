package curvata.bench.model;

import curvata.kernels.Workspace;
import curvata.kernels.layer.SoftmaxCrossEntropy;

/** What a network's last sums are compared with the labels by: its value, gradient and second derivative, row by row. */
public enum OutputLoss {
  /** Cross-entropy of the softmax with the label, in nats: ∂z = p − y, second derivative diag(p) − p pᵀ. */
  SOFTMAX_CROSS_ENTROPY("cross-entropy", "cross-entropy") {
    @Override
    void gradient(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses) {
      SoftmaxCrossEntropy.gradient(z, 0, rows, classes, labels, labelAt, losses, 0, 1.0 / rows);
    }

    @Override
    void losses(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses, Workspace ws) {
      SoftmaxCrossEntropy.losses(z, 0, rows, classes, labels, labelAt, losses, 0, ws);
    }

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
  SQUARED_ERROR("squared", "half squared error") {
    @Override
    void gradient(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses) {
      squares(z, rows, classes, labels, labelAt, z, losses);
    }

    @Override
    void losses(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses, Workspace ws) {
      squares(z, rows, classes, labels, labelAt, null, losses);
    }

    @Override
    void differentiate(float[] z, int rows, int classes, int[] labels, float[] p, float[] dz, double[] losses) {
      squares(z, rows, classes, labels, 0, dz, losses);
    }

    @Override
    void curve(float[] p, int rows, int classes, float[] rz, float[] into) {
      for (int i = 0; i < rows * classes; i++) {
        into[i] = (float) ((double) rz[i] / rows);
      }
    }
  };

  private final String spelling;
  private final String title;

  OutputLoss(String spelling, String title) {
    this.spelling = spelling;
    this.title = title;
  }

  /** As it is typed and stored. */
  @Override
  public String toString() {
    return spelling;
  }

  /** What it is called in a sentence. */
  public String title() {
    return title;
  }

  /**
   * Turns the sums of rows into the gradient of their mean loss, in place.
   *
   * @param labelAt where the label of the first row is
   * @param losses takes the value of each row
   */
  abstract void gradient(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses);

  /** The value of each row's loss; the sums are only read. */
  abstract void losses(float[] z, int rows, int classes, int[] labels, int labelAt, double[] losses, Workspace ws);

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

  /** ½ ‖z − e_label‖² of each row, and its gradient over the number of rows where dz is not null; z and dz may be the same. */
  private static void squares(float[] z, int rows, int classes, int[] labels, int labelAt, float[] dz, double[] losses) {
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        double difference = z[i * classes + j] - (j == labels[labelAt + i] ? 1.0 : 0.0);
        if (dz != null) {
          dz[i * classes + j] = (float) (difference / rows);
        }
        sum += difference * difference;
      }
      losses[i] = sum / 2;
    }
  }

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
