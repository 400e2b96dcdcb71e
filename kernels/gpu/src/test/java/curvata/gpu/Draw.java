package curvata.gpu;

import java.util.SplittableRandom;

/** Test data from a seed. */
public final class Draw {
  private final SplittableRandom random;

  /** The sequence of a seed. */
  public Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Uniform in [−scale, scale). */
  public float[] floats(int n, double scale) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-scale, scale);
    }
    return x;
  }

  /** Normal, of magnitudes 2⁻²⁰ to 2²⁰: sums that cancel and squares that differ by 10²⁴. */
  public float[] spread(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) Math.scalb(random.nextGaussian(), random.nextInt(-20, 21));
    }
    return x;
  }

  /** From 0 to bound − 1. */
  public int[] indices(int n, int bound) {
    int[] x = new int[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextInt(bound);
    }
    return x;
  }
}
