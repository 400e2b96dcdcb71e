package curvata.kernels.vector;

import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import java.util.Arrays;

/**
 * Combinations of many vectors with double coefficients: what a Krylov basis needs beside its dot products.
 *
 * <pre>
 *   add:     w ← w + Σ_j c_j v_j
 *   rotate:  v_q ← Σ_j s_jq v_j   for q &lt; p, all from the old vectors
 * </pre>
 *
 * <p>Each element is one chain of double fma in ascending order of j, from w (or 0), rounded once: relative error 2⁻²⁴ plus m · 2⁻⁵³ Σ|c_j v_j|. In
 * chunks that stay in the first-level cache, so each vector comes from memory once per call; large vectors use all threads. Calls allocate nothing
 * when the workspace is warm. The same bits for scalar and SIMD, any vector width and number of threads; NaN and infinity propagate.
 */
public final class Combination {
  private static final int CHUNK = 1024;
  private static final int THIN = 256; // of a rotation, which holds p results before it may overwrite what they come from

  private Combination() {}

  /** Doubles of a workspace that {@link #add} takes. */
  public static int requiredDoubles() {
    return Threads.count() * CHUNK;
  }

  /** Floats of a workspace that {@link #rotate} to p vectors takes, beside {@link #requiredDoubles}. */
  public static int requiredFloats(int p) {
    return Math.multiplyExact(Threads.count(), Math.multiplyExact(p, THIN));
  }

  /**
   * w ← w + Σ_{j &lt; m} c[at + j] v[j].
   *
   * @param v at least m vectors of at least n floats, only read
   * @param c coefficients
   * @param w n floats, none of the vectors
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if something does not fit; nothing is written then
   * @throws IllegalStateException if the workspace is too small; nothing is written then
   */
  public static void add(float[][] v, int m, double[] c, int at, float[] w, int n, Workspace ws) {
    check(v, m, n);
    Checks.range("w", w, 0, n);
    if (at < 0 || at > c.length - m) {
      throw new IllegalArgumentException("c.length = " + c.length + ", expected room for " + m + " coefficients from " + at);
    }
    int scratch = ws.takeDoubles(requiredDoubles());
    try {
      Job job = ws.task(Job.class, Job::new);
      job.w = w;
      job.run(v, m, c, at, n, ws.doubles(), scratch);
    } finally {
      ws.releaseDoubles(scratch);
    }
  }

  /**
   * v[q] ← Σ_{j &lt; m} s[j p + q] v[j] for q &lt; p, in place.
   *
   * @param v at least m distinct vectors of at least n floats; those from p on are only read
   * @param s m rows of p coefficients
   * @param p at most m
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if something does not fit; nothing is written then
   * @throws IllegalStateException if the workspace is too small; nothing is written then
   */
  public static void rotate(float[][] v, int m, double[] s, int p, int n, Workspace ws) {
    check(v, m, n);
    if (p < 0 || p > m) {
      throw new IllegalArgumentException("p = " + p + ", expected 0 <= p <= " + m);
    }
    if (s.length < (long) m * p) {
      throw new IllegalArgumentException("s.length = " + s.length + ", expected at least " + (long) m * p);
    }
    int scratch = ws.takeDoubles(requiredDoubles());
    int results = ws.takeFloats(requiredFloats(p));
    try {
      Job job = ws.task(Job.class, Job::new);
      job.p = p;
      job.results = ws.floats();
      job.resultsAt = results;
      job.run(v, m, s, 0, n, ws.doubles(), scratch);
    } finally {
      ws.releaseFloats(results);
      ws.releaseDoubles(scratch);
    }
  }

  private static void check(float[][] v, int m, int n) {
    if (m < 0 || m > v.length) {
      throw new IllegalArgumentException("m = " + m + ", expected 0 <= m <= " + v.length + " (v.length)");
    }
    for (int j = 0; j < m; j++) {
      Checks.range("v[j]", v[j], 0, n);
    }
  }

  private static final class Job implements Threads.Task {
    private float[][] v;
    private int m;
    private double[] c;
    private int cAt;
    private int n;
    private double[] sums;
    private int sumsAt;
    private float[] w; // of add, else null
    private int p; // of rotate
    private float[] results;
    private int resultsAt;

    void run(float[][] v, int m, double[] c, int cAt, int n, double[] sums, int sumsAt) {
      this.v = v;
      this.m = m;
      this.c = c;
      this.cAt = cAt;
      this.n = n;
      this.sums = sums;
      this.sumsAt = sumsAt;
      try {
        Threads.run(this, Parts.count(n), (long) n * (m + 1));
      } finally {
        this.v = null; // a workspace must not keep a model alive
        this.c = null;
        this.sums = null;
        this.w = null;
        this.results = null;
      }
    }

    @Override
    public void run(int part, int worker) {
      int end = (int) Math.min(n, (part + 1L) * Parts.LENGTH);
      int chunk = w != null ? CHUNK : THIN;
      for (int from = part * Parts.LENGTH; from < end; from += chunk) {
        int length = Math.min(chunk, end - from);
        if (w != null) {
          add(from, length, sumsAt + worker * CHUNK);
        } else {
          rotate(from, length, sumsAt + worker * CHUNK, resultsAt + worker * p * THIN);
        }
      }
    }

    private void add(int from, int length, int at) {
      for (int i = 0; i < length; i++) {
        sums[at + i] = w[from + i];
      }
      WideAxpy.add(v, m, c, cAt, 1, from, length, sums, at);
      for (int i = 0; i < length; i++) {
        w[from + i] = (float) sums[at + i];
      }
    }

    private void rotate(int from, int length, int at, int to) {
      for (int q = 0; q < p; q++) {
        Arrays.fill(sums, at, at + length, 0.0);
        WideAxpy.add(v, m, c, q, p, from, length, sums, at);
        for (int i = 0; i < length; i++) {
          results[to + q * THIN + i] = (float) sums[at + i];
        }
      }
      for (int q = 0; q < p; q++) {
        System.arraycopy(results, to + q * THIN, v[q], from, length);
      }
    }
  }
}
