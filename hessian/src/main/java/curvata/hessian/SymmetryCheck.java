package curvata.hessian;

import curvata.kernels.Workspace;
import curvata.kernels.random.Gaussian;
import curvata.kernels.reduce.Reductions;

/**
 * A test of symmetry with two random vectors and two products.
 *
 * <pre>
 *   defect = |xᵀAy − yᵀAx|,   allowed = t ‖Ax‖ ‖y‖
 *   t = 100 · 2⁻²⁴ √n, or the operator's {@link LinearOperator#relativeError} if that exceeds 2⁻²⁴
 * </pre>
 *
 * <p>One product is made by {@code apply}, the other by {@code applyBlock}, so that the two cannot differ much either. A random test finds what is
 * large against the whole: a skew part of ‖·‖_F above about t √n ‖A‖_F. Lanczos iterations look more closely at every step.
 *
 * @param defect the difference
 * @param allowed the largest difference that rounding explains
 */
public record SymmetryCheck(double defect, double allowed) {
  /** Takes the test; the vectors are normal numbers of this seed. */
  public static SymmetryCheck of(LinearOperator operator, long seed) {
    int n = operator.dimension();
    float[] x = new float[n];
    float[] y = new float[n];
    float[] ax = new float[n];
    float[] ay = new float[n];
    Gaussian.fill(seed, 0, x, 0, n);
    Gaussian.fill(seed, 1, y, 0, n);
    operator.apply(x, ax);
    operator.applyBlock(y, ay, 1);
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    double error = operator.relativeError();
    double t = error > 0x1p-24 ? error : 100 * 0x1p-24 * Math.sqrt(n);
    double norms = Math.sqrt(Reductions.sumOfSquares(ax, 0, n, ws)) * Math.sqrt(Reductions.sumOfSquares(y, 0, n, ws));
    return new SymmetryCheck(Math.abs(Reductions.dot(x, ay, 0, n, ws) - Reductions.dot(y, ax, 0, n, ws)), t * norms);
  }

  /** Whether the test is passed. */
  public boolean holds() {
    return defect <= allowed;
  }

  /**
   * Requires that the test is passed.
   *
   * @throws OperatorException if not
   */
  public void require() {
    if (!holds()) {
      throw new OperatorException("operator is not symmetric: |x'Ay - y'Ax| = " + defect + ", expected <= " + allowed);
    }
  }
}
