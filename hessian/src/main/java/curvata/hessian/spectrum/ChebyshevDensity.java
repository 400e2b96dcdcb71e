package curvata.hessian.spectrum;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Interval;
import curvata.hessian.LinearOperator;
import curvata.hessian.OperatorException;
import curvata.hessian.Probes;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;
import curvata.kernels.vector.Scaled;
import java.util.Arrays;

/**
 * Spectral density by the kernel polynomial method: Chebyshev moments of random vectors, damped by Jackson's factors.
 *
 * <pre>
 *   B = (2 A − (hi + lo)) / (hi − lo),   w_0 = v, w_1 = B v, w_{j+1} = 2 B w_j − w_{j−1}      ‖v‖ = 1
 *   μ_2j = 2 w_jᵀw_j − μ_0,   μ_2j+1 = 2 w_jᵀw_{j+1} − μ_1,   mean over probes
 *   g_j = ((K − j + 1) cos(πj/(K + 1)) + sin(πj/(K + 1)) cot(π/(K + 1))) / (K + 1)
 *   φ(t) = (g_0 μ_0 + 2 Σ g_j μ_j T_j(t)) / (π √(1 − t²)) · 2/(hi − lo)
 *   F(t) = (g_0 μ_0 (π − ϑ) − 2 Σ g_j μ_j sin(jϑ)/j) / π,   ϑ = arccos t
 * </pre>
 *
 * <p>Two moments per product, three vectors of memory and no orthogonality to lose. Smooth and never negative; the resolution is π (hi − lo) / (2
 * K) everywhere, so an outlier blurs the bulk. [lo, hi] must contain the spectrum: see {@link Lanczos.Projection#enclosure()}.
 *
 * @param interval [lo, hi]
 * @param moments μ_0 = 1, …, μ_{K−1}
 * @param matvecs products that were used
 * @see <a href="https://doi.org/10.1103/RevModPhys.78.275">Weiße, Wellein, Alvermann, Fehske: The kernel polynomial method</a>
 */
public record ChebyshevDensity(Interval interval, double[] moments, int matvecs) {
  private static final double SLACK = 1e-3; // of moments beyond 1, from float vectors

  /** Checks the interval and that there are moments; the array is not copied. */
  public ChebyshevDensity {
    Checks.that(interval.lower() < interval.upper(), "interval", interval, "lower < upper");
    Checks.that(moments.length >= 2, "moments.length", moments.length, ">= 2");
  }

  /**
   * Takes K moments of so many probes.
   *
   * @param interval must contain the spectrum
   * @param moments K, at least 2
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if a number is out of its range or probes do not fit
   * @throws OperatorException if the operator breaks its contract or has eigenvalues outside the interval
   */
  public static ChebyshevDensity of(LinearOperator operator, Probes probes, int count, int moments, Interval interval) {
    int n = operator.dimension();
    Checks.that(count >= 1, "count", count, ">= 1");
    Checks.that(moments >= 2, "moments", moments, ">= 2");
    probes.require(count, n);
    CheckedOperator a = CheckedOperator.of(operator);
    long before = a.products();
    double[] sum = new double[moments + 1];
    Recurrence recurrence = new Recurrence(a, interval);
    for (int j = 0; j < count; j++) {
      recurrence.add(probes, j, sum, moments);
    }
    double[] mean = new double[moments];
    Arrays.setAll(mean, j -> sum[j] / count);
    return new ChebyshevDensity(interval, mean, (int) (a.products() - before));
  }

  /** The density at these points; 0 outside the interval and at its ends. */
  public Curve density(double[] x) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> density(scaled(x[i])));
    return new Curve(x.clone(), y);
  }

  private double density(double t) {
    if (!(Math.abs(t) < 1)) {
      return 0;
    }
    double angle = StrictMath.acos(t);
    double sum = moments[0];
    for (int j = 1; j < moments.length; j++) {
      sum += 2 * jackson(j) * moments[j] * StrictMath.cos(j * angle);
    }
    return sum / (Math.PI * Math.sqrt(1 - t * t)) * 2 / (interval.upper() - interval.lower());
  }

  /** The cumulative distribution at these points. */
  public Curve cumulative(double[] x) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> cumulative(scaled(x[i])));
    return new Curve(x.clone(), y);
  }

  private double cumulative(double t) {
    double angle = StrictMath.acos(Math.clamp(t, -1, 1));
    double sum = moments[0] * (Math.PI - angle);
    for (int j = 1; j < moments.length; j++) {
      sum -= 2 * jackson(j) * moments[j] * StrictMath.sin(j * angle) / j;
    }
    return sum / Math.PI;
  }

  private double scaled(double x) {
    return (2 * x - interval.upper() - interval.lower()) / (interval.upper() - interval.lower());
  }

  private double jackson(int j) {
    int k = moments.length;
    double angle = Math.PI / (k + 1);
    double cot = 1 / StrictMath.tan(angle);
    return ((k - j + 1) * StrictMath.cos(j * angle) + StrictMath.sin(j * angle) * cot) / (k + 1);
  }

  private static final class Recurrence {
    private final CheckedOperator a;
    private final Interval interval;
    private final int n;
    private final double scale;
    private final double shift;
    private final Workspace ws = new Workspace();
    private float[] old;
    private float[] now;
    private float[] next;

    Recurrence(CheckedOperator a, Interval interval) {
      this.a = a;
      this.interval = interval;
      this.n = a.dimension();
      Checks.that(interval.lower() < interval.upper(), "interval", interval, "lower < upper");
      this.scale = 2 / (interval.upper() - interval.lower());
      this.shift = -(interval.upper() + interval.lower()) / (interval.upper() - interval.lower());
      ws.reserve(0, Reductions.requiredDoubles(n));
      old = new float[n];
      now = new float[n];
      next = new float[n];
    }

    void add(Probes probes, int probe, double[] sum, int moments) {
      probes.fill(probe, old, 0, n, ws);
      double norm = Math.sqrt(Reductions.sumOfSquares(old, 0, n, ws));
      Checks.that(norm > 0, "norm of probe " + probe, norm, "> 0");
      Scaled.into(1 / norm, old, old, 0, n, ws);
      double mu0 = Reductions.sumOfSquares(old, 0, n, ws);
      a.apply(old, now);
      Axpby.into(scale, now, shift, old, now, 0, n, ws);
      double mu1 = Reductions.dot(old, now, 0, n, ws);
      sum[0] += mu0;
      sum[1] += mu1;
      for (int j = 1; 2 * j < moments; j++) {
        moment(2 * Reductions.sumOfSquares(now, 0, n, ws) - mu0, 2 * j, sum);
        if (2 * j + 1 < moments) {
          a.apply(now, next);
          Axpby.into(2 * scale, next, 2 * shift, now, next, 0, n, ws);
          Axpby.into(-1, old, 1, next, next, 0, n, ws);
          moment(2 * Reductions.dot(now, next, 0, n, ws) - mu1, 2 * j + 1, sum);
          float[] free = old;
          old = now;
          now = next;
          next = free;
        }
      }
    }

    private void moment(double mu, int j, double[] sum) {
      if (!(Math.abs(mu) <= 1 + SLACK)) {
        throw new OperatorException(
            "Chebyshev moment " + j + " = " + mu + ", expected within [-1, 1]: the operator has eigenvalues outside [" + interval.lower() + ", "
                + interval.upper() + "]; widen the interval");
      }
      sum[j] += mu;
    }
  }
}
