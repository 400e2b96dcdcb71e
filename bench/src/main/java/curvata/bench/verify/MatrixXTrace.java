package curvata.bench.verify;

import curvata.hessian.trace.XTrace;
import java.util.List;

/** XTrace and XDiag of a recorded matrix: rescaled from the first normal probes, plain from the first sign probes. */
record MatrixXTrace(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("xtrace_resphered", "xtrace_plain_rademacher", "xdiag");
  }

  @Override
  public void compute(Results results) {
    int m = matrix.sizes().test();
    XTrace.Result normals = new XTrace(matrix.normals(), m, true, false).estimate(matrix.operator());
    XTrace.Result signs = new XTrace(matrix.signs(), m, false, true).estimate(matrix.operator());
    results.add("xtrace_resphered", new int[] {m}, normals.trace().samples());
    results.add("xtrace_plain_rademacher", new int[] {m}, signs.trace().samples());
    results.add("xdiag", new int[] {matrix.n()}, CurvatureReplay.wide(signs.diagonal().orElseThrow()));
  }
}
