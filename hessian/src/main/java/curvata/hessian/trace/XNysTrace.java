package curvata.hessian.trace;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.OperatorException;
import curvata.hessian.Probes;
import curvata.hessian.StoppedBy;
import curvata.hessian.internal.Cholesky;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import java.util.Objects;

/**
 * XNysTrace: the trace of a positive semidefinite operator from its Nyström approximation, each test vector left out in turn.
 *
 * <pre>
 *   Y = A Ω + ν Ω,   H = ΩᵀY,   G = YᵀY,   ν = u ‖A Ω‖_F / √n, ten times that and so on where H is not positive definite
 *   tr A ≈ mean of tr(H⁻¹G) − (H⁻¹G H⁻¹)_ii / h_i + c_i / h_i − ν n,   h_i = (H⁻¹)_ii
 *   c_i = (n − m + 1) ((ΩᵀΩ)⁻¹)_ii resphered, else 1
 * </pre>
 *
 * <p>The published B = Y C⁻¹ and U = Y H⁻¹ (H = CᵀC) enter through their inner products alone, so H and G are all that is needed and νΩ is added in
 * double. u is the operator's relative error. m products for m vectors, half of {@link XTrace}; 2 m vectors of memory. For Gauss–Newton matrices,
 * Fisher matrices, damped positive operators: a Hessian is indefinite. The standard error is 1.8 s/√m, by measurement; where m reaches the rank it
 * means nothing.
 *
 * @param probes where the test vectors come from
 * @param count m, at least 2
 * @param resphered whether the tests are rescaled: for normal numbers
 * @see <a href="https://arxiv.org/abs/2301.07825">Epperly, Tropp, Webber: XTrace: Making the most of every sample in stochastic trace estimation</a>
 */
public record XNysTrace(Probes probes, int count, boolean resphered) {
  /** Reported standard error over s/√m. */
  public static final double ERROR_FACTOR = 1.8;

  private static final int ATTEMPTS = 4;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if count &lt; 2
   */
  public XNysTrace {
    Objects.requireNonNull(probes, "probes");
    Checks.that(count >= 2, "count", count, ">= 2");
  }

  /** Resphered normal test vectors, one per product. */
  public static XNysTrace budget(long seed, int matvecs) {
    Checks.that(matvecs >= 2, "matvecs", matvecs, ">= 2");
    return new XNysTrace(Probes.gaussian(seed), matvecs, true);
  }

  /**
   * Estimates.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if count exceeds n or probes do not fit
   * @throws OperatorException if the operator breaks its contract or is not positive semidefinite
   */
  public Estimate estimate(LinearOperator operator) {
    int n = operator.dimension();
    Checks.that(count <= n, "count", count, "<= " + n + " (operator dimension)");
    probes.require(count, n);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    float[][] omega = new float[count][n];
    float[][] y = new float[count][n];
    for (int i = 0; i < count; i++) {
      probes.fill(i, omega[i], 0, n, ws);
      a.apply(omega[i], y[i]);
    }
    double[] samples = samples(gram(omega, omega, n, ws), gram(omega, y, n, ws), gram(y, y, n, ws), n, a.relativeError());
    Estimate plain = Estimate.ofMean(samples, (int) (a.products() - before), probes.seed(), StoppedBy.BUDGET);
    return new Estimate(plain.value(), ERROR_FACTOR * plain.standardError(), samples, plain.matvecs(), plain.seed(), plain.stoppedBy());
  }

  /** The symmetric part of XᵀY. */
  private double[][] gram(float[][] x, float[][] y, int n, Workspace ws) {
    double[][] g = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = Reductions.dot(x[i], y[j], 0, n, ws);
        g[i][j] = x == y ? dot : (dot + Reductions.dot(x[j], y[i], 0, n, ws)) / 2;
        g[j][i] = g[i][j];
      }
    }
    return g;
  }

  private double[] samples(double[][] oo, double[][] oy, double[][] yy, int n, double u) {
    double square = 0;
    for (int i = 0; i < count; i++) {
      square += yy[i][i];
    }
    if (square == 0) {
      return new double[count]; // A = 0
    }
    double[][] spread = Cholesky.inverse(oo);
    Checks.that(spread != null, "probes", "dependent", "linearly independent test vectors");
    double nu = u * Math.sqrt(square) / Math.sqrt(n);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++, nu *= 10) {
      double[][] inverse = Cholesky.inverse(combine(1, oy, nu, oo, 0, oo));
      if (inverse != null) {
        return samples(inverse, combine(1, yy, 2 * nu, oy, nu * nu, oo), spread, nu, n);
      }
    }
    throw new OperatorException("operator is not positive semidefinite: test vectors found negative curvature, expected v'Av >= 0; use XTrace");
  }

  private double[] samples(double[][] inverse, double[][] g, double[][] spread, double nu, int n) {
    double[][] ig = multiply(inverse, g);
    double trace = 0;
    for (int i = 0; i < count; i++) {
      trace += ig[i][i];
    }
    double[] samples = new double[count];
    for (int i = 0; i < count; i++) {
      double u = 0; // ‖u_i‖²
      for (int k = 0; k < count; k++) {
        u += ig[i][k] * inverse[k][i];
      }
      double c = resphered ? (n - count + 1) * spread[i][i] : 1;
      samples[i] = trace + (c - u) / inverse[i][i] - nu * n;
    }
    return samples;
  }

  private double[][] combine(double a, double[][] x, double b, double[][] y, double c, double[][] z) {
    double[][] sum = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        sum[i][j] = a * x[i][j] + b * y[i][j] + c * z[i][j];
      }
    }
    return sum;
  }

  private double[][] multiply(double[][] x, double[][] y) {
    double[][] product = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < count; k++) {
        for (int j = 0; j < count; j++) {
          product[i][j] += x[i][k] * y[k][j];
        }
      }
    }
    return product;
  }
}
