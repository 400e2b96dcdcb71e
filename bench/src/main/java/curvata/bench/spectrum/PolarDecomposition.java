package curvata.bench.spectrum;

/**
 * Singular values and polar factor by one-sided Jacobi rotations, in double: what iterations are judged against.
 *
 * <pre>
 *   rotate pairs of rows of X (columns where tall) until all are orthogonal: X ← J X;   σ_i = ‖x_i‖,   polar(X) = Jᵀ (x_i / σ_i)
 * </pre>
 *
 * <p>Small singular values are as accurate as large ones. Those below 2⁻²⁴ ‖X‖_F, the rounding of an input of floats, count as zero in the polar
 * factor.
 */
public final class PolarDecomposition {
  private static final int SWEEPS = 60;
  private static final double ORTHOGONAL = 1e-16;

  private final int m;
  private final int n;
  private final boolean tall;
  private final double[][] x; // m rows of n
  private final double[][] j; // m rows of m: what was done to the rows
  private final double[] sigma;

  /** Of a matrix of finite numbers, row after row; about 20 m² n multiply-adds, m the smaller side. */
  public PolarDecomposition(double[] a, int rows, int cols) {
    tall = rows > cols;
    m = Math.min(rows, cols);
    n = Math.max(rows, cols);
    x = new double[m][n];
    j = new double[m][m];
    for (int i = 0; i < m; i++) {
      j[i][i] = 1;
      for (int k = 0; k < n; k++) {
        x[i][k] = tall ? a[k * cols + i] : a[i * cols + k];
      }
    }
    for (int sweep = 0; sweep < SWEEPS && sweep(); sweep++) {
      // until a sweep rotates nothing
    }
    sigma = new double[m];
    for (int i = 0; i < m; i++) {
      sigma[i] = Math.sqrt(dot(x[i], x[i]));
    }
  }

  private boolean sweep() {
    boolean rotated = false;
    for (int p = 0; p < m; p++) {
      for (int q = p + 1; q < m; q++) {
        rotated |= rotate(p, q);
      }
    }
    return rotated;
  }

  private boolean rotate(int p, int q) {
    double a = dot(x[p], x[p]);
    double b = dot(x[q], x[q]);
    double c = dot(x[p], x[q]);
    if (c == 0 || Math.abs(c) <= ORTHOGONAL * Math.sqrt(a) * Math.sqrt(b)) {
      return false;
    }
    double zeta = (b - a) / (2 * c);
    double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    double cosine = 1 / Math.sqrt(1 + t * t);
    turn(x[p], x[q], cosine, cosine * t);
    turn(j[p], j[q], cosine, cosine * t);
    return true;
  }

  private static void turn(double[] p, double[] q, double cosine, double sine) {
    for (int k = 0; k < p.length; k++) {
      double v = p[k];
      p[k] = cosine * v - sine * q[k];
      q[k] = sine * v + cosine * q[k];
    }
  }

  private static double dot(double[] p, double[] q) {
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      sum += p[k] * q[k];
    }
    return sum;
  }

  /** The singular values, descending. */
  public double[] values() {
    double[] values = sigma.clone();
    java.util.Arrays.sort(values);
    for (int i = 0; i < m / 2; i++) {
      double v = values[i];
      values[i] = values[m - 1 - i];
      values[m - 1 - i] = v;
    }
    return values;
  }

  /** The polar factor, in the shape of the input. */
  public double[] polar() {
    double square = 0;
    for (double s : sigma) {
      square += s * s;
    }
    double least = 0x1p-24 * Math.sqrt(square);
    double[] polar = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int r = 0; r < m && sigma[i] > least; r++) {
        for (int k = 0; k < n; k++) {
          polar[tall ? k * m + r : r * n + k] += j[i][r] * (x[i][k] / sigma[i]);
        }
      }
    }
    return polar;
  }
}
