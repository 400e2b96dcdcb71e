package curvata.bench.verify;

import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.OddPolynomial;

/** The iteration as it is written, in plain float loops: what it misses of double is the measure of what float arithmetic can do. */
final class PlainIteration {
  private PlainIteration() {}

  /** One matrix, which is transposed where it is tall. */
  static float[] apply(NewtonSchulz recipe, int rows, int cols, float[] in) {
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    double square = 0;
    for (float v : in) {
      square += (double) v * v;
    }
    double by = 1 / (recipe.scale() * Math.sqrt(square) + recipe.eps());
    float[] x = new float[in.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) ((rows > cols ? in[i % n * m + i / n] : in[i]) * by);
    }
    for (OddPolynomial p : recipe.coefficients().steps()) {
      x = step(p, m, n, x);
    }
    float[] out = x.clone();
    for (int i = 0; rows > cols && i < out.length; i++) {
      out[i % n * m + i / n] = x[i];
    }
    return out;
  }

  private static float[] step(OddPolynomial p, int m, int n, float[] x) {
    float[] t = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      t[i % n * m + i / n] = x[i];
    }
    float[] a = product(m, m, n, x, t);
    float[] a2 = product(m, m, m, a, a);
    float[] inner = new float[m * m];
    for (int i = 0; i < inner.length; i++) {
      inner[i] = (float) p.e() * a2[i] + (float) p.d() * a[i] + (i % (m + 1) == 0 ? (float) p.c() : 0);
    }
    float[] b = product(m, m, m, inner, a2);
    for (int i = 0; i < b.length; i++) {
      b[i] = b[i] + (float) p.b() * a[i];
    }
    float[] y = product(m, n, m, b, x);
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) p.a() * x[i] + y[i];
    }
    return y;
  }

  private static float[] product(int m, int n, int k, float[] a, float[] b) {
    float[] c = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
          sum += a[i * k + p] * b[p * n + j];
        }
        c[i * n + j] = sum;
      }
    }
    return c;
  }
}
