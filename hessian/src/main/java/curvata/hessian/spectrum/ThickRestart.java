package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.LinearOperator;
import curvata.hessian.StoppedBy;
import curvata.kernels.Checks;
import curvata.kernels.random.Gaussian;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Eigenpairs at the ends of a spectrum by Lanczos' iteration with thick restarts: the default eigensolver.
 *
 * <pre>
 *   1. Lanczos to M steps: T = S Θ Sᵀ, residuals |β_M s_Mi|
 *   2. done when every wanted residual ≤ max(tol |θ|, r ‖T‖), r the operator's relative error; tested on the way too
 *   3. else keep p = k + min(k, (M − k)/2) Ritz vectors, V ← V S_p, and go on from the next vector with T = diag(Θ_p) bordered by β_M s_Mi
 * </pre>
 *
 * <p>Memory: M + 1 vectors and two for the checks of the operator. A residual r bounds the distance of some eigenvalue; with a gap γ to the others
 * the error is at most r²/γ and the angle r/γ. Five pairs at 10⁻⁴ take 20 to 50 products where there are outliers, hundreds at the dense end of a
 * spectrum; many orders of magnitude below ‖A‖ nothing converges, and the budget ends it: look at the residuals.
 *
 * <p>A repeated eigenvalue: one vector's Krylov space holds one copy of it. When the space closes, the iteration goes on with a random vector, which
 * finds another copy, but eigenvalues that were asked for need not come out as often as they occur: {@link SpectrumEnd} sees to that, by further
 * runs on what is left.
 *
 * <p>A residual says that there is an eigenvalue, not which one. From a start that is close to another eigenvector, as after eigenvalues have changed
 * places, the search for one pair ends at that one once its residual is small, before the larger eigenvalue has grown out of rounding. Ask for two pairs
 * more than are needed, which takes five to ten products more: on a matrix of 120 dimensions whose two largest eigenvalues had changed places, one pair at
 * a tolerance of 10⁻² came out wrong from 20 of 20 warm starts, the first of three from none.
 *
 * @param top how many of the largest eigenvalues, or of those largest by modulus
 * @param bottom how many of the smallest
 * @param modulus whether "largest" means by modulus; then no smallest ones
 * @param tolerance of residuals, relative to the eigenvalue
 * @param basis M, vectors kept; 0 for min(n, max(2 k + 10, 20))
 * @param maxMatvecs the budget of products
 * @param seed of the starting vector and of those that replace what a closed space lacks
 * @see <a href="https://doi.org/10.1137/S0895479898334605">Wu, Simon: Thick-restart Lanczos method for large symmetric eigenvalue problems</a>
 */
public record ThickRestart(int top, int bottom, boolean modulus, double tolerance, int basis, int maxMatvecs, long seed) {
  /** Default tolerance. */
  public static final double TOLERANCE = 1e-4;

  private static final int TEST = 8; // convergence is tested each time the projection has grown by an eighth

  /** Default budget of products. */
  public static final int MAX_MATVECS = 1000;

  /**
   * Checks what can be checked before the operator is known.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ThickRestart {
    Checks.that(top >= 0, "top", top, ">= 0");
    Checks.that(bottom >= 0, "bottom", bottom, ">= 0");
    Checks.that(top + (long) bottom >= 1 && top + (long) bottom < Integer.MAX_VALUE / 4, "top + bottom", top + (long) bottom, ">= 1");
    Checks.that(!modulus || bottom == 0, "bottom", bottom, "0 where the largest by modulus are wanted");
    Checks.that(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "0 < tolerance < 1");
    Checks.that(basis == 0 || basis >= top + bottom + 2, "basis", basis, ">= " + (top + bottom + 2) + " (top + bottom + 2), or 0 for the default");
    Checks.that(maxMatvecs >= top + bottom, "maxMatvecs", maxMatvecs, ">= " + (top + bottom) + " (top + bottom)");
  }

  /** The k largest eigenvalues, with the defaults. */
  public static ThickRestart top(int k) {
    return ends(k, 0);
  }

  /** The k smallest eigenvalues, with the defaults. */
  public static ThickRestart bottom(int k) {
    return ends(0, k);
  }

  /** So many of the largest and of the smallest eigenvalues, with the defaults. */
  public static ThickRestart ends(int top, int bottom) {
    return new ThickRestart(top, bottom, false, TOLERANCE, 0, MAX_MATVECS, 0);
  }

  /** The k largest eigenvalues by modulus, with the defaults. */
  public static ThickRestart modulus(int k) {
    return new ThickRestart(k, 0, true, TOLERANCE, 0, MAX_MATVECS, 0);
  }

  /** With this tolerance of residuals, relative to the eigenvalue. */
  public ThickRestart withTolerance(double tolerance) {
    return new ThickRestart(top, bottom, modulus, tolerance, basis, maxMatvecs, seed);
  }

