package curvata.bench.model;

import java.util.Objects;

/**
 * How many directions a hidden layer's outputs use.
 *
 * <pre>
 *   RankMe = exp(−Σ p ln p),   p_k = s_k / Σ s + 10⁻⁷,   s the singular values of the outputs, not centred
 *   alpha  = −slope of ln λ_k against ln k by least squares,   λ the eigenvalues of the outputs' covariance (divided by the rows), all ranks
 * </pre>
 *
 * <p>The exponent is that of Agrawal, Mondal, Ghosh, Richards: α-ReQ (2022), who trim the ends.
 *
 * @param singularValues s, descending
 * @param covarianceEigenvalues λ, descending
 * @see <a href="https://arxiv.org/abs/2210.02885">Garrido, Balestriero, Najman, LeCun: RankMe</a>
 */
public record Representation(double[] singularValues, double[] covarianceEigenvalues) {
  private static final double SMALLEST_SHARE = 1e-7;

  /**
   * Of the outputs of hidden layer n, from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such hidden layer
   */
  public static Representation of(MlpPoint point, int n) {
    Objects.checkIndex(n, point.depth() - 1);
    float[] y = point.input(n + 1);
    int cols = point.width(n + 1);
    int rows = point.rows();
    double[] outputs = new double[rows * cols];
    double[] centred = new double[outputs.length];
    for (int j = 0; j < cols; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        outputs[i * cols + j] = y[i * cols + j];
        sum += y[i * cols + j];
      }
      for (int i = 0; i < rows; i++) {
        centred[i * cols + j] = outputs[i * cols + j] - sum / rows;
      }
    }
    double[] eigenvalues = SingularValues.of(centred, rows, cols).values();
    for (int i = 0; i < eigenvalues.length; i++) {
      eigenvalues[i] *= eigenvalues[i] / rows;
    }
    return new Representation(SingularValues.of(outputs, rows, cols).values(), eigenvalues);
  }

  /** The effective number of directions. */
  public double rankMe() {
    double sum = 0;
    for (double s : singularValues) {
      sum += s;
    }
    double entropy = 0;
    for (double s : singularValues) {
      double p = s / sum + SMALLEST_SHARE;
      entropy -= p * StrictMath.log(p);
    }
    return StrictMath.exp(entropy);
  }

  /** The exponent of the eigenvalues' decay; NaN for a single one. */
  public double alpha() {
    int n = covarianceEigenvalues.length;
    double meanX = 0;
    double meanY = 0;
    for (int k = 0; k < n; k++) {
      meanX += StrictMath.log(k + 1) / n;
      meanY += StrictMath.log(covarianceEigenvalues[k]) / n;
    }
    double xy = 0;
    double xx = 0;
    for (int k = 0; k < n; k++) {
      double x = StrictMath.log(k + 1) - meanX;
      xy += x * (StrictMath.log(covarianceEigenvalues[k]) - meanY);
      xx += x * x;
    }
    return -xy / xx;
  }
}
