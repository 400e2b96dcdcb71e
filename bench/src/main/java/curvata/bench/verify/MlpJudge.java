package curvata.bench.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compares a classifier's curvature with the recorded one.
 *
 * <p>Allowed errors are the recordings' own, for float32 with reductions in double. "Relative" means to the largest magnitude of the recorded tensor;
 * ‖A‖, ‖A‖_F and trace are the recorded ones of the same matrix. Full spectra and Lanczos' weights are informative and not judged.
 *
 * <p>Lanczos' coefficients are compared for 20 steps. The recordings allow 1e-5 ‖A‖, but say that rounding may be amplified and then compare nothing;
 * how much, the replay measures by moving the start by one unit of its last place, and that is allowed for.
 */
final class MlpJudge implements Recording.Judge {
  private static final double EIGENVALUE = 1e-5;
  private static final int KERNEL = 20; // eigenvalues of the tangent kernel that are compared
  private static final double GAP = 1e-3;
  private static final double ANGLE = 1e-5;
  private static final int LANCZOS = 20;
  private static final Set<String> INFORMATIVE = Set.of("eig", "lanczos_weights", "weights", "cov_eig");
  private static final Set<String> OPTIONAL = Set.of("packed_lower", "lanczos_weights", "cov_eig", MlpEstimates.SENSITIVITY);
  private static final Set<String> COMPUTED =
      Set.of(
          "hvp", "vp", "packed_lower", "diag", "trace_fro", "block_trace", "eigvec_top10", "eigvec_bottom5", "block_eigmax", "hutch_samples",
          "fro2_samples", "hutch_diag", "xtrace_resphered", "xnystrace_resphered", "lanczos_alpha", "lanczos_beta", "lanczos_ritz",
          "eigmax_eigmin_trace", "el2n", "grand", "grad_noise", "grad_coherence", "grad_nuclear");
  private static final Set<String> ENTRIES = Set.of("packed_lower", "diag", "trace_fro", "block_trace");

  private final GoldenFile.Tensors golden;
  private final Closeness closeness;
  private final int n;
  private final Set<String> prefixes;

  MlpJudge(GoldenFile.Tensors golden, int n, Set<String> prefixes) {
    this.golden = golden;
    this.closeness = new Closeness(golden);
    this.n = n;
    this.prefixes = prefixes;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    List<Check> checks = new ArrayList<>();
    for (Results.Tensor ours : results.tensors()) {
      String name = ours.name();
      String kind = kind(name);
      if (kind.startsWith("eig_")) {
        checks.add(eigenvalues(ours, kind.startsWith("eig_top")));
      } else if (closeness.recorded(name)) {
        if (name.endsWith(MlpReplay.KERNEL)) {
          checks.add(closeness.last(ours, KERNEL, 1e-4));
        } else if (!INFORMATIVE.contains(kind)) {
          checks.add(check(ours, kind, results));
        }
      } else if (!OPTIONAL.contains(kind)) {
        checks.add(closeness.missing(name));
      }
    }
    for (String name : golden.tensors().names()) {
      if (results.get(name) == null && !notJudged(name)) {
        checks.add(COMPUTED.contains(kind(name)) ? closeness.failed(name, results.failure(matrix(name)))
            : closeness.unsupported(name, "not computed by this version"));
      }
    }
    return checks;
  }

