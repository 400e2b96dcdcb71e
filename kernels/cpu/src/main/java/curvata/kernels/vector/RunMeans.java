package curvata.kernels.vector;

import curvata.kernels.Checks;

/**
 * Mean magnitudes of runs of neighbours, such as the window of one filter of a convolution.
 *
 * <pre>
 *   z_i ← (1/k) Σ |x_j| over the run of i:   runs of k elements, the first at {@code from}
 * </pre>
 *
 * <p>Summed in double in ascending order and rounded once. x and z may be the same array. Reads and writes 4 bytes per element on the caller's thread;
 * allocates nothing. One plain loop for every backend: runs are shorter than vectors. NaN and infinity propagate to their run.
 */
public final class RunMeans {
  private RunMeans() {}

  /**
   * Writes the mean magnitude of every run in [from, to) to all its elements.
   *
   * @param run k, at least 1
   * @throws NullPointerException if an array is null
   * @throws IllegalArgumentException if the range does not fit or is not whole runs; nothing is written then
   */
  public static void magnitudes(float[] x, float[] z, int from, int to, int run) {
    Checks.range("x", x, from, to);
    Checks.range("z", z, from, to);
    if (run < 1 || (to - from) % run != 0) {
      throw new IllegalArgumentException("run = " + run + ", expected a divisor of " + (to - from) + " (to - from)");
    }
    for (int start = from; start < to; start += run) {
      int end = start + run;
      double sum = 0;
      for (int i = start; i < end; i++) {
        sum += Math.abs(x[i]);
      }
      float mean = (float) (sum / run);
      for (int i = start; i < end; i++) {
        z[i] = mean;
      }
    }
  }
}
