package curvata.bench.verify;

import curvata.kernels.matrix.Whitening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares roots and their kin with the recorded ones, by the recordings' own tolerances, relative to the largest element.
 *
 * <p>Exact roots to 10⁻¹⁵ cond; iterates of a fixed number of steps to 10⁻¹² up to a condition of 10⁴, to 10⁻⁸ beyond; what needs no root to 10⁻¹².
 * The condition of a whitening is that of the standardized rows' N Nᵀ.
 */
final class InverseRootsJudge implements Recording.Judge {
  private static final double CLOSE = 1e-12;
  private static final double FAR = 1e-8;
  private static final double MILD = 2e4; // cond: 10⁴, and not 10⁶
  private static final double EXACT = 1e-15;
  private static final Set<String> NO_ROOT = Set.of("eig", "rows_standardized", "rounds");

  private final GoldenFile.Tensors golden;
  private final Map<String, Double> conditions = new HashMap<>();
  private final Set<String> inputs = new HashSet<>();

  InverseRootsJudge(GoldenFile.Tensors golden, List<InverseRootsReplay.Matrix> matrices) {
    this.golden = golden;
    for (InverseRootsReplay.Matrix matrix : matrices) {
      inputs.add(matrix.name() + (matrix.symmetric() ? ".A" : ".G"));
      conditions.put(matrix.name(), matrix.symmetric() ? condition(matrix.a(), matrix.rows()) : condition(gram(matrix), matrix.rows()));
    }
  }

  /** N Nᵀ of the rows standardized. */
  private static double[] gram(InverseRootsReplay.Matrix matrix) {
    double[] rows = new double[matrix.a().length];
    Whitening.standardizeRows(matrix.rows(), matrix.cols(), matrix.a(), 0, rows, 0);
    double[] gram = new double[matrix.rows() * matrix.rows()];
    for (int i = 0; i < gram.length; i++) {
      for (int k = 0; k < matrix.cols(); k++) {
        gram[i] += rows[i / matrix.rows() * matrix.cols() + k] * rows[i % matrix.rows() * matrix.cols() + k];
      }
    }
    return gram;
  }

  private static double condition(double[] a, int n) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double value : InverseRootsReplay.eigenvalues(a, n)) {
      least = Math.min(least, Math.abs(value));
      most = Math.max(most, Math.abs(value));
    }
    return most / least;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    List<Check> checks = new ArrayList<>();
    Closeness close = new Closeness(golden);
    for (String name : golden.tensors().names()) {
      Results.Tensor ours = results.get(name);
      if (ours != null) {
        checks.add(close.relative(ours, allowed(name)));
      } else if (!inputs.contains(name)) {
        checks.add(close.unsupported(name, "not computed by this version"));
      }
    }
    return List.copyOf(checks);
  }

  private double allowed(String name) {
    double condition = conditions.getOrDefault(name.substring(0, name.indexOf('.')), 1.0);
    if (name.contains(".coupled")) {
      return condition <= MILD ? CLOSE : FAR;
    }
    return NO_ROOT.contains(name.substring(name.indexOf('.') + 1).replaceAll("\\d", "")) ? CLOSE : EXACT * condition;
  }
}