  private static String kind(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private boolean notJudged(String name) {
    String kind = kind(name);
    boolean ofPoint = prefixes.stream().anyMatch(name::startsWith);
    return name.equals("probes_rademacher") || name.equals("probes_gauss") || ofPoint && INFORMATIVE.contains(kind)
        || ofPoint && n > MlpMatrix.MOST_ENTRIES && ENTRIES.contains(kind);
  }

  private Check check(Results.Tensor ours, String kind, Results results) throws IOException {
    return switch (kind) {
      case "loss" -> closeness.relative(ours, 1e-6);
      case "accuracy" -> closeness.absolute(ours, 0);
      case "grad", "hvp", "vp", "packed_lower", "diag", "trace_fro", "block_trace" -> closeness.relative(ours, 1e-5);
      case "block_eigmax" -> closeness.relative(ours, 1e-4);
      case "eigmax_eigmin_trace" -> closeness.columns(ours, ours.shape()[0], 1e-4);
      case "el2n", "grand", "grad_nuclear", "singular_values", "rankme", "principal_cosines", "sv_init", "sv_trained", "sv_update" ->
          closeness.relative(ours, 1e-4);
      case "grad_noise", "grad_coherence" -> closeness.columns(ours, 1, 1e-4);
      case "alpha_req" -> closeness.absolute(ours, 1e-2);
      case "eigvec_top10" -> vectors(ours, true);
      case "eigvec_bottom5" -> vectors(ours, false);
      default -> estimate(ours, kind, results);
    };
  }

  private Check estimate(Results.Tensor ours, String kind, Results results) throws IOException {
    String trace = matrix(ours.name()) + "trace_fro";
    if (!closeness.recorded(trace)) {
      return closeness.failed(ours.name(), "no tensor " + trace + " to measure its error by");
    }
    double[] traceAndNorm = closeness.truth(trace);
    double frobenius = traceAndNorm[1];
    return switch (kind) {
      case "hutch_samples" -> closeness.absolute(ours, 1e-6 * frobenius * Math.sqrt(n));
      case "hutch_diag" -> closeness.absolute(ours, 1e-5 * frobenius);
      case "fro2_samples" -> closeness.absolute(ours, 4e-6 * frobenius * frobenius);
      case "xtrace_resphered" -> closeness.absolute(ours, 2e-5 * frobenius);
      case "xnystrace_resphered" -> closeness.absolute(ours, 2e-5 * traceAndNorm[0]);
      case "lanczos_alpha", "lanczos_beta" -> coefficients(ours, results.get(matrix(ours.name()) + MlpEstimates.SENSITIVITY));
      case "lanczos_ritz" -> topRitz(ours);
      default -> closeness.unsupported(ours.name(), "computed, but not known how to judge");
    };
  }

  /** The first steps; where they amplify rounding, step j may be off by √(2 j) times its sensitivity: a vector and a product are rounded in each. */
  private Check coefficients(Results.Tensor ours, Results.Tensor sensitivity) throws IOException {
    Check wrong = closeness.shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = closeness.truth(ours.name());
    Worst worst = new Worst();
    for (int j = 0; j < Math.min(LANCZOS, truth.length); j++) {
      double allowed = Math.max(1e-5 * norm(ours), Math.sqrt(2 * (j + 1)) * sensitivity.values()[j]);
      worst.add(Math.abs(ours.values()[j] - truth[j]), allowed, j);
    }
    return closeness.compared(ours.name(), worst, "step " + (worst.index() + 1));
  }

  private Check topRitz(Results.Tensor ours) throws IOException {
    Check wrong = closeness.shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = closeness.truth(ours.name());
    int last = truth.length - 1;
    Worst worst = new Worst();
    worst.add(Math.abs(ours.values()[last] - truth[last]), 1e-6 * norm(ours), last);
    return closeness.compared(ours.name(), worst, "top");
  }

  /** The prefix of the tensors of the same matrix. */
  private static String matrix(String name) {
    int batch = name.indexOf("batch");
    return name.substring(0, batch >= 0 ? batch : name.lastIndexOf('.') + 1);
  }

  /** The recorded spectrum of the same matrix, ascending; null if there is none. */
  private double[] spectrum(Results.Tensor ours) throws IOException {
    String name = matrix(ours.name()) + "eig";
    double[] eig = closeness.recorded(name) ? closeness.truth(name) : null;
    return eig == null || eig.length != n ? null : eig;
  }

  private double norm(Results.Tensor ours) throws IOException {
    double[] eig = spectrum(ours);
    return eig == null ? Double.NaN : Closeness.largest(eig, 0, 1);
  }

  private Check eigenvalues(Results.Tensor ours, boolean top) throws IOException {
    double[] eig = spectrum(ours);
    if (eig == null) {
      return closeness.failed(ours.name(), "no tensor " + matrix(ours.name()) + "eig of " + n + " to compare with");
    }
    Worst worst = new Worst();
    for (int i = 0; i < ours.values().length; i++) {
      worst.add(Math.abs(ours.values()[i] - eig[top ? n - 1 - i : i]), EIGENVALUE * norm(ours), i);
    }
    return closeness.compared(ours.name(), worst, "eigenvalue " + worst.index());
  }

  /** 1 − |cos| of the angles, where the eigenvalue stands apart. */
  private Check vectors(Results.Tensor ours, boolean top) throws IOException {
    Check wrong = closeness.shape(ours);
    double[] eig = spectrum(ours);
    if (wrong != null || eig == null) {
      return wrong != null ? wrong : closeness.failed(ours.name(), "no tensor " + matrix(ours.name()) + "eig of " + n + " to know the gaps by");
    }
    double[] truth = closeness.truth(ours.name());
    Worst worst = new Worst();
    for (int i = 0; i < ours.shape()[0]; i++) {
      if (gap(eig, top ? n - 1 - i : i) > GAP * norm(ours)) {
        worst.add(1 - cosine(ours.values(), truth, i * n), ANGLE, i);
      }
    }
    return closeness.compared(ours.name(), worst, "vector " + worst.index());
  }

  private static double gap(double[] eig, int i) {
    double below = i == 0 ? Double.POSITIVE_INFINITY : eig[i] - eig[i - 1];
    double above = i == eig.length - 1 ? Double.POSITIVE_INFINITY : eig[i + 1] - eig[i];
    return Math.min(below, above);
  }

  private double cosine(double[] x, double[] y, int from) {
    double dot = 0;
    double xx = 0;
    double yy = 0;
    for (int i = from; i < from + n; i++) {
      dot += x[i] * y[i];
      xx += x[i] * x[i];
      yy += y[i] * y[i];
    }
    return Math.abs(dot) / Math.sqrt(xx * yy);
  }
}
