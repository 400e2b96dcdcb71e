package curvata.bench.verify;

import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.SpectrumEnd;
import curvata.hessian.spectrum.SymmetricEigen;
import java.util.List;

/**
 * Diagonal, spectrum and eigenvectors of a recorded matrix.
 *
 * <p>The eigenpairs at both ends are those of the thick restart, by products alone; the eigenvalues between are those of the dense decomposition.
 */
record MatrixEigenvalues(MatrixCase matrix) implements CurvatureReplay.Part {
  private static final double TOLERANCE = 1e-6;
  private static final int BASIS = 40;
  private static final int MAX_MATVECS = 2000;

  @Override
  public List<String> names() {
    return List.of("diag", "eig_float64", "eigvec_top5", "eigvec_bottom5");
  }

  @Override
  public void compute(Results results) {
    int n = matrix.n();
    results.add("diag", new int[] {n}, diagonal());
    double[] values = dense();
    int k = matrix.sizes().ends();
    SpectrumEnd.Found top = end(k, true).find(matrix.operator());
    SpectrumEnd.Found bottom = end(k, false).find(matrix.operator());
    for (int i = 0; i < k; i++) {
      values[i] = bottom.pairs().get(i).value();
    }
    for (int i = 0; i < k; i++) {
      values[n - 1 - i] = top.pairs().get(i).value();
    }
    results.add("eig_float64", new int[] {n}, values);
    results.add("eigvec_top5", new int[] {k, n}, vectors(top.pairs(), n));
    results.add("eigvec_bottom5", new int[] {k, n}, vectors(bottom.pairs(), n));
  }

  private static SpectrumEnd end(int k, boolean top) {
    return new SpectrumEnd(k, top, TOLERANCE, BASIS, MAX_MATVECS, 0);
  }

  /** a_ii = e_iᵀ A e_i. */
  private double[] diagonal() {
    int n = matrix.n();
    double[] diagonal = new double[n];
    float[] e = new float[n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      e[i] = 1;
      matrix.operator().apply(e, y);
      diagonal[i] = y[i];
      e[i] = 0;
    }
    return diagonal;
  }

  private double[] dense() {
    int n = matrix.n();
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = matrix.a()[i * n + j];
      }
    }
    return SymmetricEigen.of(a).values();
  }

  private static double[] vectors(List<Eigenpair> pairs, int n) {
    double[][] rows = new double[pairs.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = CurvatureReplay.wide(pairs.get(i).vector());
    }
    return CurvatureReplay.flat(rows);
  }
}
