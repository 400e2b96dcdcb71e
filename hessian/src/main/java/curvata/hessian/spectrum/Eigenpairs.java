package curvata.hessian.spectrum;

import curvata.hessian.StoppedBy;
import java.util.List;

/**
 * What an eigensolver found.
 *
 * @param top the largest eigenvalues, descending; by modulus where that was asked for
 * @param bottom the smallest eigenvalues, ascending
 * @param matvecs products that were used
 * @param stoppedBy whether all residuals met the tolerance
 * @param norm the largest coefficient or Ritz value met: a lower bound of ‖A‖, and the measure of what is small
 */
public record Eigenpairs(List<Eigenpair> top, List<Eigenpair> bottom, int matvecs, StoppedBy stoppedBy, double norm) {
  /** Whether all residuals met the tolerance. */
  public boolean converged() {
    return stoppedBy == StoppedBy.TOLERANCE;
  }
}
