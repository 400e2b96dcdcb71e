package curvata.gpu.matrix;

import curvata.kernels.Workspace;
import curvata.kernels.matrix.Form;
import curvata.kernels.matrix.Guard;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.OddPolynomial;

/** What orthogonalizations are measured by: double arithmetic, and what plain float32 loops miss of it. */
public final class PlainLoops {
  private PlainLoops() {}

  /** Scratch for the library's own. */
  static Workspace workspace() {
    Workspace ws = new Workspace();
    ws.reserve(1 << 21, 1 << 21);
    return ws;
  }

  /** In double. */
  public static double[] exact(NewtonSchulz method, int rows, int cols, double[] x) {
    double[] out = new double[x.length];
    method.with(Form.STANDARD).apply(rows, cols, x, 0, out, 0, null, workspace());
    return out;
  }

  /** The largest difference; NaN counts. */
  public static double largest(double[] exact, float[] actual) {
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      double error = Math.abs(actual[i] - exact[i]);
      largest = error <= largest ? largest : error;
    }
    return largest;
  }

  /** How far a device may be from double arithmetic by NewtonSchulzGpu's javadoc: four times what plain float32 loops miss, or 2e-6. */
  public static double allowed(NewtonSchulz method, int rows, int cols, double[] exact, float[] x) {
    return Math.max(2e-6, 4 * largest(exact, orthogonalized(method, rows, cols, x)));
  }

  /** Plain float32 loops, every operation rounded: what the acceptance of the specification measures by. */
  private static float[] orthogonalized(NewtonSchulz method, int rows, int cols, float[] x) {
    if (rows > cols) {
      return transposed(cols, rows, orthogonalized(method, cols, rows, transposed(rows, cols, x)));
    }
    double square = 0;
    for (float v : x) {
      square += (double) v * v;
    }
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) (x[i] / denominator(method, Math.sqrt(square)));
    }
    for (OddPolynomial p : method.coefficients().steps()) {
      float[] a = product(rows, rows, cols, y, transposed(rows, cols, y));
      float[] power = a;
      float[] sum = new float[a.length];
      for (int k = 1; 2 * k + 1 <= p.degree(); k++) {
        power = k == 1 ? a : product(rows, rows, rows, power, a);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += (float) p.coefficient(k) * power[i];
        }
      }
      float[] z = product(rows, cols, rows, sum, y);
      for (int i = 0; i < z.length; i++) {
        z[i] += (float) p.a() * y[i];
      }
      y = z;
    }
    return y;
  }

  private static double denominator(NewtonSchulz method, double norm) {
    double least = method.guard() == Guard.MAX ? method.eps() : 0;
    return method.scale() * Math.max(norm, least) + (method.guard() == Guard.ADD ? method.eps() : 0);
  }

  private static float[] transposed(int rows, int cols, float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i % cols * rows + i / cols] = x[i];
    }
    return y;
  }

  private static float[] product(int m, int n, int k, float[] a, float[] b) {
    float[] c = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        for (int j = 0; j < n; j++) {
          c[i * n + j] += a[i * k + p] * b[p * n + j];
        }
      }
    }
    return c;
  }
}
