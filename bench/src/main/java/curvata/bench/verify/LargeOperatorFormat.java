package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.util.List;

/** A recorded operator of many dimensions: diagonal, reflections and starting vector; product, Lanczos' coefficients and eigenvectors as truth. */
final class LargeOperatorFormat implements Format {
  private static final String MARK = "matvec";
  private static final int VECTORS = 3;
  private static final int STEPS = 60;
  private static final int MOST_STEPS = 1000;

  @Override
  public boolean recognizes(GoldenFile file) {
    return file instanceof GoldenFile.Tensors f && f.format().equals(MatrixFormat.NAME) && f.tensors().metadata().containsKey(MARK);
  }

  @Override
  public Recording read(GoldenFile golden) throws IOException {
    GoldenFile.Tensors file = (GoldenFile.Tensors) golden;
    CurvatureInputs in = new CurvatureInputs(file);
    int n = in.shape("lambda", 1)[0];
    int reflections = in.shape("u", 2)[0];
    float[] lambda = in.floats("lambda", n);
    float[] u = in.floats("u", reflections, n);
    requireDirections(file, u, reflections, n);
    float[] start = in.floats("start", n);
    int most = Math.min(n, MOST_STEPS);
    int steps = in.recorded(STEPS, 1, most, 1, 0, "lanczos_alpha", "lanczos_beta", "lanczos_ritz", "lanczos_weights");
    int vectors = Math.min(n, VECTORS);
    in.requireIfThere("matvec_start", n);
    in.requireIfThere("lanczos_alpha", steps);
    in.requireIfThere("lanczos_beta", steps);
    in.requireIfThere("eigvec_top3", vectors, n);
    in.requireIfThere("exact_trace_fro2", 2);
    ReflectedDiagonal operator = new ReflectedDiagonal(lambda, u);
    List<CurvatureReplay.Part> parts =
        List.of(new LargeOperatorKrylov(operator, start, steps, vectors), new LargeOperatorTrace(operator));
    return new Recording(new CurvatureReplay(parts), new LargeOperatorJudge(file, lambda, vectors));
  }

  private static void requireDirections(GoldenFile.Tensors file, float[] u, int rows, int n) throws MalformedFileException {
    for (int r = 0; r < rows; r++) {
      double square = 0;
      for (int i = r * n; i < (r + 1) * n; i++) {
        square += (double) u[i] * u[i];
      }
      if (!(square > 0)) {
        throw new MalformedFileException(file.path(), "row " + r + " of u is zero, expected a direction");
      }
    }
  }
}
