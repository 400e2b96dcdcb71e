package curvata.hessian.trace;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.Probes;
import curvata.hessian.StoppedBy;
import curvata.hessian.internal.Basis;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * XTrace: every test vector serves the low-rank part of all others and the test of its own; with XDiag from the same products.
 *
 * <pre>
 *   Y = A Ω = Q R,   Z = A Q,   H = QᵀZ,   W = QᵀΩ,   S = R⁻ᵀ with columns of norm 1;   w, r, s the i-th columns of W, R, S
 *   w̃ = w − s (sᵀw),   test_i = wᵀr − 2 (wᵀr − (wᵀs)(sᵀr)) + w̃ᵀH w̃
 *   c_i = (n − m + 1)/(‖ω_i‖² − ‖w̃‖²) resphered, else 1
 *   tr A ≈ mean of tr H − sᵀH s + c_i test_i
 *   diag A ≈ mean of diag(Q Zᵀ) − (Q s)∘(Z s) + (Q s)(sᵀr) ⊘ ω_i          (signs only)
 * </pre>
 *
 * <p>2 m products, 2 m vectors of memory (3 m with the diagonal), small work in double. Samples depend on each other, so the standard error is 1.5
 * s/√m, by measurement. An operator whose rank is below m comes out exact to rounding, with no error left to estimate.
 *
 * @param probes where the test vectors come from
 * @param count m, at least 2
 * @param resphered whether the tests are rescaled: for normal numbers; with signs it is left out
 * @param diagonal whether the diagonal is estimated, which needs signs
 * @see <a href="https://arxiv.org/abs/2301.07825">Epperly, Tropp, Webber: XTrace: Making the most of every sample in stochastic trace estimation</a>
 */
public record XTrace(Probes probes, int count, boolean resphered, boolean diagonal) {
  /** Reported standard error over s/√m. */
  public static final double ERROR_FACTOR = 1.5;

  private static final double ROUNDING = 1e-6;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if count &lt; 2, or a diagonal is wanted from probes that are not signs
   */
  public XTrace {
    Objects.requireNonNull(probes, "probes");
    Checks.that(count >= 2, "count", count, ">= 2");
    Checks.that(!diagonal || probes.signs(), "probes", "not signs", "signs for a diagonal");
  }

  /** Resphered normal test vectors within a budget of products, half as many vectors. */
  public static XTrace budget(long seed, int matvecs) {
    Checks.that(matvecs >= 4, "matvecs", matvecs, ">= 4");
    return new XTrace(Probes.gaussian(seed), matvecs / 2, true, false);
  }

  /** With the diagonal too, from sign test vectors. */
  public static XTrace withDiagonal(long seed, int matvecs) {
    Checks.that(matvecs >= 4, "matvecs", matvecs, ">= 4");
    return new XTrace(Probes.rademacher(seed), matvecs / 2, false, true);
  }

  /**
   * What the products gave.
   *
   * @param trace tr A
   * @param diagonal n floats, if they were asked for
   */
  public record Result(Estimate trace, Optional<float[]> diagonal) {}

  /**
   * Estimates.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if count exceeds n or probes do not fit
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Result estimate(LinearOperator operator) {
    int n = operator.dimension();
    Checks.that(count <= n, "count", count, "<= " + n + " (operator dimension)");
    probes.require(count, n);
    return new Run(CheckedOperator.of(operator)).result();
  }

  /** One estimate on its way. */
  private final class Run {
    private final CheckedOperator a;
    private final long before;
    private final int n;
    private final Workspace ws = new Workspace();
    private final Basis q;
    private final double[][] r = new double[count][count]; // r[i]: column i of R
    private final double[][] w = new double[count][count]; // w[i]: column i of W
    private final double[] omegaSquare = new double[count];
    private final double[][] h;
    private final float[][] z;

    Run(CheckedOperator a) {
      this.a = a;
      this.before = a.products();
      this.n = a.dimension();
      this.q = new Basis(n, count);
      ws.reserve(0, Probes.requiredDoubles(n));
      float[] v = new float[n];
      factor(v, new float[n]);
      this.h = new double[q.size()][count];
      this.z = new float[diagonal ? q.size() : 1][n];
      for (int j = 0; j < q.size(); j++) {
        a.apply(q.vector(j), z[diagonal ? j : 0]);
        q.project(z[diagonal ? j : 0], h[j]);
      }
      for (int i = 0; i < count; i++) {
        probes.fill(i, v, 0, n, ws);
        q.project(v, w[i]);
        omegaSquare[i] = q.dot(v, v);
      }
    }

