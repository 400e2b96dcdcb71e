package curvata.bench.model;

/**
 * The empirical Fisher matrix: the mean of the outer products of the rows' own gradients, with the true labels.
 *
 * <pre>
 *   F v = (1 / rows) Σ gᵢ (gᵢᵀ v) = Jᵀ (dᵢ (dᵢᵀ (J v)ᵢ) / rows)ᵢ,   dᵢ the gradient of row i's loss by its outputs
 * </pre>
 *
 * <p>Positive semidefinite, but no approximation of the Hessian: it vanishes where every row is fitted. Costs and accuracy as {@link MlpGaussNewton}.
 */
public final class MlpFisher extends MlpOperator {
  /** The empirical Fisher matrix at the point where the network stands, also after it moves. */
  public MlpFisher(MlpPoint point) {
    super(point);
  }

  @Override
  void multiply(float[] x, float[] y, int at) {
    point.tangent(x, at);
    float[] d = point.delta(point.depth() - 1); // of the mean loss: dᵢ / rows
    float[] u = point.outputTangent();
    float[] into = point.outputCotangent();
    int classes = point.classes();
    for (int row = 0; row < into.length; row += classes) {
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        sum += (double) d[j] * u[j];
      }
      for (int j = row; j < row + classes; j++) {
        into[j] = (float) (sum * point.rows() * d[j]);
      }
    }
    point.cotangent(y, at);
  }
}
