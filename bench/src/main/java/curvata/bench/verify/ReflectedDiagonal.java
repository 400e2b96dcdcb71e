package curvata.bench.verify;

import curvata.hessian.LinearOperator;

/**
 * A diagonal between reflections: an operator of any size with a known spectrum.
 *
 * <pre>
 *   y = H_1 H_2 … H_r diag(λ) H_r … H_2 H_1 x,   H_i x = x − 2 (u_iᵀx)/(u_iᵀu_i) u_i
 * </pre>
 *
 * <p>In double, rounded once. Reads 8 (r + 1) n bytes twice per product; allocates nothing. Not for use by two threads at once.
 */
final class ReflectedDiagonal implements LinearOperator {
  private final float[] lambda;
  private final float[] u; // r rows
  private final double[] factor; // 2 / u_iᵀu_i
  private final double[] work;

  /** The arrays are not copied; u holds r rows, none of them zero. */
  ReflectedDiagonal(float[] lambda, float[] u) {
    this.lambda = lambda;
    this.u = u;
    int n = lambda.length;
    this.work = new double[n];
    this.factor = new double[u.length / n];
    for (int r = 0; r < factor.length; r++) {
      double square = 0;
      for (int i = r * n; i < (r + 1) * n; i++) {
        square += (double) u[i] * u[i];
      }
      factor[r] = 2 / square;
    }
  }

  @Override
  public int dimension() {
    return lambda.length;
  }

  @Override
  public void apply(float[] x, float[] y) {
    int n = lambda.length;
    for (int i = 0; i < n; i++) {
      work[i] = x[i];
    }
    for (int r = 0; r < factor.length; r++) {
      reflect(r);
    }
    for (int i = 0; i < n; i++) {
      work[i] *= lambda[i];
    }
    for (int r = factor.length - 1; r >= 0; r--) {
      reflect(r);
    }
    for (int i = 0; i < n; i++) {
      y[i] = (float) work[i];
    }
  }

  private void reflect(int r) {
    int n = lambda.length;
    int at = r * n;
    double dot = 0;
    for (int i = 0; i < n; i++) {
      dot += u[at + i] * work[i];
    }
    double c = factor[r] * dot;
    for (int i = 0; i < n; i++) {
      work[i] -= c * u[at + i];
    }
  }
}