    /** Y = Q R; columns that are dependent on those before are left out, and with them the samples. */
    private void factor(float[] v, float[] y) {
      double largest = 0;
      for (int i = 0; i < count; i++) {
        probes.fill(i, v, 0, n, ws);
        a.apply(v, y);
        largest = Math.max(largest, q.norm(y));
        double norm = q.orthogonalize(y);
        if (norm > ROUNDING * largest) {
          for (int j = 0; j < q.size(); j++) {
            r[i][j] = q.removed(j);
          }
          r[i][q.size()] = norm;
          q.append(y, norm);
        }
      }
    }

    Result result() {
      double[] samples = new double[count];
      double[] s = new double[count];
      double[] d = new double[diagonal ? n : 0];
      boolean exact = q.size() < count;
      for (int i = 0; i < count; i++) {
        if (exact) {
          samples[i] = traceOfH();
        } else {
          direction(i, s);
          samples[i] = sample(i, s);
        }
        if (diagonal && !exact) {
          addDiagonal(i, s, d);
        }
      }
      Estimate plain = Estimate.ofMean(samples, (int) (a.products() - before), probes.seed(), StoppedBy.BUDGET);
      Estimate trace = new Estimate(
          plain.value(), ERROR_FACTOR * plain.standardError(), samples, plain.matvecs(), plain.seed(), plain.stoppedBy());
      return new Result(trace, diagonal ? Optional.of(diagonal(d)) : Optional.empty());
    }

    private double traceOfH() {
      double sum = 0;
      for (int j = 0; j < q.size(); j++) {
        sum += h[j][j];
      }
      return sum;
    }

    private double hAt(int i, int j) {
      return (h[i][j] + h[j][i]) / 2;
    }

    /** s ← column i of R⁻ᵀ, of norm 1: the solution of Rᵀ s = e_i. */
    private void direction(int i, double[] s) {
      Arrays.fill(s, 0);
      double square = 0;
      for (int j = i; j < count; j++) {
        double sum = j == i ? 1 : 0;
        for (int k = i; k < j; k++) {
          sum -= r[j][k] * s[k];
        }
        s[j] = sum / r[j][j];
        square += s[j] * s[j];
      }
      double norm = Math.sqrt(square);
      for (int j = i; j < count; j++) {
        s[j] /= norm;
      }
    }

    private double sample(int i, double[] s) {
      double ws = dot(w[i], s);
      double sr = dot(s, r[i]);
      double wr = dot(w[i], r[i]);
      double[] rest = new double[count];
      Arrays.setAll(rest, j -> w[i][j] - s[j] * ws);
      double test = wr - 2 * (wr - ws * sr) + quadratic(rest);
      double c = resphered ? (n - count + 1) / (omegaSquare[i] - dot(rest, rest)) : 1;
      return traceOfH() - quadratic(s) + c * test;
    }

    private double quadratic(double[] x) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          sum += x[i] * hAt(i, j) * x[j];
        }
      }
      return sum;
    }

    private static double dot(double[] x, double[] y) {
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        sum += x[j] * y[j];
      }
      return sum;
    }

    /** d ← d − (Q s)∘(Z s) + (Q s)(sᵀr) ⊘ ω_i. */
    private void addDiagonal(int i, double[] s, double[] d) {
      float[] omega = new float[n];
      probes.fill(i, omega, 0, n, ws);
      double sr = dot(s, r[i]);
      for (int l = 0; l < n; l++) {
        double qs = 0;
        double zs = 0;
        for (int j = i; j < count; j++) {
          qs += q.vector(j)[l] * s[j];
          zs += z[j][l] * s[j];
        }
        d[l] += qs * (sr / omega[l] - zs);
      }
    }

    private float[] diagonal(double[] d) {
      float[] value = new float[n];
      for (int l = 0; l < n; l++) {
        double sum = 0;
        for (int j = 0; j < q.size(); j++) {
          sum += (double) q.vector(j)[l] * z[j][l];
        }
        value[l] = (float) (sum + d[l] / count);
      }
      return value;
    }
  }
}
