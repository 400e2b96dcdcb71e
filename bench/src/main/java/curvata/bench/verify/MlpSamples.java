package curvata.bench.verify;

import curvata.bench.model.MlpPoint;
import curvata.bench.model.MlpTangentKernel;
import curvata.bench.model.Representation;
import curvata.bench.model.SampleGradients;
import curvata.bench.model.SingularValues;
import curvata.hessian.spectrum.SymmetricEigen;

/** What is recorded of single rows' gradients, of the hidden layer, of the tangent kernel, and of how the first weight turned. */
final class MlpSamples {
  private static final int SUBSPACE = 4;

  private final Results results;

  MlpSamples(Results results) {
    this.results = results;
  }

  /** Lengths and angles of the rows' gradients. */
  void gradients(String prefix, MlpPoint point) {
    SampleGradients samples = SampleGradients.of(point);
    double mean = samples.squaredMean();
    double trace = samples.covarianceTrace();
    add(prefix + "el2n", samples.outputErrors());
    add(prefix + "grand", samples.norms());
    add(prefix + "grad_noise", mean, trace, point.rows() * mean / trace, trace / mean);
    add(prefix + "grad_coherence", samples.coherence(), mean / samples.meanSquare());
    double[] nuclear = new double[point.depth()];
    for (int n = 0; n < nuclear.length; n++) {
      nuclear[n] = weight(point, point.gradient(), n).nuclearNorm();
    }
    add(prefix + "grad_nuclear", nuclear);
  }

  /** The outputs of the hidden layer, where there is one. */
  void hidden(String prefix, MlpPoint point) {
    if (point.depth() == 2) {
      Representation hidden = Representation.of(point, 0);
      add(prefix + "hidden.singular_values", hidden.singularValues());
      add(prefix + "hidden.cov_eig", hidden.covarianceEigenvalues());
      add(prefix + "hidden.rankme", hidden.rankMe());
      add(prefix + "hidden.alpha_req", hidden.alpha());
    }
  }

  /** All eigenvalues of the tangent kernel on some rows: from its entries, because many repeat and Krylov spaces hold one copy. */
  void kernel(String name, MlpPoint point) {
    MlpTangentKernel kernel = new MlpTangentKernel(point);
    int n = kernel.dimension();
    double[][] entries = new double[n][];
    float[] x = new float[n];
    float[] y = new float[n];
    for (int j = 0; j < n; j++) {
      x[j] = 1;
      kernel.apply(x, y);
      x[j] = 0;
      entries[j] = CurvatureReplay.wide(y);
    }
    add(name, SymmetricEigen.of(entries).values());
  }

  /** How the first weight's leading right singular subspace turned between two points, and what was added to it. */
  void drift(String prefix, MlpPoint point, float[] before, float[] after) {
    double[] update = new double[point.blockAt(1)];
    for (int i = 0; i < update.length; i++) {
      update[i] = (double) after[i] - before[i];
    }
    SingularValues from = weight(point, before, 0);
    SingularValues to = weight(point, after, 0);
    add(prefix + "principal_cosines", SingularValues.cosines(from, to, Math.min(SUBSPACE, from.count())));
    add(prefix + "sv_init", from.values());
    add(prefix + "sv_trained", to.values());
    add(prefix + "sv_update", SingularValues.of(update, rows(point, 0), update.length / rows(point, 0)).values());
  }

  private static int rows(MlpPoint point, int n) {
    return point.blockAt(2 * n + 2) - point.blockAt(2 * n + 1);
  }

  private static SingularValues weight(MlpPoint point, float[] parameters, int n) {
    int size = point.blockAt(2 * n + 1) - point.blockAt(2 * n);
    double[] weight = new double[size];
    for (int i = 0; i < size; i++) {
      weight[i] = parameters[point.blockAt(2 * n) + i];
    }
    return SingularValues.of(weight, rows(point, n), size / rows(point, n));
  }

  private void add(String name, double... values) {
    results.add(name, new int[] {values.length}, values);
  }
}
