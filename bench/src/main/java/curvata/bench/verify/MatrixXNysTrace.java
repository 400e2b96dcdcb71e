package curvata.bench.verify;

import curvata.hessian.trace.XNysTrace;
import java.util.List;

/** XNysTrace of a recorded matrix from the first normal probes, where the matrix is positive semidefinite. */
record MatrixXNysTrace(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("xnystrace_resphered");
  }

  @Override
  public void compute(Results results) {
    if (matrix.positive()) {
      int m = matrix.sizes().test();
      results.add("xnystrace_resphered", new int[] {m}, new XNysTrace(matrix.normals(), m, true).estimate(matrix.operator()).samples());
    }
  }
}
