package curvata.hessian.trace;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.Probes;
import curvata.hessian.StoppedBy;
import curvata.hessian.internal.RunningMean;
import curvata.hessian.internal.StudentT;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.reduce.Sweep;
import curvata.kernels.vector.ProductMoments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Girard's and Hutchinson's trace estimator; the Frobenius norm, traces of diagonal blocks and the diagonal come from the same products.
 *
 * <pre>
 *   q_j = v_jᵀ A v_j,   tr A ≈ mean q       f_j = ‖A v_j‖²,   ‖A‖_F² ≈ mean f
 *   t_bj = Σ_{i in b} v_i (A v)_i,   tr A_bb ≈ mean t_b       d ≈ mean v_j ∘ A v_j   (signs only)
 * </pre>
 *
 * <p>Variance of a sample: with signs 2 (‖A‖_F² − Σ a_ii²), with normal numbers 2 ‖A‖_F². The error bar is s/√m; Student's interval covers 91 to 95 %
 * where it says 95. One product per probe, two vectors of memory per vector of a block and as much again for the checks of the operator, two more for
 * the diagonal; nothing is allocated per probe but its numbers.
 *
 * <p>With a tolerance it stops when the interval's half width is within max(rtol |mean|, atol), tested after each block from {@code minProbes}
 * probes on. Where the trace is small against the deviation of its samples, as on indefinite Hessians, rtol never fires: give atol, and always a
 * budget.
 *
 * @param probes where they come from
 * @param minProbes before a tolerance is tested
 * @param maxProbes the budget of products
 * @param rtol relative tolerance; 0 for none
 * @param atol absolute tolerance; 0 for none
 * @param confidence of the interval that must be within the tolerance
 * @param block probes per call of the operator: more than 1 serves operators that multiply blocks faster
 * @param diagonal whether the diagonal is estimated, which needs signs
 * @param ranges diagonal blocks whose traces are estimated
 * @see <a href="https://doi.org/10.1080/03610918908812806">Hutchinson: A stochastic estimator of the trace of the influence matrix</a>
 * @see <a href="https://arxiv.org/abs/2005.10009">Cortinovis, Kressner: On randomized trace estimates for indefinite matrices</a>
 */
