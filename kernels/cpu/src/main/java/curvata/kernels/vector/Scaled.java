package curvata.kernels.vector;

import static curvata.kernels.internal.Species.D;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import curvata.kernels.Workspace;

/**
 * A multiple of a vector.
 *
 * <pre>
 *   z ← a x
 * </pre>
 *
 * <p>Formed in double and rounded once, so that 1/‖x‖ may lie outside the range of floats. x and z may be the same array. Reads and writes 4 bytes
 * per element; large ranges use all threads; allocates nothing when the workspace is warm. The same bits for scalar and SIMD at any vector width;
 * NaN and infinity propagate.
 */
public final class Scaled {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Scaled() {}

  /**
   * z[i] ← a x[i] for i in [from, to).
   *
   * @param ws keeps the object that carries the call to other threads
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if the range does not fit; nothing is written then
   */
  public static void into(double a, float[] x, float[] z, int from, int to, Workspace ws) {
    Checks.range("x", x, from, to);
    Checks.range("z", z, from, to);
    ws.task(Axpby.Job.class, Axpby.Job::new).run(a, x, 0, null, z, from, to);
  }

  static void range(double a, float[] x, float[] z, int from, int to) {
    if (SIMD) {
      Simd.range(a, x, z, from, to);
    } else {
      scalar(a, x, z, from, to);
    }
  }

  static void scalar(double a, float[] x, float[] z, int from, int to) {
    for (int i = from; i < to; i++) {
      z[i] = (float) (a * x[i]);
    }
  }

  static final class Simd {
    static void range(double a, float[] x, float[] z, int from, int to) {
      int i = from;
      for (int end = from + D.loopBound(to - from); i < end; i += D.length()) {
        Wide.store(Wide.load(x, i).mul(a), z, i);
      }
      scalar(a, x, z, i, to);
    }
  }
}
