package curvata.hessian.spectrum;

import curvata.hessian.Estimate;
import curvata.hessian.Interval;
import curvata.hessian.StoppedBy;
import curvata.hessian.internal.Erf;
import curvata.kernels.Checks;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * The distribution of all eigenvalues, as quadratures of several probes tell it.
 *
 * <pre>
 *   φ(t) = (1/n) Σ_i δ(t − λ_i)  ≈  (1/n) Σ_{i ≤ p} δ(t − θ̂_i)  +  (1 − p/n) · mean over probes Σ_j τ_j δ(t − θ_j)
 * </pre>
 *
 * where the p eigenvalues θ̂ were found before and deflated (none without deflation). The cumulative distribution with its bounds needs no further
 * choice; a density needs a width.
 *
 * @param dimension n
 * @param quadratures one per probe
 * @param deflated eigenvalues known one by one
 * @param matvecs products that were used
 * @param seed of the probes; none where the caller gave them
 */
public record SpectralDensity(int dimension, List<Quadrature> quadratures, List<Double> deflated, int matvecs, OptionalLong seed) {
  private static final double KAPPA = 3;
  private static final double MARGIN = 0.05;

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is no quadrature or more deflated eigenvalues than dimensions
   */
  public SpectralDensity {
    quadratures = List.copyOf(quadratures);
    deflated = List.copyOf(deflated);
    Checks.that(!quadratures.isEmpty(), "quadratures", quadratures.size(), ">= 1");
    Checks.that(deflated.size() <= dimension, "deflated", deflated.size(), "<= " + dimension + " (dimension)");
  }

