package curvata.bench.spectrum;

import curvata.hessian.LinearOperator;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.ThickRestart;

/**
 * The smallest and the largest singular value of a matrix: by Lanczos iterations on its Gram matrix, of small ones by Jacobi rotations.
 *
 * <pre>
 *   A ← X / ‖X‖,   θ ≈ λ(A Aᵀ) (or AᵀA where that is smaller),   σ = ‖X‖ ‖Aᵀ v‖ / ‖v‖ for the vector v found
 * </pre>
 *
 * <p>σ is taken from the vector in double: squaring costs no digits. Some singular value lies within {@code error} of each; below about 10⁻⁷ σ₁ a
 * smallest value is only known to be that small. Two products with X per step of Lanczos, at most a thousand. Up to {@value #EXACT} rows all
 * singular values are found instead ({@link PolarDecomposition}), small ones as accurately as large ones.
 *
 * @param low the smallest of min(rows, cols)
 * @param lowError some singular value is within it of {@code low}
 * @param high the largest
 * @param highError some singular value is within it of {@code high}
 */
public record SingularInterval(double low, double lowError, double high, double highError) {
  private static final double TOLERANCE = 1e-6;
  private static final int BASIS = 60;
  private static final int MAX_MATVECS = 1000;
  private static final int EXACT = 256; // rows up to which that takes a second or two
  private static final double ROUNDING = 0x1p-52;

  /**
   * Of a matrix of finite numbers, row after row.
   *
   * @param seed of the starting vector
   */
  public static SingularInterval of(float[] x, int rows, int cols, long seed) {
    Gram gram = new Gram(x, rows, cols);
    if (gram.m == 0 || gram.norm == 0) {
      return new SingularInterval(0, 0, 0, 0);
    }
    if (gram.m == 1) {
      return new SingularInterval(gram.norm, 0, gram.norm, 0);
    }
    if (gram.m <= EXACT) {
      double[] scaled = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        scaled[i] = x[i] / gram.norm;
      }
      double[] values = new PolarDecomposition(scaled, rows, cols).values();
      double error = gram.m * ROUNDING * gram.norm * values[0];
      return new SingularInterval(values[gram.m - 1] * gram.norm, error, values[0] * gram.norm, error);
    }
    Eigenpairs ends = ThickRestart.ends(1, 1).withTolerance(TOLERANCE).withBasis(Math.min(gram.m, BASIS)).withMaxMatvecs(MAX_MATVECS).withSeed(seed)
        .solve(gram);
    double[] low = gram.value(ends.bottom().getFirst());
    double[] high = gram.value(ends.top().getFirst());
    return new SingularInterval(low[0], low[1], high[0], high[1]);
  }

  /** v ↦ A Aᵀ v, or AᵀA v for a tall matrix, in double between. */
  private static final class Gram implements LinearOperator {
    private final float[] x;
    private final boolean tall;
    private final int m;
    private final int n;
    private final int cols;
    private final double norm;
    private final double[] image; // n numbers
    private final double[] square; // m numbers

    Gram(float[] x, int rows, int cols) {
      this.x = x;
      this.cols = cols;
      tall = rows > cols;
      m = Math.min(rows, cols);
      n = Math.max(rows, cols);
      double sum = 0;
      for (float v : x) {
        sum += (double) v * v;
      }
      norm = Math.sqrt(sum);
      image = new double[n];
      square = new double[m];
    }

    @Override
    public int dimension() {
      return m;
    }

    @Override
    public void apply(float[] v, float[] y) {
      image(v);
      for (int i = 0; i < m; i++) {
        square[i] = tall ? 0 : dot(i * cols, image);
      }
      for (int k = 0; tall && k < n; k++) {
        add(k * cols, image[k] / norm, square);
      }
      for (int i = 0; i < m; i++) {
        y[i] = (float) square[i];
      }
    }

    /** image ← Aᵀ v, or A v for a tall matrix. */
    private void image(float[] v) {
      java.util.Arrays.fill(image, 0);
      for (int i = 0; i < m && !tall; i++) {
        add(i * cols, v[i] / norm, image);
      }
      for (int k = 0; k < n && tall; k++) {
        double sum = 0;
        for (int i = 0; i < m; i++) {
          sum += x[k * cols + i] / norm * v[i];
        }
        image[k] = sum;
      }
    }

    private void add(int row, double by, double[] sum) {
      for (int j = 0; j < cols; j++) {
        sum[j] += by * x[row + j];
      }
    }

    private double dot(int row, double[] v) {
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += x[row + j] / norm * v[j];
      }
      return sum;
    }

    /** σ of a vector and how far from it a singular value can be: |λ − θ| ≤ r is |σ² − θ| ≤ r. */
    double[] value(Eigenpair pair) {
      image(pair.vector());
      double top = 0;
      for (double v : image) {
        top += v * v;
      }
      double bottom = 0;
      for (float v : pair.vector()) {
        bottom += (double) v * v;
      }
      double theta = top / bottom;
      apply(pair.vector(), new float[m]);
      double rest = 0;
      for (int i = 0; i < m; i++) {
        double r = square[i] - theta * pair.vector()[i];
        rest += r * r;
      }
      double sigma = Math.sqrt(theta);
      double residual = Math.sqrt(rest / bottom);
      double below = Math.sqrt(Math.max(0, theta - residual));
      double above = Math.sqrt(theta + residual);
      return new double[] {sigma * norm, Math.max(sigma - below, above - sigma) * norm};
    }
  }
}
