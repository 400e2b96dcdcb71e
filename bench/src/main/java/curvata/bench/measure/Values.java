package curvata.bench.measure;

/** Values to compute with: harmless for every rule, never zero nor subnormal, so that times do not depend on them. */
final class Values {
  private Values() {}

  /** Arrays of n elements for operands; the same for the same seed. */
  static float[][] arrays(int count, int n, int seed) {
    float[][] arrays = new float[count][n];
    fill(arrays, seed);
    return arrays;
  }

  /** Fills with values in [1/4, 1), as second moments need them. */
  static void fill(float[][] arrays, int seed) {
    for (int a = 0; a < arrays.length; a++) {
      float[] x = arrays[a];
      int salt = seed + a * 0x9E3779B9;
      for (int i = 0; i < x.length; i++) {
        x[i] = 0.25f + (hash(i + salt) >>> 8) * (0.75f / (1 << 24));
      }
    }
  }

  /** Changes the signs of about half of the elements, as gradients have them. */
  static void sign(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] = hash(i) < 0 ? -x[i] : x[i];
    }
  }

  private static int hash(int x) {
    x = (x ^ x >>> 16) * 0x7feb352d;
    x = (x ^ x >>> 15) * 0x846ca68b;
    return x ^ x >>> 16;
  }
}
