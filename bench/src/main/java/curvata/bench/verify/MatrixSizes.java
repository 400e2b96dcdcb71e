package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;

/**
 * How many vectors, steps and points a recording of a matrix took: the shapes of what it recorded, or the usual sizes where that is not there.
 *
 * @param ends eigenpairs at each end
 * @param hutchPlusPlus vectors of each of the two kinds of Hutch++
 * @param test vectors of the leave-one-out estimators
 * @param lanczos steps from the recorded start
 * @param quadratures number of them
 * @param steps of each quadrature
 * @param moments Chebyshev's
 * @param points of the density of fixed width
 * @param nodePoints of the density of the nodes' width
 */
record MatrixSizes(int ends, int hutchPlusPlus, int test, int lanczos, int quadratures, int steps, int moments, int points, int nodePoints) {
  private static final int ENDS = 5;
  private static final int MOST = 1 << 20;

  static MatrixSizes read(CurvatureInputs in, int n, int signs, int normals, int mostSteps) throws MalformedFileException {
    int steps = Math.min(n, mostSteps);
    int tests = Math.min(n, Math.min(signs, normals));
    return new MatrixSizes(
        Math.min(ENDS, n), in.recorded(10, 2, Math.min(n, signs / 2), 1, 0, "hutchpp_residual_samples"),
        in.recorded(12, 2, tests, 1, 0, "xtrace_resphered", "xtrace_plain_rademacher", "xnystrace_resphered"),
        in.recorded(30, 1, steps, 1, 0, "lanczos_alpha", "lanczos_beta", "lanczos_ritz", "lanczos_weights", "lanczos_ritz_residual"),
        in.recorded(8, 1, signs, 2, 0, "slq_nodes", "slq_weights"), in.recorded(20, 1, steps, 2, 1, "slq_nodes", "slq_weights"),
        in.recorded(80, 2, MOST, 1, 0, "kpm_moments"), in.recorded(1000, 2, MOST, 1, 0, "density_a", "density_a_grid"),
        in.recorded(1000, 2, MOST, 1, 0, "density_b", "density_b_grid"));
  }

  /** Requires that all that is compared has the form that follows from the sizes. */
  void requireForms(CurvatureInputs in, MatrixCase matrix) throws MalformedFileException {
    int n = matrix.n();
    int x = matrix.x().length;
    in.requireIfThere("eig_float64", n);
    in.requireIfThere("diag", n);
    in.requireIfThere("eigvec_top5", ends, n);
    in.requireIfThere("eigvec_bottom5", ends, n);
    in.requireIfThere("hutch_samples", matrix.signs().count());
    in.requireIfThere("fro2_samples", matrix.signs().count());
    in.requireIfThere("hutch_diag", n);
    in.requireIfThere("hutchpp", 2);
    in.requireIfThere("hutchpp_residual_samples", hutchPlusPlus);
    in.requireIfThere("xtrace_resphered", test);
    in.requireIfThere("xtrace_plain_rademacher", test);
    in.requireIfThere("xnystrace_resphered", test);
    in.requireIfThere("xdiag", n);
    in.requireIfThere("lanczos_alpha", lanczos);
    in.requireIfThere("lanczos_beta", lanczos);
    in.requireIfThere("lanczos_ritz", lanczos);
    in.requireIfThere("lanczos_reliable_steps", 1);
    in.requireIfThere("slq_nodes", quadratures, steps);
    in.requireIfThere("slq_weights", quadratures, steps);
    in.requireIfThere("slq_reliable_steps", quadratures);
    in.requireIfThere("density_a", points);
    in.requireIfThere("density_b", nodePoints);
    in.requireIfThere("cdf_lower_mid_upper", 3, x);
    in.requireIfThere("kpm_moments", moments);
    in.requireIfThere("kpm_density", x);
    in.requireIfThere("kpm_cdf", x);
    in.requireIfThere(MatrixSolve.NAME, n);
  }
}
