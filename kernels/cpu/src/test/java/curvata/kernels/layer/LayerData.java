package curvata.kernels.layer;

import java.util.SplittableRandom;

/** Data of the layer tests, a function of the seed. */
final class LayerData {
  /** Rows and columns: empty, single, short of and past vectors and chunks of rows. */
  static final int[][] SHAPES = {{0, 3}, {1, 1}, {1, 17}, {2, 16}, {3, 10}, {5, 15}, {7, 33}, {206, 10}, {360, 10}, {33, 64}, {3, 2049}, {65, 31}};

  private LayerData() {}

  static float[] gaussian(SplittableRandom random, int n, double deviation) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian(0, deviation);
    }
    return x;
  }

  static int[] labels(SplittableRandom random, int n, int cols) {
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(cols);
    }
    return labels;
  }

  /** One unit in the last place of a float next to this number. */
  static double ulp(double x) {
    return Math.scalb(1.0, Math.max(Math.getExponent(x) - 23, -149));
  }
}
