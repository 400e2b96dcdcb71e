package curvata.hessian.solve;

import java.util.Optional;

/**
 * What a solver found.
 *
 * @param x the solution, n floats
 * @param residual ‖b − A x‖, from products with x
 * @param relativeResidual the same over ‖b‖; 0 where b is zero
 * @param matvecs products that were used
 * @param ending why it ended
 * @param negativeCurvature the direction that ended it, if one did
 */
public record Solution(
    float[] x, double residual, double relativeResidual, int matvecs, Ending ending, Optional<NegativeCurvature> negativeCurvature) {
  /** Whether the residual is within the tolerance. */
  public boolean converged() {
    return ending == Ending.TOLERANCE;
  }
}
