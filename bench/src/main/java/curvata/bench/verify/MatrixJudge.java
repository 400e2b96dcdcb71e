package curvata.bench.verify;

import static curvata.bench.verify.CurvatureJudge.mostly;
import static curvata.bench.verify.CurvatureJudge.relative;
import static curvata.bench.verify.CurvatureJudge.within;

import curvata.hessian.spectrum.Quadrature;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * Compares estimates for a recorded matrix with the recorded ones, by the recordings' own tolerances for products in float.
 *
 * <p>‖A‖ is the largest |eigenvalue| recorded, ‖A‖_F and the trace are those of the matrix as we have it. Beyond the steps that the recording calls
 * reliable, rounding alone decides: there nothing is compared that depends on single nodes.
 */
final class MatrixJudge implements Recording.Judge {
  private static final Set<String> INPUTS =
      Set.of("A", "probes_rademacher", "probes_gauss", "lanczos_start", "cdf_x", "kpm_interval", "rhs");
  private static final Set<String> INFORMATION =
      Set.of(
          "eig_nominal", "cdf_true", "spectral_sum_values", "lanczos_noreorth_alpha", "lanczos_noreorth_beta", "lanczos_weights",
          "lanczos_ritz_residual", "lanczos_reliable_steps", "slq_steps", "slq_reliable_steps", "solve_minnorm", "density_a_grid", "density_b_grid");

  /** Matrices whose bottom is beyond a Krylov space: repeated eigenvalues, or many orders of magnitude below the largest. */
  private static final List<String> TOP_ONLY = List.of("clustered", "ill_conditioned", "rank_deficient");

  private static final int COMPARED_STEPS = 20;
  private static final double GAP = 1e-3;
  private static final double ANGLE = 1e-5;
  private static final double SHARE = 2e-3; // of a cumulative distribution

  private final GoldenFile.Tensors golden;
  private final int n;
  private final float[] a;
  private final MatrixSizes sizes;
  private final boolean topOnly;

  MatrixJudge(GoldenFile.Tensors golden, int n, float[] a, MatrixSizes sizes, boolean topOnly) {
    this.golden = golden;
    this.n = n;
    this.a = a;
    this.sizes = sizes;
    this.topOnly = topOnly;
  }

  /** Whether only the top end of the spectrum of the matrix of this name is compared. */
  static boolean topOnly(String name) {
    return TOP_ONLY.stream().anyMatch(name::startsWith);
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    CurvatureJudge judge = new CurvatureJudge(golden, results);
    double norm = norm(judge);
    eigenvalues(judge, norm);
    traces(judge);
    lanczos(judge, norm);
    densities(judge, norm);
    if (judge.recorded("rhs")) {
      judge.compare(MatrixSolve.NAME, "element", relative(1e-3));
    }
    Set<String> others = new HashSet<>(INPUTS);
    others.addAll(INFORMATION);
    if (topOnly) {
      others.add("eigvec_bottom5");
    }
    return judge.checks(others);
  }

  private static double norm(CurvatureJudge judge) throws IOException {
    double[] values = judge.recorded("eig_float64") ? judge.truth("eig_float64") : judge.ours("eig_float64");
    return values == null ? Double.NaN : CurvatureJudge.largest(values);
  }

  private void eigenvalues(CurvatureJudge judge, double norm) throws IOException {
    judge.compare("diag", "element", relative(1e-6));
    int k = sizes.ends();
    judge.compare("eig_float64", "eigenvalue", (ours, truth) -> {
      Worst worst = new Worst();
      for (int i = 0; i < n; i++) {
        if (i >= n - k || (i < k && !topOnly)) {
          worst.add(Math.abs(ours[i] - truth[i]), 1e-5 * norm, i);
        }
      }
      return worst;
    });
    double[] values = judge.recorded("eig_float64") ? judge.truth("eig_float64") : judge.ours("eig_float64");
    judge.compare("eigvec_top5", "vector", (ours, truth) -> vectors(ours, truth, values, norm, true));
    if (!topOnly) {
      judge.compare("eigvec_bottom5", "vector", (ours, truth) -> vectors(ours, truth, values, norm, false));
    }
  }

  /** Directions, where the eigenvalue is far enough from its neighbours for there to be one. */
  private Worst vectors(double[] ours, double[] truth, double[] values, double norm, boolean top) {
    Worst worst = new Worst();
    for (int row = 0; row < sizes.ends(); row++) {
      int i = top ? n - 1 - row : row;
      double below = i == 0 ? Double.POSITIVE_INFINITY : values[i] - values[i - 1];
      double above = i == n - 1 ? Double.POSITIVE_INFINITY : values[i + 1] - values[i];
      if (Math.min(below, above) > GAP * norm) {
        worst.add(CurvatureJudge.angle(ours, truth, row, n), ANGLE, row);
      }
    }
    return worst;
  }

