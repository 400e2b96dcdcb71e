package curvata.bench.verify;

import curvata.hessian.Interval;
import curvata.hessian.Probes;
import curvata.hessian.operator.DenseOperator;
import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Recorded estimates for a symmetric matrix of known spectrum: matrix, probes and starting vector; what every estimator makes of them as truth. */
final class MatrixFormat implements Format {
  /** What these files say they are. */
  static final String NAME = "hessian-matrix-golden-1";

  /** The metadata by which matrices are told from other operators. */
  static final String MARK = "spectral_sum_names";

  private static final int MOST_STEPS = 1000; // of a Krylov space whose basis is kept

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors f && f.format().equals(NAME) && f.tensors().metadata().containsKey(MARK);
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    CurvatureInputs in = new CurvatureInputs(file);
    int n = in.shape("A", 2)[0];
    float[] a = in.floats("A", n, n);
    requireSymmetric(file, a, n);
    int signs = in.shape("probes_rademacher", 2)[0];
    int normals = in.shape("probes_gauss", 2)[0];
    double[] ends = in.doubles("kpm_interval", 2);
    if (!(ends[0] < ends[1])) {
      throw new MalformedFileException(file.path(), "kpm_interval = " + ends[0] + ", " + ends[1] + ", expected the lower end first");
    }
    boolean positive = Boolean.parseBoolean(file.tensors().metadata().get("psd"));
    MatrixSizes sizes = MatrixSizes.read(in, n, signs, normals, MOST_STEPS);
    MatrixCase matrix =
        new MatrixCase(
            n, a, new DenseOperator(a, n), positive, probes(file, in, "probes_rademacher", signs, n),
            probes(file, in, "probes_gauss", normals, n), in.floats("lanczos_start", n), in.doubles("cdf_x", in.shape("cdf_x", 1)[0]),
            new Interval(ends[0], ends[1]), sizes);
    sizes.requireForms(in, matrix);
    List<CurvatureReplay.Part> parts = new ArrayList<>(
        List.of(new MatrixEigenvalues(matrix), new MatrixHutchinson(matrix), new MatrixHutchPlusPlus(matrix), new MatrixXTrace(matrix),
            new MatrixXNysTrace(matrix), new MatrixLanczos(matrix), new MatrixDensities(matrix), new MatrixMoments(matrix)));
    if (file.tensors().contains("rhs")) {
      parts.add(new MatrixSolve(matrix, rest(in.doubles("A", n, n), a), in.floats("rhs", n)));
    }
    boolean topOnly = MatrixJudge.topOnly(file.tensors().metadata().getOrDefault("name", ""));
    return new Recording(new CurvatureReplay(parts), new MatrixJudge(file, n, a, sizes, topOnly));
  }

  /** What rounding to floats took, in floats. */
  private static float[] rest(double[] exact, float[] rounded) {
    float[] rest = new float[rounded.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (float) (exact[i] - rounded[i]);
    }
    return rest;
  }

  private static Probes probes(GoldenFile.Tensors file, CurvatureInputs in, String name, int count, int n) throws IOException {
    Probes probes = Probes.of(in.floats(name, count, n), count);
    if (name.equals("probes_rademacher") && !probes.signs()) {
      throw new MalformedFileException(file.path(), name + " holds other numbers than 1 and -1");
    }
    return probes;
  }

  private static void requireSymmetric(GoldenFile.Tensors file, float[] a, int n) throws MalformedFileException {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        if (a[i * n + j] != a[j * n + i]) {
          throw new MalformedFileException(
              file.path(), "A[" + i + "][" + j + "] = " + a[i * n + j] + ", A[" + j + "][" + i + "] = " + a[j * n + i] + ", expected equal");
        }
      }
    }
  }
}
