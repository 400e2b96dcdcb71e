package curvata.kernels.matrix;

import java.util.List;

/** Orthogonalization of a single row or column: its one singular value is its norm, and is moved in double. */
final class VectorPath {
  private VectorPath() {}

  /** What the vector is multiplied by. */
  static double factor(NewtonSchulz recipe, double norm, Outcome outcome) {
    List<OddPolynomial> steps = recipe.coefficients().steps();
    double sigma = recipe.norm() == Norm.ROW_RESCALED ? 1 : norm / recipe.denominator(norm);
    double residual = Double.NaN;
    int done = 0;
    for (; done < steps.size(); done++) {
      if (done > 0 && recipe.tolerance() > 0) {
        residual = Math.abs(sigma * sigma - 1);
        if (residual <= recipe.tolerance()) {
          break;
        }
      }
      sigma = steps.get(done).at(sigma);
    }
    Outcome.set(outcome, norm, done, residual, -1);
    return sigma / norm;
  }
}
