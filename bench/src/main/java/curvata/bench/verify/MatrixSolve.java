package curvata.bench.verify;

import curvata.hessian.LinearOperator;
import curvata.hessian.operator.DenseOperator;
import curvata.hessian.operator.ScaledOperator;
import curvata.hessian.operator.SumOperator;
import curvata.hessian.solve.ConjugateGradients;
import curvata.hessian.solve.Minres;
import java.util.List;

/**
 * The damped system of a recorded matrix, (A + δ I) x = b: by conjugate gradients where the matrix is positive semidefinite, else by minimal residuals.
 *
 * <p>A + δ I may have an eigenvalue 10⁶ times smaller than the largest, and then rounding the matrix to floats alone moves the solution by percents:
 * what that leaves of the recorded matrix is a second operator. The tolerance is what 10⁻³ of the solution needs; solvers that get no closer end earlier.
 *
 * @param b the recorded right-hand side
 * @param rest the recorded matrix less the floats of the case
 */
record MatrixSolve(MatrixCase matrix, float[] rest, float[] b) implements CurvatureReplay.Part {
  /** What is recorded of it. */
  static final String NAME = "solve_damped_1e-2";

  private static final double DAMPING = 1e-2;
  private static final double TOLERANCE = 1e-7;
  private static final int MAX_MATVECS = 20_000;
  private static final int BASIS = 2000;

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public void compute(Results results) {
    LinearOperator whole = new SumOperator(1, matrix.operator(), 1, new DenseOperator(rest, matrix.n()));
    LinearOperator damped = new ScaledOperator(1, whole, DAMPING);
    float[] x = matrix.positive() ? new ConjugateGradients(TOLERANCE, MAX_MATVECS).solve(damped, b).x()
        : new Minres(TOLERANCE, MAX_MATVECS, Math.min(matrix.n(), BASIS)).solve(damped, b).x();
    results.add(NAME, new int[] {x.length}, CurvatureReplay.wide(x));
  }
}
