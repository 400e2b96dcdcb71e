package curvata.bench.verify;

import curvata.bench.model.MlpPoint;
import curvata.hessian.LinearOperator;
import curvata.hessian.operator.BlockOperator;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Eigenpairs;
import curvata.hessian.spectrum.ThickRestart;
import java.util.ArrayList;
import java.util.List;

/** What is recorded of one matrix over the parameters: products, entries, eigenpairs, the blocks of weights and biases. */
final class MlpMatrix {
  /** Residuals, relative to the eigenvalue: vectors across a gap of 1e-3 ‖A‖ are then within 1e-3 of their direction. */
  static final double TOLERANCE = 1e-6;

  /** The largest dimension whose entries are all computed. */
  static final int MOST_ENTRIES = 400;

  private static final int PRODUCTS = 6;

  private final Results results;
  private final String prefix;
  private final LinearOperator a;
  private final MlpPoint point;
  private final int n;

  MlpMatrix(Results results, String prefix, LinearOperator a, MlpPoint point) {
    this.results = results;
    this.prefix = prefix;
    this.a = a;
    this.point = point;
    this.n = a.dimension();
  }

  /** Products with the first probes. */
  void products(String name, float[] probes) {
    int count = Math.min(PRODUCTS, probes.length / n);
    float[] products = new float[count * n];
    a.applyBlock(probes, products, count);
    results.add(prefix + name, new int[] {count, n}, CurvatureReplay.wide(products));
  }

  /** The lower triangle by n products, and what it says; nothing where n is large. */
  void entries() {
    if (n > MOST_ENTRIES) {
      return;
    }
    double[] packed = new double[n * (n + 1) / 2];
    double[] diagonal = new double[n];
    double squares = 0;
    float[] x = new float[n];
    float[] y = new float[n];
    for (int j = 0; j < n; j++) {
      unit(a, j, x, y);
      diagonal[j] = y[j];
      for (int i = j; i < n; i++) {
        packed[i * (i + 1) / 2 + j] = y[i];
        squares += (i == j ? 1 : 2) * (double) y[i] * y[i];
      }
    }
    results.add(prefix + "packed_lower", new int[] {packed.length}, packed);
    results.add(prefix + "diag", new int[] {n}, diagonal);
    double[] traces = new double[2 * point.depth()];
    double trace = 0;
    for (int b = 0; b < traces.length; b++) {
      for (int i = point.blockAt(b); i < point.blockAt(b + 1); i++) {
        traces[b] += diagonal[i];
      }
      trace += traces[b];
    }
    results.add(prefix + "trace_fro", new int[] {2}, new double[] {trace, Math.sqrt(squares)});
    results.add(prefix + "block_trace", new int[] {traces.length}, traces);
  }

  private static void unit(LinearOperator a, int j, float[] x, float[] y) {
    x[j] = 1;
    a.apply(x, y);
    x[j] = 0;
  }

  /** The trace, exactly, by n products. */
  static double trace(LinearOperator a) {
    float[] x = new float[a.dimension()];
    float[] y = new float[a.dimension()];
    double trace = 0;
    for (int j = 0; j < x.length; j++) {
      unit(a, j, x, y);
      trace += y[j];
    }
    return trace;
  }

  /** Vectors at the ends of the spectrum, one a row, as recorded; and their eigenvalues beside them. */
  void eigenpairs(int top, int bottom) {
    Eigenpairs pairs = ThickRestart.ends(top, bottom).withTolerance(TOLERANCE).withBasis(Math.min(n, 60)).solve(a);
    add("top" + top, pairs.top());
    if (bottom > 0) {
      add("bottom" + bottom, pairs.bottom());
    }
  }

  private void add(String end, List<Eigenpair> pairs) {
    double[] vectors = new double[pairs.size() * n];
    double[] values = new double[pairs.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = pairs.get(i).value();
      System.arraycopy(CurvatureReplay.wide(pairs.get(i).vector()), 0, vectors, i * n, n);
    }
    results.add(prefix + "eigvec_" + end, new int[] {values.length, n}, vectors);
    results.add(prefix + "eig_" + end, new int[] {values.length}, values);
  }

  /** The largest eigenvalue of every weight's and bias's block. */
  void blocks() {
    List<Double> values = new ArrayList<>();
    for (int b = 0; b < 2 * point.depth(); b++) {
      BlockOperator block = new BlockOperator(a, point.blockAt(b), point.blockAt(b + 1));
      values.add(ThickRestart.top(1).withTolerance(TOLERANCE).solve(block).top().getFirst().value());
    }
    results.add(prefix + "block_eigmax", new int[] {values.size()}, values.stream().mapToDouble(v -> v).toArray());
  }
}
