package curvata.bench.verify;

import curvata.hessian.LinearOperator;
import curvata.hessian.Probes;
import curvata.hessian.spectrum.Lanczos;
import curvata.hessian.trace.Hutchinson;
import curvata.hessian.trace.XNysTrace;
import curvata.hessian.trace.XTrace;
import java.util.Arrays;
import java.util.SplittableRandom;

/** What the estimators make of recorded probes. */
final class MlpEstimates {
  /** Beside the recorded names: what rounding of the start alone does to Lanczos' coefficients. */
  static final String SENSITIVITY = "lanczos_sensitivity";

  private static final int LANCZOS_STEPS = 40;
  private static final int PERTURBATIONS = 4;

  private final Results results;
  private final int n;

  MlpEstimates(Results results, int n) {
    this.results = results;
    this.n = n;
  }

  /** Hutchinson's estimators on all sign probes. */
  void signs(String prefix, LinearOperator a, float[] signs) {
    int count = signs.length / n;
    Hutchinson.Result estimate = Hutchinson.fixed(MlpReplay.probes(signs, n), count).withDiagonal().estimate(a);
    results.add(prefix + "hutch_samples", new int[] {count}, estimate.trace().samples());
    results.add(prefix + "fro2_samples", new int[] {count}, estimate.squaredFrobenius().samples());
    results.add(prefix + "hutch_diag", new int[] {n}, CurvatureReplay.wide(estimate.diagonal().orElseThrow().value()));
  }

  /** XTrace on all normal probes, Lanczos from the first. */
  void normals(String prefix, LinearOperator a, float[] normals) {
    Probes probes = MlpReplay.probes(normals, n);
    int count = normals.length / n;
    results.add(prefix + "xtrace_resphered", new int[] {count}, new XTrace(probes, count, true, false).estimate(a).trace().samples());
    lanczos(prefix, a, Arrays.copyOf(normals, n), Math.min(LANCZOS_STEPS, n));
  }

  private void lanczos(String prefix, LinearOperator a, float[] start, int steps) {
    Lanczos.Projection projection = Lanczos.full(a, start, steps);
    int[] shape = {projection.steps()};
    results.add(prefix + "lanczos_alpha", shape, projection.alpha());
    results.add(prefix + "lanczos_beta", shape, projection.beta());
    results.add(prefix + "lanczos_ritz", shape, projection.quadrature().nodes());
    results.add(prefix + "lanczos_weights", shape, projection.quadrature().weights());
    results.add(prefix + SENSITIVITY, shape, sensitivity(a, start, projection));
  }

  /** How far the coefficients of each step move when every element of the start moves to a neighbouring float, the most of a few random choices. */
  private static double[] sensitivity(LinearOperator a, float[] start, Lanczos.Projection projection) {
    double[] most = new double[projection.steps()];
    for (int seed = 0; seed < PERTURBATIONS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] moved = new float[start.length];
      for (int i = 0; i < start.length; i++) {
        moved[i] = random.nextBoolean() ? Math.nextUp(start[i]) : Math.nextDown(start[i]);
      }
      Lanczos.Projection other = Lanczos.full(a, moved, projection.steps());
      for (int j = 0; j < Math.min(most.length, other.steps()); j++) {
        double distance = Math.max(Math.abs(other.alpha()[j] - projection.alpha()[j]), Math.abs(other.beta()[j] - projection.beta()[j]));
        most[j] = Math.max(most[j], distance);
      }
    }
    return most;
  }

  /** XNysTrace on all normal probes. */
  void semidefinite(String prefix, LinearOperator a, float[] normals) {
    int count = normals.length / n;
    results.add(prefix + "xnystrace_resphered", new int[] {count}, new XNysTrace(MlpReplay.probes(normals, n), count, true).estimate(a).samples());
  }
}