public record Hutchinson(
    Probes probes, int minProbes, int maxProbes, double rtol, double atol, double confidence, int block, boolean diagonal, List<IndexRange> ranges) {
  /** Probes before a tolerance is tested. */
  public static final int MIN_PROBES = 10;

  /** Confidence of the adaptive stop. */
  public static final double CONFIDENCE = 0.95;

  private static final Sweep MOMENTS = Sweep.of(Measure.dot("q", "v", "w"), Measure.sumOfSquares("f", "w"));

  /**
   * Checks the numbers.
   *
   * @throws NullPointerException if probes or ranges are null
   * @throws IllegalArgumentException if a number is out of its range, or a diagonal is wanted from probes that are not signs
   */
  public Hutchinson {
    Objects.requireNonNull(probes, "probes");
    ranges = List.copyOf(ranges);
    Checks.that(minProbes >= 2, "minProbes", minProbes, ">= 2");
    Checks.that(maxProbes >= 1, "maxProbes", maxProbes, ">= 1");
    Checks.that(rtol >= 0 && Double.isFinite(rtol), "rtol", rtol, ">= 0 and finite");
    Checks.that(atol >= 0 && Double.isFinite(atol), "atol", atol, ">= 0 and finite");
    Checks.that(rtol == 0 && atol == 0 || maxProbes >= minProbes, "maxProbes", maxProbes, ">= " + minProbes + " (minProbes)");
    Checks.that(confidence > 0 && confidence < 1, "confidence", confidence, "0 < confidence < 1");
    Checks.that(block >= 1, "block", block, ">= 1");
    Checks.that(!diagonal || probes.signs(), "probes", "not signs", "signs for a diagonal");
  }

  /** Exactly so many probes. */
  public static Hutchinson fixed(Probes probes, int count) {
    return new Hutchinson(probes, MIN_PROBES, count, 0, 0, CONFIDENCE, 1, false, List.of());
  }

  /** As many probes as max(rtol |mean|, atol) needs, within a budget. */
  public static Hutchinson adaptive(Probes probes, double rtol, double atol, int maxProbes) {
    return new Hutchinson(probes, MIN_PROBES, maxProbes, rtol, atol, CONFIDENCE, 1, false, List.of());
  }

  /** With so many probes per call of the operator. */
  public Hutchinson withBlock(int block) {
    return new Hutchinson(probes, minProbes, maxProbes, rtol, atol, confidence, block, diagonal, ranges);
  }

  /** With the diagonal. */
  public Hutchinson withDiagonal() {
    return new Hutchinson(probes, minProbes, maxProbes, rtol, atol, confidence, block, true, ranges);
  }

  /** With the traces of these diagonal blocks. */
  public Hutchinson withRanges(List<IndexRange> ranges) {
    return new Hutchinson(probes, minProbes, maxProbes, rtol, atol, confidence, block, diagonal, ranges);
  }

  /**
   * What the products gave.
   *
   * @param trace tr A; its samples are q
   * @param squaredFrobenius ‖A‖_F² = Σ λ²; its samples are f
   * @param ranges traces of the diagonal blocks, in the order they were asked for; cross blocks average out
   * @param diagonal the diagonal, if it was asked for
   */
  public record Result(Estimate trace, Estimate squaredFrobenius, List<Estimate> ranges, Optional<Diagonal> diagonal) {
    /** ‖A‖_F, the root of the mean of f, with the error s / (2 ‖A‖_F √m); its samples are f. */
    public Estimate frobenius() {
      Estimate f = squaredFrobenius;
      double root = Math.sqrt(f.value());
      double error = root == 0 ? f.standardError() : f.standardError() / (2 * root);
      return new Estimate(root, error, f.samples(), f.matvecs(), f.seed(), f.stoppedBy());
    }

    /** tr(A)² / ‖A‖_F²: how many directions share the curvature of a positive semidefinite operator. */
    public double effectiveDirections() {
      return trace.value() * trace.value() / squaredFrobenius.value();
    }
  }

  /**
   * Estimates.
   *
   * @throws NullPointerException if the operator is null
   * @throws IllegalArgumentException if probes or ranges do not fit the operator
   * @throws curvata.hessian.OperatorException if the operator breaks its contract
   */
  public Result estimate(LinearOperator operator) {
    int n = operator.dimension();
    probes.require(maxProbes, n);
    for (IndexRange r : ranges) {
      Checks.that(r.to() <= n, "end of range " + r.name(), r.to(), "<= " + n + " (operator dimension)");
    }
    Run run = new Run(CheckedOperator.of(operator));
    boolean done = false;
    while (!done && run.count < maxProbes) {
      run.multiply(Math.min(block, maxProbes - run.count));
      done = run.count >= minProbes && within(run.trace);
    }
    return run.result(done ? StoppedBy.TOLERANCE : StoppedBy.BUDGET);
  }

  private boolean within(RunningMean trace) {
    if (rtol == 0 && atol == 0) {
      return false;
    }
    double half = StudentT.twoSided(confidence, trace.count() - 1) * trace.standardError();
    return half <= Math.max(rtol * Math.abs(trace.value()), atol);
  }

  /** One estimate on its way. */
  private final class Run {
    private final CheckedOperator a;
    private final int n;
    private final Workspace ws = new Workspace();
    private final float[] v;
    private final float[] w;
    private final float[][] pair;
    private final double[] moments = new double[2];
    private final float[] mean; // of the diagonal
    private final float[] m2;
    private final RunningMean trace = new RunningMean();
    private final double[][] samples = new double[2 + ranges.size()][Math.min(maxProbes, 64)];
    private int count;

    Run(CheckedOperator a) {
      this.a = a;
      this.n = a.dimension();
      int size = Checks.size("block", Math.min(block, maxProbes), n);
      this.v = new float[size];
      this.w = new float[size];
      this.pair = new float[][] {v, w};
      this.mean = new float[diagonal ? n : 0];
      this.m2 = new float[diagonal ? n : 0];
      ws.reserve(0, MOMENTS.requiredDoubles(n));
    }

    void multiply(int probesNow) {
      for (int j = 0; j < probesNow; j++) {
        probes.fill(count + j, v, j * n, n, ws);
      }
      if (probesNow == 1) {
        a.apply(v, w);
      } else {
        a.applyBlock(v, w, probesNow);
      }
      for (int j = 0; j < probesNow; j++) {
        take(j * n);
      }
    }

    private void take(int at) {
      MOMENTS.run(pair, at, at + n, moments, 0, ws);
      if (count == samples[0].length) {
        int more = (int) Math.min(maxProbes, 2L * count);
        for (int s = 0; s < samples.length; s++) {
          samples[s] = Arrays.copyOf(samples[s], more);
        }
      }
      samples[0][count] = moments[0];
      samples[1][count] = moments[1];
      for (int r = 0; r < ranges.size(); r++) {
        IndexRange range = ranges.get(r);
        samples[2 + r][count] = Reductions.dot(v, w, at + range.from(), at + range.to(), ws);
      }
      count++;
      trace.add(moments[0]);
      if (diagonal) {
        ProductMoments.add(v, w, at, count, mean, m2, n);
      }
    }

    Result result(StoppedBy why) {
      List<Estimate> blocks = new ArrayList<>();
      for (int r = 0; r < ranges.size(); r++) {
        blocks.add(estimate(2 + r, why));
      }
      return new Result(estimate(0, why), estimate(1, why), List.copyOf(blocks), Optional.ofNullable(diagonal ? diagonal() : null));
    }

    private Estimate estimate(int row, StoppedBy why) {
      return Estimate.ofMean(Arrays.copyOf(samples[row], count), count, probes.seed(), why);
    }

    private Diagonal diagonal() {
      double scale = 1.0 / (count - 1.0) / count;
      for (int i = 0; i < n; i++) {
        m2[i] = count == 1 ? Float.POSITIVE_INFINITY : (float) Math.sqrt(m2[i] * scale);
      }
      return new Diagonal(mean, m2, count);
    }
  }
}