  private void traces(CurvatureJudge judge) throws IOException {
    double square = 0;
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += a[i * n + i];
      for (int j = 0; j < n; j++) {
        square += (double) a[i * n + j] * a[i * n + j];
      }
    }
    double frobenius = Math.sqrt(square);
    judge.compare("hutch_samples", "probe", within(1e-6 * frobenius * Math.sqrt(n)));
    judge.compare("hutch_diag", "element", within(1e-5 * frobenius));
    judge.compare("fro2_samples", "probe", within(4e-6 * square));
    judge.compare("hutchpp", "number", within(1e-5 * frobenius));
    judge.compare("hutchpp_residual_samples", "probe", within(1e-5 * frobenius));
    judge.compare("xtrace_resphered", "vector", within(2e-5 * frobenius));
    judge.compare("xtrace_plain_rademacher", "vector", within(2e-5 * frobenius));
    judge.compare("xdiag", "element", within(1e-5 * frobenius));
    judge.compareIfRecorded("xnystrace_resphered", "vector", within(2e-5 * trace));
  }

  private void lanczos(CurvatureJudge judge, double norm) throws IOException {
    int reliable = judge.recorded("lanczos_reliable_steps") ? (int) judge.truth("lanczos_reliable_steps")[0] : sizes.lanczos();
    int steps = Math.min(Math.min(COMPARED_STEPS, reliable), sizes.lanczos());
    judge.compare("lanczos_alpha", "step", (ours, truth) -> within(ours, truth, 0, steps, 1e-5 * norm));
    judge.compare("lanczos_beta", "step", (ours, truth) -> within(ours, truth, 0, steps, 1e-5 * norm));
    judge.compare("lanczos_ritz", "value", (ours, truth) -> within(ours, truth, truth.length - 1, truth.length, 1e-6 * norm));
  }

  private void densities(CurvatureJudge judge, double norm) throws IOException {
    CurvatureJudge.Comparison sums = sums(judge, norm);
    judge.compare("slq_nodes", "probe", sums);
    judge.compare("slq_weights", "probe", sums);
    judge.compare("density_a", "point", relative(1e-2));
    judge.compare("density_b", "point", relative(1e-2));
    judge.compare("cdf_lower_mid_upper", "row", cumulative(judge));
    judge.compare("kpm_moments", "moment", within(1e-5));
    judge.compare("kpm_density", "point", relative(1e-2));
    judge.compare("kpm_cdf", "row", mostly(1, SHARE));
  }

  /** The three rows as recorded; where steps are not reliable, the middle one, and bounds that copies of nodes explain. */
  private CurvatureJudge.Comparison cumulative(CurvatureJudge judge) throws IOException {
    boolean reliable =
        !judge.recorded("slq_reliable_steps") || Arrays.stream(judge.truth("slq_reliable_steps")).allMatch(steps -> steps >= sizes.steps());
    if (reliable || !judge.recorded("slq_nodes") || !judge.recorded("slq_weights")) {
      return mostly(3, SHARE);
    }
    MatrixCopies copies = new MatrixCopies(n, judge.truth("slq_nodes"), judge.truth("slq_weights"), sizes.steps(), judge.truth("cdf_x"));
    return (ours, truth) -> mostly(3, SHARE).worst(copies.errors(ours, truth), new double[truth.length]);
  }

  /** Σ τ f(θ) of each probe, relative to the largest over the probes: nodes and weights together, which alone are not determined well. */
  private CurvatureJudge.Comparison sums(CurvatureJudge judge, double norm) throws IOException {
    double[][] ours = {judge.ours("slq_nodes"), judge.ours("slq_weights")};
    if (ours[0] == null || ours[1] == null || !judge.recorded("slq_nodes") || !judge.recorded("slq_weights")) {
      return CurvatureJudge.within(Double.NaN); // one without the other cannot be judged
    }
    double[][] recorded = {judge.truth("slq_nodes"), judge.truth("slq_weights")};
    List<DoubleUnaryOperator> functions = List.of(t -> t, t -> t * t, t -> StrictMath.exp(-t / norm));
    return (x, truth) -> {
      Worst worst = new Worst();
      for (DoubleUnaryOperator f : functions) {
        double[] expected = sums(recorded, f);
        double[] actual = sums(ours, f);
        double allowed = 1e-5 * CurvatureJudge.largest(expected);
        for (int probe = 0; probe < expected.length; probe++) {
          worst.add(Math.abs(actual[probe] - expected[probe]), allowed, probe);
        }
      }
      return worst;
    };
  }

  private double[] sums(double[][] nodesAndWeights, DoubleUnaryOperator f) {
    int k = sizes.steps();
    double[] sums = new double[sizes.quadratures()];
    for (int probe = 0; probe < sums.length; probe++) {
      int from = probe * k;
      double[] nodes = Arrays.copyOfRange(nodesAndWeights[0], from, from + k);
      double[] weights = Arrays.copyOfRange(nodesAndWeights[1], from, from + k);
      sums[probe] = new Quadrature(nodes, weights).sum(f);
    }
    return sums;
  }
}
