package curvata.bench.model;

/**
 * The gradients of the rows one by one, as far as their lengths and angles go; no row's gradient is ever formed.
 *
 * <pre>
 *   ‖gᵢ‖² = Σₙ ‖Dₙᵢ‖² (‖Yₙᵢ‖² + 1),   D of the row's own loss        ḡ = mean gᵢ
 *   tr Σ̂ = (Σ ‖gᵢ‖² − N ‖ḡ‖²) / (N − 1)                              coherence = (‖Σ gᵢ / ‖gᵢ‖‖² − N) / (N (N − 1)), the mean cosine of two rows
 * </pre>
 *
 * <p>Sums in double from float data. Costs one backward pass. A row without any gradient counts as a zero vector.
 *
 * @param norms ‖gᵢ‖ of every row: GraNd
 * @param outputErrors the norm of every row's gradient by its outputs: EL2N for softmax cross-entropy
 * @param squaredMean ‖ḡ‖²
 * @param covarianceTrace tr Σ̂, with N − 1 in the denominator
 * @param coherence mean cosine of pairs
 * @see <a href="https://arxiv.org/abs/2107.07075">Paul, Ganguli, Dziugaite: Deep learning on a data diet</a>
 * @see <a href="https://arxiv.org/abs/1812.06162">McCandlish, Kaplan, Amodei: An empirical model of large-batch training</a>
 */
public record SampleGradients(double[] norms, double[] outputErrors, double squaredMean, double covarianceTrace, double coherence) {
  /** The rows of a network where it stands. */
  public static SampleGradients of(MlpPoint point) {
    int rows = point.rows();
    int last = point.depth() - 1;
    double[] squares = new double[rows];
    double[] norms = new double[rows];
    double[] errors = new double[rows];
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      for (int n = 0; n <= last; n++) {
        squares[i] += rowSquares(point.delta(n), i, point.width(n + 1)) * (rowSquares(point.input(n), i, point.width(n)) + 1);
      }
      norms[i] = rows * Math.sqrt(squares[i]); // deltas are those of the mean loss
      errors[i] = rows * Math.sqrt(rowSquares(point.delta(last), i, point.classes()));
      sum += norms[i] * norms[i];
    }
    double mean = squares(point.gradient());
    double directions = squares(sumOfDirections(point, norms));
    double n = rows;
    return new SampleGradients(norms, errors, mean, (sum - n * mean) / (n - 1), (directions - n) / (n * (n - 1)));
  }

  /** Σ gᵢ / ‖gᵢ‖: a backward pass whose rows are scaled. */
  private static float[] sumOfDirections(MlpPoint point, double[] norms) {
    float[] u = point.outputCotangent();
    float[] d = point.delta(point.depth() - 1);
    int classes = point.classes();
    for (int i = 0; i < u.length; i++) {
      double norm = norms[i / classes];
      u[i] = norm == 0 ? 0 : (float) (d[i] * (double) norms.length / norm);
    }
    float[] sum = new float[point.size()];
    point.cotangent(sum, 0);
    return sum;
  }

  private static double rowSquares(float[] x, int row, int cols) {
    double sum = 0;
    for (int j = row * cols; j < (row + 1) * cols; j++) {
      sum += (double) x[j] * x[j];
    }
    return sum;
  }

  private static double squares(float[] x) {
    return rowSquares(x, 0, x.length);
  }

  /** The mean of ‖gᵢ‖². */
  public double meanSquare() {
    double sum = 0;
    for (double norm : norms) {
      sum += norm * norm;
    }
    return sum / norms.length;
  }
}
