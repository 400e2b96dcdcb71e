package curvata.bench.verify;

import curvata.hessian.trace.Hutchinson;
import java.util.List;

/** Hutchinson's samples, diagonal and Frobenius samples of a recorded matrix, from all recorded sign probes. */
record MatrixHutchinson(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("hutch_samples", "hutch_diag", "fro2_samples");
  }

  @Override
  public void compute(Results results) {
    int count = matrix.signs().count();
    Hutchinson.Result r = Hutchinson.fixed(matrix.signs(), count).withDiagonal().estimate(matrix.operator());
    results.add("hutch_samples", new int[] {count}, r.trace().samples());
    results.add("hutch_diag", new int[] {matrix.n()}, CurvatureReplay.wide(r.diagonal().orElseThrow().value()));
    results.add("fro2_samples", new int[] {count}, r.squaredFrobenius().samples());
  }
}
