package curvata.hessian.spectrum;

import curvata.hessian.LinearOperator;
import curvata.hessian.operator.DeflatedOperator;
import curvata.hessian.operator.ScaledOperator;
import curvata.kernels.Checks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The eigenpairs at one end of a spectrum, each as often as its eigenvalue occurs.
 *
 * <pre>
 *   Q, Θ ← k pairs of A by thick restart;   then pairs of P (A + s) P, P = I − Q Qᵀ, until none lies beyond the k-th
 * </pre>
 *
 * <p>A Krylov space holds one copy of a repeated eigenvalue; what is taken out lets the next copy be seen. Without repetition that costs one more
 * run. The shift s brings the spectrum to the wanted side of the zeros that deflation leaves.
 *
 * @param k how many pairs
 * @param top whether at the top, else at the bottom
 * @param tolerance of residuals, relative to the eigenvalue
 * @param basis vectors kept
 * @param maxMatvecs products per run
 * @param seed of starting vectors
 */
public record SpectrumEnd(int k, boolean top, double tolerance, int basis, int maxMatvecs, long seed) {
  private static final double SAME = 1e-6; // of ‖A‖: what runs on shifted operators cannot tell apart

  /**
   * What was found.
   *
   * @param pairs from the end inwards
   * @param converged whether all residuals met the tolerance
   * @param matvecs products that were used
   */
  public record Found(List<Eigenpair> pairs, boolean converged, int matvecs) {}

  /** Checks the numbers that the solver does not. */
  public SpectrumEnd {
    Checks.that(k >= 1, "k", k, ">= 1");
  }

  /**
   * Finds them.
   *
   * @throws IllegalArgumentException if k exceeds n
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Found find(LinearOperator operator) {
    Eigenpairs first = solver(k, operator, seed).solve(operator);
    List<Eigenpair> pairs = new ArrayList<>(side(first));
    boolean converged = first.converged();
    int matvecs = first.matvecs();
    double shift = (top ? 2 : -2) * first.norm();
    boolean more = converged && shift != 0 && k < operator.dimension();
    for (int round = 0; more && round < k; round++) {
      Eigenpairs next = solver(1, operator, seed + 1 + round).solve(deflated(operator, shift, pairs)); // the old start holds no other copy
      matvecs += next.matvecs();
      converged &= next.converged();
      Eigenpair found = side(next).getFirst();
      double value = found.value() - shift;
      double beyond = top ? value - pairs.get(k - 1).value() : pairs.get(k - 1).value() - value;
      more = beyond > SAME * first.norm();
      if (more) {
        pairs.set(k - 1, new Eigenpair(value, found.vector(), found.residual()));
        pairs.sort(top ? Comparator.comparingDouble(Eigenpair::value).reversed() : Comparator.comparingDouble(Eigenpair::value));
      }
    }
    return new Found(List.copyOf(pairs), converged, matvecs);
  }

  private static LinearOperator deflated(LinearOperator operator, double shift, List<Eigenpair> pairs) {
    return new DeflatedOperator(new ScaledOperator(1, operator, shift), pairs.stream().map(Eigenpair::vector).toList());
  }

  private ThickRestart solver(int count, LinearOperator operator, long start) {
    int vectors = Math.min(operator.dimension(), Math.max(basis, 2 * count + 10));
    return new ThickRestart(top ? count : 0, top ? 0 : count, false, tolerance, Math.max(vectors, count + 2), Math.max(count, maxMatvecs), start);
  }

  private List<Eigenpair> side(Eigenpairs pairs) {
    return top ? pairs.top() : pairs.bottom();
  }
}
