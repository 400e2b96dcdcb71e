package curvata.bench.verify;

import curvata.hessian.spectrum.SymmetricEigen;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.CoupledNewton;
import curvata.kernels.matrix.MatrixRoot;
import curvata.kernels.matrix.MatrixSign;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.matrix.Sinkhorn;
import curvata.kernels.matrix.Whitening;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Computes roots, signs, whitenings and normalizations of the recorded matrices, under every name that was recorded.
 *
 * @param matrices the inputs
 * @param recorded all names of the file: how many steps of an iteration are wanted is said there
 */
record InverseRootsReplay(List<Matrix> matrices, List<String> recorded) implements Recording.Replay {
  private static final Pattern COUPLED = Pattern.compile("coupled_ns(\\d{1,3})\\.invsqrt");
  private static final Pattern NEWTON = Pattern.compile("coupled_newton([24])_(\\d{1,3})");
  private static final Pattern WHITENED = Pattern.compile("coupled(\\d{1,3})");
  private static final Pattern ROUNDS = Pattern.compile("sinkhorn\\.rounds(\\d{1,3})");
  private static final int POLAR_STEPS = 20;

  /**
   * One recorded matrix.
   *
   * @param name of the case
   * @param symmetric whether it is a symmetric one, else one to be whitened
   * @param rows its rows
   * @param cols its columns
   * @param a the elements
   */
  record Matrix(String name, boolean symmetric, int rows, int cols, double[] a) {
    int[] shape() {
      return new int[] {rows, cols};
    }
  }

  /** The eigenvalues of a symmetric matrix, ascending. */
  static double[] eigenvalues(double[] a, int n) {
    double[][] rows = new double[n][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(a, i * n, (i + 1) * n));
    SymmetricEigen eigen = SymmetricEigen.of(rows);
    double[] values = new double[n];
    Arrays.setAll(values, eigen::value);
    return values;
  }

  @Override
  public Results run() {
    Results results = new Results();
    for (Matrix matrix : matrices) {
      for (String name : recorded) {
        if (name.startsWith(matrix.name + ".")) {
          String what = name.substring(matrix.name.length() + 1);
          double[] values = matrix.symmetric ? root(matrix, what) : whiten(matrix, what);
          add(results, name, matrix, values);
        } else if (!matrix.symmetric) {
          Matcher rounds = ROUNDS.matcher(name);
          add(results, name, matrix, rounds.matches() ? sinkhorn(matrix, Integer.parseInt(rounds.group(1))) : null);
        }
      }
    }
    return results;
  }

  private static void add(Results results, String name, Matrix matrix, double[] values) {
    if (values != null) {
      results.add(name, values.length == matrix.rows ? new int[] {matrix.rows} : matrix.shape(), values);
    }
  }

  private static double[] root(Matrix matrix, String what) {
    int n = matrix.rows;
    double[] out = new double[n * n];
    Workspace ws = new Workspace();
    ws.reserve(0, Math.max(MatrixRoot.required(n), Math.max(MatrixSign.required(n), CoupledNewton.required(n))));
    Matcher coupled = COUPLED.matcher(what);
    Matcher newton = NEWTON.matcher(what);
    if (coupled.matches()) {
      CoupledNewton.inverseSqrt(Integer.parseInt(coupled.group(1)), 0, n, matrix.a, 0, out, 0, ws);
      return out;
    }
    if (newton.matches()) {
      double lambda = eigenvalues(matrix.a, n)[n - 1];
      CoupledNewton.inverseRoot(Integer.parseInt(newton.group(1)), Integer.parseInt(newton.group(2)), lambda, n, matrix.a, 0, out, 0, ws);
      return out;
    }
    switch (what) {
      case "eig" -> {
        return eigenvalues(matrix.a, n);
      }
      case "sqrt" -> MatrixRoot.SQRT.apply(n, matrix.a, 0, out, 0, ws);
      case "invsqrt" -> MatrixRoot.INVERSE_SQRT.apply(n, matrix.a, 0, out, 0, ws);
      case "inv4" -> MatrixRoot.INVERSE_FOURTH.apply(n, matrix.a, 0, out, 0, ws);
      case "inv" -> MatrixRoot.INVERSE.apply(n, matrix.a, 0, out, 0, ws);
      case "exact" -> MatrixSign.apply(n, matrix.a, 0, out, 0, ws);
      default -> {
        return null;
      }
    }
    return out;
  }

  private static double[] whiten(Matrix matrix, String what) {
    int rows = matrix.rows;
    int cols = matrix.cols;
    double[] normalized = new double[rows * cols];
    Whitening.standardizeRows(rows, cols, matrix.a, 0, normalized, 0);
    Matcher coupled = WHITENED.matcher(what);
    Workspace ws = new Workspace();
    double[] out = new double[rows * cols];
    if (what.equals("rows_standardized")) {
      return normalized;
    }
    if (what.equals("exact")) {
      NewtonSchulz polar = NewtonSchulz.polar(POLAR_STEPS);
      ws.reserve(0, polar.requiredWide(rows, cols));
      polar.apply(rows, cols, normalized, 0, out, 0, null, ws);
      return out;
    }
    if (coupled.matches()) {
      ws.reserve(0, Whitening.requiredCoupled(rows, cols));
      Whitening.coupled(Integer.parseInt(coupled.group(1)), rows, cols, normalized, 0, out, 0, ws);
      return out;
    }
    return null;
  }

  private static double[] sinkhorn(Matrix matrix, int rounds) {
    float[] g = new float[matrix.a.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = (float) matrix.a[i];
    }
    double[] out = new double[g.length];
    Workspace ws = new Workspace();
    ws.reserve(0, Sinkhorn.required(matrix.rows, matrix.cols));
    Sinkhorn.apply(rounds, matrix.rows, matrix.cols, g, 0, out, 0, ws);
    return out;
  }
}
