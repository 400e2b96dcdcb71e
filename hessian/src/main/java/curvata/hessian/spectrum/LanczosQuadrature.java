package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.LinearOperator;
import curvata.hessian.Probes;
import curvata.hessian.operator.DeflatedOperator;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Spectral density by stochastic Lanczos quadrature, with outliers taken out first where that is wanted.
 *
 * <pre>
 *   for each probe v:  k Lanczos steps from v/‖v‖ → nodes θ_i, weights τ_i = s_1i²
 *   deflated:          first {@value #OUTLIER_STEPS} steps with a kept basis; pairs at the ends with residual ≤ 10⁻² |θ| are Q, Θ;
 *                      then the quadratures of P A P from P v, P = I − Q Qᵀ
 * </pre>
 *
 * <p>Takes probes · steps products, and {@value #OUTLIER_STEPS} more with deflation. Without deflation three vectors of memory;
 * reorthogonalization, which keeps all k, is worth its price for comparing nodes one by one but not for densities: lost orthogonality splits a node
 * into copies that share its weight. Deflation keeps {@value #OUTLIER_STEPS} vectors and is two to four times closer at equal products where there
 * are outliers; operators of no more than twice as many dimensions are left whole.
 *
 * @param probes where they come from; signs or vectors on the sphere
 * @param count how many
 * @param steps k per probe
 * @param deflate whether outliers are taken out first
 * @param reorthogonalize whether each probe's basis is kept and kept orthogonal
 * @see <a href="https://arxiv.org/abs/1901.10159">Ghorbani, Krishnan, Xiao: An investigation into neural net optimization via Hessian eigenvalue
 *     density</a>
 */
public record LanczosQuadrature(Probes probes, int count, int steps, boolean deflate, boolean reorthogonalize) {
  /** Default number of probes. */
  public static final int COUNT = 4;

  /** Default number of steps. */
  public static final int STEPS = 50;

  /** Steps that look for outliers. */
  public static final int OUTLIER_STEPS = 40;

  private static final double RESIDUAL = 1e-2;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no probes or steps
   */
  public LanczosQuadrature {
    Checks.that(count >= 1, "count", count, ">= 1");
    Checks.that(steps >= 1, "steps", steps, ">= 1");
  }

  /** The defaults: {@value #COUNT} sign probes of {@value #STEPS} steps (n if that is less), deflated. */
  public static LanczosQuadrature of(long seed) {
    return new LanczosQuadrature(Probes.rademacher(seed), COUNT, STEPS, true, false);
  }

  /** So many probes of so many steps, without deflation. */
  public static LanczosQuadrature plain(Probes probes, int count, int steps) {
    return new LanczosQuadrature(probes, count, steps, false, false);
  }

  /** With or without deflation. */
  public LanczosQuadrature withDeflation(boolean deflate) {
    return new LanczosQuadrature(probes, count, steps, deflate, reorthogonalize);
  }

  /** With or without a kept basis for each probe. */
  public LanczosQuadrature withReorthogonalization(boolean reorthogonalize) {
    return new LanczosQuadrature(probes, count, steps, deflate, reorthogonalize);
  }

  /** With this many probes and steps. */
  public LanczosQuadrature withSize(int count, int steps) {
    return new LanczosQuadrature(probes, count, steps, deflate, reorthogonalize);
  }

  /**
   * Estimates the density.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if steps exceed n or probes do not fit
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public SpectralDensity estimate(LinearOperator operator) {
    check(operator);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    List<Double> values = new ArrayList<>();
    boolean search = deflate && a.dimension() > 2 * OUTLIER_STEPS; // else the quadrature itself resolves them
    List<float[]> vectors = search ? outliers(a, values) : List.of();
    return estimate(a, values, vectors, before);
  }

  /**
   * Estimates the density with eigenpairs that are known already, such as those that a {@link ThickRestart} has found, in place of a search for outliers.
   *
   * @param known pairs whose residuals are small against their values; their vectors are only read
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if steps exceed n, probes do not fit, or there are n pairs or more
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public SpectralDensity estimate(LinearOperator operator, List<Eigenpair> known) {
    check(operator);
    CheckedOperator a = CheckedOperator.of(operator);
    Checks.that(known.size() < a.dimension(), "known.size", known.size(), "< " + a.dimension() + " (operator dimension)");
    return estimate(a, known.stream().map(Eigenpair::value).toList(), known.stream().map(Eigenpair::vector).toList(), a.products());
  }

  private void check(LinearOperator operator) {
    int n = operator.dimension();
    Checks.that(steps <= n, "steps", steps, "<= " + n + " (operator dimension)");
    probes.require(count, n);
  }

  private SpectralDensity estimate(CheckedOperator a, List<Double> values, List<float[]> vectors, long before) {
    int n = a.dimension();
    DeflatedOperator deflated = vectors.isEmpty() ? null : new DeflatedOperator(a, vectors);
    CheckedOperator rest = deflated == null ? a : CheckedOperator.trusting(new Projected(a, deflated));
    Workspace ws = new Workspace();
    ws.reserve(0, Probes.requiredDoubles(n));
    float[] start = new float[n];
    List<Quadrature> quadratures = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      probes.fill(j, start, 0, n, ws);
      if (deflated != null) {
        deflated.project(start);
      }
      int k = Math.min(steps, n - values.size());
      quadratures.add((reorthogonalize ? Lanczos.full(rest, start, k) : Lanczos.threeTerm(rest, start, k)).quadrature());
    }
    return new SpectralDensity(n, quadratures, values, (int) (a.products() - before), probes.seed());
  }

  /** P A, which is P A P on the range of P: an iteration that begins there stays there, and saves half of the projections. */
  private record Projected(LinearOperator a, DeflatedOperator p) implements LinearOperator {
    @Override
    public int dimension() {
      return a.dimension();
    }

    @Override
    public double relativeError() {
      return a.relativeError();
    }

    @Override
    public void apply(float[] x, float[] y) {
      a.apply(x, y);
      p.project(y);
    }
  }

  /** Appends the converged eigenvalues at the ends to {@code values} and returns their vectors. */
  private List<float[]> outliers(CheckedOperator a, List<Double> values) {
    float[] start = new float[a.dimension()];
    Gaussian.fill(probes.seed().orElse(0), -1, start, 0, start.length);
    Krylov krylov = new Krylov(a, OUTLIER_STEPS, 0);
    krylov.start(start);
    boolean open = true;
    while (open && krylov.steps() < OUTLIER_STEPS) {
      open = krylov.step(false);
    }
    SymmetricEigen eigen = krylov.eigen();
    int m = eigen.size();
    int top = 0;
    while (top < m && converged(krylov, eigen, m - 1 - top)) {
      top++;
    }
    int bottom = 0;
    while (bottom < m - top && converged(krylov, eigen, bottom)) {
      bottom++;
    }
    int ends = top; // effectively final for the lambda
    int[] kept = IntStream.range(0, top + bottom).map(i -> i < ends ? m - 1 - i : i - ends).toArray();
    for (double value : krylov.ritz(eigen, kept)) {
      values.add(value);
    }
    return krylov.basis.vectors();
  }

  private static boolean converged(Krylov krylov, SymmetricEigen eigen, int i) {
    int last = krylov.steps() - 1;
    return krylov.beta[last] * Math.abs(eigen.component(last, i)) <= RESIDUAL * Math.abs(eigen.value(i));
  }
}
