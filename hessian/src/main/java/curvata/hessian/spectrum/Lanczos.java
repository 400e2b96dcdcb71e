package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Interval;
import curvata.hessian.LinearOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import curvata.kernels.vector.Scaled;
import java.util.Arrays;
import java.util.List;

/**
 * Lanczos' iteration: the operator's projection on the Krylov space of one vector.
 *
 * <pre>
 *   w = A v_j − β_{j−1} v_{j−1};   α_j = v_jᵀw;   w ← w − α_j v_j;   β_j = ‖w‖;   v_{j+1} = w / β_j
 * </pre>
 *
 * <p>Vectors in float, every dot product in double. k steps take k products. {@link #full} keeps the basis, k + 1 vectors, orthogonal to about 10⁻⁷
 * and reads it twice a step; {@link #threeTerm} keeps three vectors, and its projection grows copies of converged eigenvalues: right for densities,
 * wrong for lists of eigenvalues. A β below 6·10⁻⁷ of the largest coefficient is rounding: the space is invariant, and the iteration ends there.
 *
 * @see <a href="https://doi.org/10.1016/0024-3795(80)90167-6">Paige: Accuracy and effectiveness of the Lanczos algorithm for the symmetric
 *     eigenproblem</a>
 */
public final class Lanczos {
  private static final double NOISE = 10 * 0x1p-24;

  private Lanczos() {}

  /**
   * What an iteration leaves.
   *
   * @param alpha the diagonal of the projection, k numbers
   * @param beta what is beside it, k numbers; the last is the norm of the vector that would come next, 0 if the space is invariant
   * @param basis the k vectors, where they were kept, else none
   */
  public record Projection(double[] alpha, double[] beta, List<float[]> basis) {
    /** Steps taken. */
    public int steps() {
      return alpha.length;
    }

    /** Whether the iteration ended because there was nothing left. */
    public boolean invariant() {
      return beta[beta.length - 1] == 0;
    }

    /** Gauss quadrature of the starting vector's spectral measure: nodes are Ritz values. */
    public Quadrature quadrature() {
      return Quadrature.of(TridiagonalEigen.ends(alpha, beta));
    }

    /**
     * An interval that holds the whole spectrum in all but contrived cases: Ritz values at the ends, widened by the last β.
     *
     * @see <a href="https://doi.org/10.1016/j.laa.2010.06.034">Zhou, Li: Bounding the spectrum of large Hermitian matrices</a>
     */
    public Interval enclosure() {
      TridiagonalEigen eigen = TridiagonalEigen.ends(alpha, beta);
      double last = beta[beta.length - 1];
      return new Interval(eigen.value(0) - last, eigen.value(eigen.size() - 1) + last);
    }

    /** ‖A x − θ x‖ of each Ritz pair, ascending by value: |β_k s_ki|, exact where the basis is orthonormal. */
    public double[] residuals() {
      TridiagonalEigen eigen = TridiagonalEigen.ends(alpha, beta);
      double[] residuals = new double[steps()];
      Arrays.setAll(residuals, i -> beta[beta.length - 1] * Math.abs(eigen.last(i)));
      return residuals;
    }
  }

  /**
   * The iteration with full reorthogonalization.
   *
   * @param start n floats, only read
   * @param steps at most n
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if start is zero, not finite or of another length, or the steps do not fit
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public static Projection full(LinearOperator operator, float[] start, int steps) {
    check(operator.dimension(), start, steps);
    Krylov krylov = new Krylov(CheckedOperator.of(operator), steps, 0);
    krylov.start(start);
    boolean open = true;
    while (open && krylov.steps() < steps) {
      open = krylov.step(false);
    }
    int k = krylov.steps();
    return new Projection(Arrays.copyOf(krylov.alpha, k), Arrays.copyOf(krylov.beta, k), krylov.basis.vectors());
  }

  /** The iteration without reorthogonalization, in three vectors of memory; throws as {@link #full}. */
  public static Projection threeTerm(LinearOperator operator, float[] start, int steps) {
    int n = operator.dimension();
    check(n, start, steps);
    CheckedOperator a = CheckedOperator.of(operator);
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    double[] alpha = new double[steps];
    double[] beta = new double[steps];
    float[] old = new float[n];
    float[] v = new float[n];
    float[] w = new float[n];
    Scaled.into(1 / norm(start, n, ws), start, v, 0, n, ws);
    double scale = 0;
    int j = 0;
    for (boolean open = true; open; j++) {
      a.apply(v, w);
      if (j > 0) {
        Axpby.into(-beta[j - 1], old, 1, w, w, 0, n, ws);
      }
      alpha[j] = Reductions.dot(v, w, 0, n, ws);
      Axpby.into(-alpha[j], v, 1, w, w, 0, n, ws);
      beta[j] = norm(w, n, ws);
      scale = Math.max(scale, Math.max(Math.abs(alpha[j]), beta[j]));
      if (beta[j] <= NOISE * scale) {
        beta[j] = 0;
      }
      open = j + 1 < steps && beta[j] > 0;
      if (open) {
        Scaled.into(1 / beta[j], w, old, 0, n, ws);
        float[] next = old;
        old = v;
        v = next;
      }
    }
    return new Projection(Arrays.copyOf(alpha, j), Arrays.copyOf(beta, j), List.of());
  }

  private static void check(int n, float[] start, int steps) {
    checkStart(n, start);
    Checks.that(steps >= 1 && steps <= n, "steps", steps, "1 <= steps <= " + n + " (operator dimension)");
  }

  /** Requires a vector of n finite numbers, not all zero. */
  static void checkStart(int n, float[] start) {
    Checks.that(start.length == n, "start.length", start.length, n + " (operator dimension)");
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    double norm = norm(start, n, ws);
    Checks.that(norm > 0 && Double.isFinite(norm), "norm of start", norm, "positive and finite");
  }

  private static double norm(float[] x, int n, Workspace ws) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, n, ws));
  }
}
