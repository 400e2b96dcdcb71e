package curvata.kernels.matrix;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/** Matrices of known singular values or eigenvalues, and plain products, in double. */
final class Matrices {
  private Matrices() {}

  /** Orthonormal rows, m ≤ n. */
  static double[] orthonormal(SplittableRandom random, int m, int n) {
    double[] q = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < n; k++) {
        q[i * n + k] = random.nextGaussian();
      }
      for (int twice = 0; twice < 2; twice++) {
        for (int j = 0; j < i; j++) {
          double dot = 0;
          for (int k = 0; k < n; k++) {
            dot += q[i * n + k] * q[j * n + k];
          }
          for (int k = 0; k < n; k++) {
            q[i * n + k] -= dot * q[j * n + k];
          }
        }
        double norm = 0;
        for (int k = 0; k < n; k++) {
          norm += q[i * n + k] * q[i * n + k];
        }
        for (int k = 0; k < n; k++) {
          q[i * n + k] /= Math.sqrt(norm);
        }
      }
    }
    return q;
  }

  /** U Σ V of orthonormal U, V: rows × cols. */
  static double[] withSingularValues(SplittableRandom random, int rows, int cols, IntToDoubleFunction sigma) {
    int m = Math.min(rows, cols);
    double[] u = orthonormal(random, m, rows);
    double[] v = orthonormal(random, m, cols);
    double[] x = new double[rows * cols];
    for (int q = 0; q < m; q++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          x[i * cols + j] += u[q * rows + i] * sigma.applyAsDouble(q) * v[q * cols + j];
        }
      }
    }
    return x;
  }

  /** Qᵀ f(Λ) Q for rows of Q. */
  static double[] function(double[] q, int m, IntToDoubleFunction eigenvalue, DoubleUnaryOperator f) {
    double[] a = new double[m * m];
    for (int k = 0; k < m; k++) {
      double value = f.applyAsDouble(eigenvalue.applyAsDouble(k));
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++) {
          a[i * m + j] += q[k * m + i] * value * q[k * m + j];
        }
      }
    }
    return a;
  }

  static double[] product(double[] a, double[] b, int m, int k, int n) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        for (int j = 0; j < n; j++) {
          c[i * n + j] += a[i * k + p] * b[p * n + j];
        }
      }
    }
    return c;
  }

  static float[] floats(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }

  static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  /** The largest |x − y|; NaN if any is. */
  static double difference(double[] x, double[] y) {
    double largest = 0;
    for (int i = 0; i < x.length; i++) {
      largest = Math.max(largest, Math.abs(x[i] - y[i]));
    }
    return largest;
  }

  static double largest(double[] x) {
    return difference(x, new double[x.length]);
  }
}
