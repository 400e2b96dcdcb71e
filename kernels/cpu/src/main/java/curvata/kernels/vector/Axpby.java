package curvata.kernels.vector;

import static curvata.kernels.internal.Species.D;

import curvata.kernels.Backend;
import curvata.kernels.Checks;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import jdk.incubator.vector.DoubleVector;

/**
 * A combination of two vectors.
 *
 * <pre>
 *   z ← a x + b y
 * </pre>
 *
 * <p>Formed in double as fma(a, x, b y) and rounded once: differences of nearly equal vectors lose nothing. The arrays may be the same. Reads 8 and
 * writes 4 bytes per element; large ranges use all threads; allocates nothing when the workspace is warm. The same bits for scalar and SIMD at any
 * vector width; NaN and infinity propagate, also through a zero coefficient.
 */
public final class Axpby {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;

  private Axpby() {}

  /**
   * z[i] ← a x[i] + b y[i] for i in [from, to).
   *
   * @param ws keeps the object that carries the call to other threads
   * @throws NullPointerException if an array or the workspace is null
   * @throws IllegalArgumentException if the range does not fit; nothing is written then
   */
  public static void into(double a, float[] x, double b, float[] y, float[] z, int from, int to, Workspace ws) {
    Checks.range("x", x, from, to);
    Checks.range("y", y, from, to);
    Checks.range("z", z, from, to);
    ws.task(Job.class, Job::new).run(a, x, b, y, z, from, to);
  }

  static void range(double a, float[] x, double b, float[] y, float[] z, int from, int to) {
    if (SIMD) {
      Simd.range(a, x, b, y, z, from, to);
    } else {
      scalar(a, x, b, y, z, from, to);
    }
  }

  static void scalar(double a, float[] x, double b, float[] y, float[] z, int from, int to) {
    for (int i = from; i < to; i++) {
      z[i] = (float) Math.fma(a, x[i], b * y[i]);
    }
  }

  static final class Simd {
    static void range(double a, float[] x, double b, float[] y, float[] z, int from, int to) {
      int i = from;
      var left = DoubleVector.broadcast(D, a);
      for (int end = from + D.loopBound(to - from); i < end; i += D.length()) {
        Wide.store(Wide.load(x, i).fma(left, Wide.load(y, i).mul(b)), z, i);
      }
      scalar(a, x, b, y, z, i, to);
    }
  }

  /** Carries a combination of two vectors, or a multiple of one, to other threads. */
  static final class Job implements Threads.Task {
    private double a;
    private float[] x;
    private double b;
    private float[] y; // null for a multiple of x
    private float[] z;
    private int from;
    private int to;

    void run(double a, float[] x, double b, float[] y, float[] z, int from, int to) {
      this.a = a;
      this.x = x;
      this.b = b;
      this.y = y;
      this.z = z;
      this.from = from;
      this.to = to;
      try {
        Threads.run(this, Parts.count(to - from), to - from);
      } finally {
        this.x = null; // a workspace must not keep a model alive
        this.y = null;
        this.z = null;
      }
    }

    @Override
    public void run(int part, int worker) {
      int start = from + part * Parts.LENGTH;
      int end = start + Math.min(Parts.LENGTH, to - start);
      if (y == null) {
        Scaled.range(a, x, z, start, end);
      } else {
        range(a, x, b, y, z, start, end);
      }
    }
  }
}
