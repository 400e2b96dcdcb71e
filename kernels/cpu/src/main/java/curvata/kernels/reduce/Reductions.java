package curvata.kernels.reduce;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;

/**
 * Single reductions over a range of floats: sum, sum of squares, dot product, largest magnitude.
 *
 * <p>Widened to double before anything is multiplied or added, in the fixed order of {@link Blocks}: the bits of a result depend on the elements and
 * their number, not on threads, vector width or backend. Large ranges ({@link Threads#MIN_ELEMENTS}) use all threads. Calls allocate nothing once the
 * workspace is warm. No elements give 0. NaN and infinities propagate.
 *
 * <p>Several of them over the same arrays: {@link Sweep}.
 */
public final class Reductions {
  private static final Sweep SUM = Sweep.of(Measure.sum("sum", "x"));
  private static final Sweep SUM_OF_SQUARES = Sweep.of(Measure.sumOfSquares("sumOfSquares", "x"));
  private static final Sweep DOT = Sweep.of(Measure.dot("dot", "x", "y"));
  private static final Sweep MAX_ABS = Sweep.of(Measure.maxAbs("maxAbs", "x"));

  private Reductions() {}

  /** Doubles of a workspace that a call takes for ranges of up to n elements. */
  public static int requiredDoubles(int n) {
    return SUM.requiredDoubles(n);
  }

  /**
   * Σ x over [from, to); error at most 10⁻¹²·Σ|x|, see {@link Blocks}.
   *
   * @throws NullPointerException if x is null
   * @throws IllegalArgumentException if the range does not fit
   * @throws IllegalStateException if the workspace holds less than {@link #requiredDoubles}
   */
  public static double sum(float[] x, int from, int to, Workspace ws) {
    return unary(SUM, x, from, to, ws);
  }

  /** Σ x² over [from, to); relative error at most 10⁻¹², see {@link Blocks}; no float overflows or underflows it. Throws as {@link #sum}. */
  public static double sumOfSquares(float[] x, int from, int to, Workspace ws) {
    return unary(SUM_OF_SQUARES, x, from, to, ws);
  }

  /** max |x| over [from, to), exact; NaN if any is. Throws as {@link #sum}. */
  public static double maxAbs(float[] x, int from, int to, Workspace ws) {
    return unary(MAX_ABS, x, from, to, ws);
  }

  /** Σ x·y over [from, to) of both; error at most 10⁻¹²·Σ|x·y|, see {@link Blocks}. x and y may be the same array. Throws as {@link #sum}. */
  public static double dot(float[] x, float[] y, int from, int to, Workspace ws) {
    Sweep.Job job = ws.task(Sweep.Job.class, Sweep.Job::new);
    job.pair[0] = x;
    job.pair[1] = y;
    try {
      DOT.run(job.pair, from, to, job.value, 0, ws);
    } finally {
      job.pair[0] = null;
      job.pair[1] = null;
    }
    return job.value[0];
  }

  private static double unary(Sweep sweep, float[] x, int from, int to, Workspace ws) {
    Sweep.Job job = ws.task(Sweep.Job.class, Sweep.Job::new);
    job.single[0] = x;
    try {
      sweep.run(job.single, from, to, job.value, 0, ws);
    } finally {
      job.single[0] = null;
    }
    return job.value[0];
  }
}
