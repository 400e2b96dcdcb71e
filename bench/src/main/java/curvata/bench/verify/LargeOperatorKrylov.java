package curvata.bench.verify;

import curvata.hessian.LinearOperator;
import curvata.hessian.spectrum.Eigenpair;
import curvata.hessian.spectrum.Lanczos;
import curvata.hessian.spectrum.Quadrature;
import curvata.hessian.spectrum.ThickRestart;
import java.util.Arrays;
import java.util.List;

/** Product, Lanczos' iteration and leading eigenvectors of a recorded operator. */
record LargeOperatorKrylov(LinearOperator operator, float[] start, int steps, int vectors) implements CurvatureReplay.Part {
  private static final double TOLERANCE = 1e-6;

  @Override
  public List<String> names() {
    return List.of("matvec_start", "lanczos_alpha", "lanczos_beta", "lanczos_ritz", "lanczos_weights", "eigvec_top3");
  }

  @Override
  public void compute(Results results) {
    int n = operator.dimension();
    float[] product = new float[n];
    operator.apply(start, product);
    results.add("matvec_start", new int[] {n}, CurvatureReplay.wide(product));
    Lanczos.Projection p = Lanczos.full(operator, start, steps);
    Quadrature q = MatrixLanczos.filled(p.quadrature(), steps);
    int[] shape = {steps};
    results.add("lanczos_alpha", shape, Arrays.copyOf(p.alpha(), steps));
    results.add("lanczos_beta", shape, Arrays.copyOf(p.beta(), steps));
    results.add("lanczos_ritz", shape, q.nodes());
    results.add("lanczos_weights", shape, q.weights());
    List<Eigenpair> top = ThickRestart.top(vectors).withTolerance(TOLERANCE).solve(operator).top();
    double[][] rows = top.stream().map(pair -> CurvatureReplay.wide(pair.vector())).toArray(double[][]::new);
    results.add("eigvec_top3", new int[] {vectors, n}, CurvatureReplay.flat(rows));
  }
}
