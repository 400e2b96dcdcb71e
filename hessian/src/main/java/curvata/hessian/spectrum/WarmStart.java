package curvata.hessian.spectrum;

import curvata.kernels.Checks;
import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.reduce.Reductions;
import curvata.kernels.vector.Axpby;

/**
 * Starting vectors for eigenpairs that are followed through training.
 *
 * <pre>
 *   start = x/‖x‖ + 0.05 z/‖z‖,   z normal
 * </pre>
 *
 * <p>From the last eigenvector, 3 to 6 products do what 15 to 20 do from a random one. The random part lets a new leading direction in, but only if the
 * search lasts long enough: where eigenvalues may have changed places, start from the sum of the last few vectors and ask for as many pairs.
 */
public final class WarmStart {
  /** Norm of the random part. */
  public static final double NOISE = 0.05;

  private WarmStart() {}

  /**
   * A vector near a former eigenvector.
   *
   * @param x the eigenvector, only read
   * @throws IllegalArgumentException if x is zero or not finite
   */
  public static float[] near(float[] x, long seed) {
    int n = x.length;
    Lanczos.checkStart(n, x);
    Workspace ws = workspace(n);
    float[] z = new float[n];
    Gaussian.fill(seed, -1, z, 0, n);
    Axpby.into(1 / norm(x, ws), x, NOISE / norm(z, ws), z, z, 0, n, ws);
    return z;
  }

  /** |cos| of the angle between two vectors: a drop from one step to the next says that eigenvalues crossed. 0 where one is zero. */
  public static double overlap(float[] x, float[] y) {
    Checks.that(y.length == x.length, "y.length", y.length, x.length + " (x.length)");
    Workspace ws = workspace(x.length);
    double norms = norm(x, ws) * norm(y, ws);
    return norms == 0 ? 0 : Math.abs(Reductions.dot(x, y, 0, x.length, ws)) / norms;
  }

  private static Workspace workspace(int n) {
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    return ws;
  }

  private static double norm(float[] x, Workspace ws) {
    return Math.sqrt(Reductions.sumOfSquares(x, 0, x.length, ws));
  }
}
