package curvata.bench.verify;

import curvata.hessian.spectrum.Lanczos;
import curvata.hessian.spectrum.Quadrature;
import java.util.Arrays;
import java.util.List;

/**
 * Lanczos' iteration of a recorded matrix from the recorded start, with full reorthogonalization.
 *
 * <p>Where the space closes before the recorded number of steps, coefficients that are not there are 0, and the smallest Ritz value is repeated with
 * weight and residual 0, so that everything keeps its length and order.
 */
record MatrixLanczos(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("lanczos_alpha", "lanczos_beta", "lanczos_ritz", "lanczos_weights", "lanczos_ritz_residual");
  }

  @Override
  public void compute(Results results) {
    int k = matrix.sizes().lanczos();
    Lanczos.Projection p = Lanczos.full(matrix.operator(), matrix.start(), k);
    Quadrature q = filled(p.quadrature(), k);
    int[] shape = {k};
    results.add("lanczos_alpha", shape, Arrays.copyOf(p.alpha(), k));
    results.add("lanczos_beta", shape, Arrays.copyOf(p.beta(), k));
    results.add("lanczos_ritz", shape, q.nodes());
    results.add("lanczos_weights", shape, q.weights());
    double[] residuals = new double[k];
    System.arraycopy(p.residuals(), 0, residuals, k - p.steps(), p.steps());
    results.add("lanczos_ritz_residual", shape, residuals);
  }

  /** The same quadrature with k nodes. */
  static Quadrature filled(Quadrature q, int k) {
    int missing = k - q.nodes().length;
    double[] nodes = new double[k];
    double[] weights = new double[k];
    Arrays.fill(nodes, 0, missing, q.nodes()[0]);
    System.arraycopy(q.nodes(), 0, nodes, missing, k - missing);
    System.arraycopy(q.weights(), 0, weights, missing, k - missing);
    return new Quadrature(nodes, weights);
  }
}