  /** With so many vectors in the basis. */
  public ThickRestart withBasis(int basis) {
    return new ThickRestart(top, bottom, modulus, tolerance, basis, maxMatvecs, seed);
  }

  /** With this budget of products. */
  public ThickRestart withMaxMatvecs(int maxMatvecs) {
    return new ThickRestart(top, bottom, modulus, tolerance, basis, maxMatvecs, seed);
  }

  /** With this seed. */
  public ThickRestart withSeed(long seed) {
    return new ThickRestart(top, bottom, modulus, tolerance, basis, maxMatvecs, seed);
  }

  /**
   * Solves from a random vector.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if top + bottom exceeds n
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Eigenpairs solve(LinearOperator operator) {
    float[] start = new float[operator.dimension()];
    Gaussian.fill(seed, -1, start, 0, start.length);
    return solve(operator, start);
  }

  /**
   * Solves from a given vector, such as an eigenvector of an earlier operator with a little noise: see {@link WarmStart}.
   *
   * @param start n floats, only read
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if top + bottom exceeds n, or start is zero, not finite or of another length
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Eigenpairs solve(LinearOperator operator, float[] start) {
    int n = operator.dimension();
    int k = top + bottom;
    Checks.that(k <= n, "top + bottom", k, "<= " + n + " (operator dimension)");
    Lanczos.checkStart(n, start);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    int room = Math.min(n, basis == 0 ? Math.max(2 * k + 10, 20) : basis);
    Krylov krylov = new Krylov(a, room, seed);
    krylov.start(start);
    while (true) {
      int target = Math.min(room, Math.max(k + 2, krylov.steps() + Math.max(1, krylov.steps() / TEST)));
      while (krylov.steps() < target && a.products() - before < maxMatvecs) {
        krylov.step(true);
      }
      SymmetricEigen eigen = krylov.eigen();
      int[] wanted = select(eigen, top, bottom);
      boolean converged = converged(krylov, eigen, wanted, a.relativeError());
      if (converged || a.products() - before >= maxMatvecs) {
        return result(krylov, eigen, wanted, a, (int) (a.products() - before), converged);
      }
      if (krylov.steps() == room) {
        int extra = Math.min(k, (room - k) / 2);
        int extraTop = (int) ((long) extra * top / k);
        krylov.restart(eigen, select(eigen, top + extraTop, bottom + extra - extraTop));
      }
    }
  }

  /** Indices of Ritz pairs: from the top, descending, then from the bottom, ascending. */
  private int[] select(SymmetricEigen eigen, int top, int bottom) {
    int m = eigen.size();
    int[] order = new int[top + bottom];
    if (modulus) {
      Comparator<Integer> byModulus = Comparator.comparingDouble(i -> -Math.abs(eigen.value(i)));
      return IntStream.range(0, m).boxed().sorted(byModulus).mapToInt(i -> i).limit(top).toArray();
    }
    for (int i = 0; i < top; i++) {
      order[i] = m - 1 - i;
    }
    for (int i = 0; i < bottom; i++) {
      order[top + i] = i;
    }
    return order;
  }

  private boolean converged(Krylov krylov, SymmetricEigen eigen, int[] wanted, double relativeError) {
    for (int i : wanted) {
      double allowed = Math.max(tolerance * Math.abs(eigen.value(i)), relativeError * krylov.scale());
      if (!(residual(krylov, eigen, i) <= allowed)) {
        return false;
      }
    }
    return true;
  }

  private static double residual(Krylov krylov, SymmetricEigen eigen, int i) {
    return krylov.beta[krylov.steps() - 1] * Math.abs(eigen.component(krylov.steps() - 1, i));
  }

  private Eigenpairs result(Krylov krylov, SymmetricEigen eigen, int[] wanted, CheckedOperator a, int matvecs, boolean converged) {
    double[] residuals = new double[wanted.length];
    for (int q = 0; q < wanted.length; q++) {
      residuals[q] = Math.max(residual(krylov, eigen, wanted[q]), a.relativeError() * krylov.scale());
    }
    double[] values = krylov.ritz(eigen, wanted);
    List<Eigenpair> pairs = new ArrayList<>();
    for (int q = 0; q < wanted.length; q++) {
      pairs.add(new Eigenpair(values[q], krylov.basis.vector(q), residuals[q]));
    }
    double norm = Math.max(krylov.scale(), Math.max(Math.abs(eigen.value(0)), Math.abs(eigen.value(eigen.size() - 1))));
    StoppedBy why = converged ? StoppedBy.TOLERANCE : StoppedBy.BUDGET;
    return new Eigenpairs(List.copyOf(pairs.subList(0, top)), List.copyOf(pairs.subList(top, top + bottom)), matvecs, why, norm);
  }
}
