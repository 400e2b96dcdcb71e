package curvata.hessian.trace;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.Probes;
import curvata.hessian.StoppedBy;
import curvata.hessian.internal.Basis;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Objects;

/**
 * Hutch++: the trace on a random low-dimensional range exactly, the rest by probes.
 *
 * <pre>
 *   Y = A S,   Q = orth(Y),   low = Σ q_jᵀ A q_j,   p_j = g_j − Q Qᵀg_j,   r_j = p_jᵀ A p_j
 *   tr A ≈ low + mean r                     ‖A‖_F² ≈ ‖A Q‖_F² + mean ‖A p_j‖²
 * </pre>
 *
 * <p>S takes the first {@code rank} probes, G the next {@code residual}. Unbiased for any symmetric operator; for positive semidefinite ones the
 * error falls like 1/products. The error bar is that of the residual samples, honest given Q. Takes 2 rank + residual products and rank + 2
 * vectors. Directions of Y below 10⁻⁶ of the largest are rounding and left out; an operator of lower rank comes out exact.
 *
 * @param probes where they come from
 * @param rank k, vectors of S
 * @param residual g, vectors of G, at least 2
 * @see <a href="https://arxiv.org/abs/2010.09649">Meyer, Musco, Musco, Woodruff: Hutch++: Optimal stochastic trace estimation, Alg. 1</a>
 */
public record HutchPlusPlus(Probes probes, int rank, int residual) {
  private static final double ROUNDING = 1e-6;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if rank &lt; 1 or residual &lt; 2
   */
  public HutchPlusPlus {
    Objects.requireNonNull(probes, "probes");
    Checks.that(rank >= 1, "rank", rank, ">= 1");
    Checks.that(residual >= 2, "residual", residual, ">= 2");
  }

  /** Sign probes within a budget of products, of which a third each goes to S, to A Q and to G. */
  public static HutchPlusPlus budget(long seed, int matvecs) {
    Checks.that(matvecs >= 6, "matvecs", matvecs, ">= 6");
    return new HutchPlusPlus(Probes.rademacher(seed), matvecs / 3, matvecs - 2 * (matvecs / 3));
  }

  /**
   * What the products gave.
   *
   * @param trace tr A; its samples are low + r
   * @param lowRank the part that is exact given Q
   * @param squaredFrobenius ‖A‖_F², from the same products
   */
  public record Result(Estimate trace, double lowRank, Estimate squaredFrobenius) {}

  /**
   * Estimates.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if rank exceeds n or probes do not fit
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Result estimate(LinearOperator operator) {
    int n = operator.dimension();
    Checks.that(rank <= n, "rank", rank, "<= " + n + " (operator dimension)");
    probes.require(rank + residual, n);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    Workspace ws = new Workspace();
    ws.reserve(0, Probes.requiredDoubles(n));
    float[] v = new float[n];
    float[] w = new float[n];
    Basis q = range(a, v, w, ws);
    double low = 0;
    double lowSquare = 0;
    for (int j = 0; j < q.size(); j++) {
      a.apply(q.vector(j), w);
      low += q.dot(q.vector(j), w);
      lowSquare += q.dot(w, w);
    }
    double[] traces = new double[residual];
    double[] squares = new double[residual];
    for (int j = 0; j < residual; j++) {
      probes.fill(rank + j, v, 0, n, ws);
      q.orthogonalize(v);
      a.apply(v, w);
      traces[j] = low + q.dot(v, w);
      squares[j] = lowSquare + q.dot(w, w);
    }
    int used = (int) (a.products() - before);
    return new Result(
        Estimate.ofMean(traces, used, probes.seed(), StoppedBy.BUDGET), low, Estimate.ofMean(squares, used, probes.seed(), StoppedBy.BUDGET));
  }

  private Basis range(CheckedOperator a, float[] v, float[] w, Workspace ws) {
    Basis q = new Basis(v.length, rank);
    double largest = 0;
    for (int j = 0; j < rank; j++) {
      probes.fill(j, v, 0, v.length, ws);
      a.apply(v, w);
      largest = Math.max(largest, q.norm(w));
      double norm = q.orthogonalize(w);
      if (norm > ROUNDING * largest) {
        q.append(w, norm);
      }
    }
    return q;
  }
}