  /** The smallest and the largest node or deflated eigenvalue. */
  public Interval range() {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Quadrature q : quadratures) {
      low = Math.min(low, q.nodes()[0]);
      high = Math.max(high, q.nodes()[q.nodes().length - 1]);
    }
    for (double theta : deflated) {
      low = Math.min(low, theta);
      high = Math.max(high, theta);
    }
    return new Interval(low, high);
  }

  /**
   * The cumulative distribution at these points, with the bounds of Chebyshev, Markov and Stieltjes: each probe's true curve crosses every step of
   * its staircase.
   *
   * @see <a href="https://arxiv.org/abs/2105.06595">Chen, Trogdon, Ubaru: Analysis of stochastic Lanczos quadrature for spectrum approximation</a>
   */
  public Cumulative cumulative(double[] x) {
    double[][] curves = new double[4][x.length];
    for (int i = 0; i < x.length; i++) {
      double at = x[i];
      curves[0][i] = mix(known(at), q -> q.lower(at));
      curves[1][i] = mix(known(at), q -> q.cumulative(at));
      curves[2][i] = mix(known(at), q -> q.upper(at));
      double share = Math.clamp(curves[1][i], 0, 1);
      curves[3][i] = Math.sqrt(2 * share * (1 - share) / (dimension + 2.0) / quadratures.size());
    }
    return new Cumulative(x.clone(), curves[0], curves[1], curves[2], curves[3]);
  }

  /**
   * How many eigenvalues are at or below x: an interval by the same bounds, without the sampling error. Take x = −ε and x = ε, ε a few times the
   * rounding of products, where eigenvalues that are zero may come out on either side.
   */
  public Interval count(double x) {
    return new Interval(dimension * mix(known(x), q -> q.lower(x)), dimension * mix(known(x), q -> q.upper(x)));
  }

  /**
   * tr f(A), an average over probes.
   *
   * <p>The standard error is that of the probes; the quadrature's own error is not in it, see {@link Quadrature}. f must be finite at every node.
   */
  public Estimate sum(DoubleUnaryOperator f) {
    double known = 0;
    for (double theta : deflated) {
      known += f.applyAsDouble(theta);
    }
    double[] samples = new double[quadratures.size()];
    for (int j = 0; j < samples.length; j++) {
      samples[j] = known + (dimension - deflated.size()) * quadratures.get(j).sum(f);
    }
    return Estimate.ofMean(samples, matvecs, seed, StoppedBy.BUDGET);
  }

  /**
   * A density with one width for all: σ² = 10⁻⁵ max(1, range), normalised on its grid. The form of the common Hessian tools, kept for comparison: its
   * width depends on the units of the loss.
   *
   * @param points of the grid, which reaches 0.01 beyond the average ends
   * @see <a href="https://arxiv.org/abs/1912.07145">Yao et al.: PyHessian</a>
   */
  public Curve fixedWidth(int points) {
    Checks.that(points >= 2, "points", points, ">= 2");
    double low = mean(q -> q.nodes()[0]) - 0.01;
    double high = mean(q -> q.nodes()[q.nodes().length - 1]) + 0.01;
    for (double theta : deflated) {
      low = Math.min(low, theta - 0.01);
      high = Math.max(high, theta + 0.01);
    }
    double[] x = grid(low, high, points);
    double[] y = gaussians(x, Math.sqrt(1e-5 * Math.max(1, high - low)));
    double sum = Arrays.stream(y).sum() * (x[1] - x[0]);
    Arrays.setAll(y, i -> y[i] / sum);
    return new Curve(x, y);
  }

  /**
   * A density whose width follows from the number of nodes: the default for plots.
   *
   * <pre>
   *   [low − 5 %, high + 5 %] mapped to [−1, 1],   σ = 2 / ((k − 1) √(8 ln κ)),   κ = 3
   * </pre>
   *
   * @param points of the grid
   * @param ends low and high, such as {@link #range()}
   * @see <a href="https://arxiv.org/abs/1811.07062">Papyan: The full spectrum of deepnet Hessians at scale</a>
   */
  public Curve nodeWidth(int points, Interval ends) {
    Checks.that(points >= 2, "points", points, ">= 2");
    double margin = MARGIN * (ends.upper() - ends.lower());
    double[] x = grid(ends.lower() - margin, ends.upper() + margin, points);
    return new Curve(x, gaussians(x, width(ends)));
  }

  /** σ of {@link #nodeWidth} for these ends. */
  public double width(Interval ends) {
    Checks.that(ends.lower() < ends.upper(), "ends", ends, "lower < upper");
    int k = Math.max(2, quadratures.stream().mapToInt(q -> q.nodes().length).max().orElse(0));
    return 2.0 / (k - 1) / Math.sqrt(8 * StrictMath.log(KAPPA)) * (1 + 2 * MARGIN) * (ends.upper() - ends.lower()) / 2;
  }

  /**
   * Mass between neighbouring edges when every node is a Gaussian of this width: differences of error functions, so that no mass is lost between the
   * points of a coarse or logarithmic grid.
   *
   * @param edges ascending; one more than there are bins
   * @param sigma the width; 0 keeps the nodes as they are
   */
  public double[] binned(double[] edges, double sigma) {
    Checks.that(edges.length >= 2, "edges.length", edges.length, ">= 2");
    Checks.that(sigma >= 0 && Double.isFinite(sigma), "sigma", sigma, ">= 0 and finite");
    double[] below = new double[edges.length];
    Arrays.setAll(below, i -> mass(t -> below(edges[i], t, sigma)));
    double[] bins = new double[edges.length - 1];
    Arrays.setAll(bins, i -> below[i + 1] - below[i]);
    return bins;
  }

  private static double below(double edge, double t, double sigma) {
    return sigma == 0 ? (t <= edge ? 1 : 0) : 0.5 * (1 + Erf.of((edge - t) / sigma / Math.sqrt(2)));
  }

  private double[] gaussians(double[] x, double sigma) {
    double[] y = new double[x.length];
    double scale = 1 / (sigma * Math.sqrt(2 * Math.PI));
    Arrays.setAll(y, i -> scale * mass(t -> StrictMath.exp(-(x[i] - t) * (x[i] - t) / (2 * sigma * sigma))));
    return y;
  }

  /** ∫ f dφ. */
  private double mass(DoubleUnaryOperator f) {
    double sum = 0;
    for (double theta : deflated) {
      sum += f.applyAsDouble(theta) / dimension;
    }
    return mix(sum, q -> q.sum(f));
  }

  private double known(double x) {
    return (double) deflated.stream().filter(theta -> theta <= x).count() / dimension;
  }

  private double mix(double known, ToDoubleFunction<Quadrature> part) {
    return known + (1 - (double) deflated.size() / dimension) * mean(part);
  }

  private double mean(ToDoubleFunction<Quadrature> part) {
    double sum = 0;
    for (Quadrature q : quadratures) {
      sum += part.applyAsDouble(q);
    }
    return sum / quadratures.size();
  }

  private static double[] grid(double low, double high, int points) {
    double[] x = new double[points];
    Arrays.setAll(x, i -> low + (high - low) * i / (points - 1));
    return x;
  }
}
