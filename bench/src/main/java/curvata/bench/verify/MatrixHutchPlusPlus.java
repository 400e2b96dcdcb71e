package curvata.bench.verify;

import curvata.hessian.trace.HutchPlusPlus;
import java.util.Arrays;
import java.util.List;

/** Hutch++ of a recorded matrix: the first sign probes span the range, as many more take the rest. */
record MatrixHutchPlusPlus(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("hutchpp", "hutchpp_residual_samples");
  }

  @Override
  public void compute(Results results) {
    int k = matrix.sizes().hutchPlusPlus();
    HutchPlusPlus.Result r = new HutchPlusPlus(matrix.signs(), k, k).estimate(matrix.operator());
    double[] residual = Arrays.stream(r.trace().samples()).map(x -> x - r.lowRank()).toArray();
    results.add("hutchpp", new int[] {2}, new double[] {r.trace().value(), r.lowRank()});
    results.add("hutchpp_residual_samples", new int[] {k}, residual);
  }
}
