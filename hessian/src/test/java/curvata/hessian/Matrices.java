package curvata.hessian;

import curvata.hessian.operator.DenseOperator;
import java.util.SplittableRandom;

/** Small symmetric matrices with known eigenvalues, and allocation. */
public final class Matrices {
  private Matrices() {}

  /** Q diag(λ) Qᵀ, Q a product of three random reflections, formed in double and rounded. */
  public static DenseOperator withEigenvalues(double[] lambda, long seed) {
    int n = lambda.length;
    SplittableRandom random = new SplittableRandom(seed);
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i][i] = lambda[i];
    }
    for (int k = 0; k < 3; k++) {
      double[] u = random.doubles(n, -1, 1).toArray();
      double square = 0;
      for (double x : u) {
        square += x * x;
      }
      reflect(a, u, 2 / square);
    }
    float[] flat = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        flat[i * n + j] = (float) ((a[i][j] + a[j][i]) / 2);
        flat[j * n + i] = flat[i * n + j];
      }
    }
    return new DenseOperator(flat, n);
  }

  private static void reflect(double[][] a, double[] u, double c) {
    int n = u.length;
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < n; i++) {
        double dot = 0;
        for (int j = 0; j < n; j++) {
          dot += (side == 0 ? a[i][j] : a[j][i]) * u[j];
        }
        for (int j = 0; j < n; j++) {
          if (side == 0) {
            a[i][j] -= c * dot * u[j];
          } else {
            a[j][i] -= c * dot * u[j];
          }
        }
      }
    }
  }

  /** An operator from a function, for liars. */
  public static LinearOperator of(int n, java.util.function.BiConsumer<float[], float[]> product) {
    return new LinearOperator() {
      @Override
      public int dimension() {
        return n;
      }

      @Override
      public void apply(float[] x, float[] y) {
        product.accept(x, y);
      }
    };
  }

  /** ‖A x − θ x‖ in double. */
  public static double residual(LinearOperator a, float[] x, double theta) {
    float[] y = new float[x.length];
    a.apply(x, y);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (y[i] - theta * x[i]) * (y[i] - theta * x[i]);
    }
    return Math.sqrt(sum);
  }
}
