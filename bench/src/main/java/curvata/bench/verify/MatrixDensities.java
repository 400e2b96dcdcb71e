package curvata.bench.verify;

import curvata.hessian.Interval;
import curvata.hessian.spectrum.Cumulative;
import curvata.hessian.spectrum.Curve;
import curvata.hessian.spectrum.LanczosQuadrature;
import curvata.hessian.spectrum.Quadrature;
import curvata.hessian.spectrum.SpectralDensity;
import curvata.hessian.spectrum.ThickRestart;
import java.util.List;

/**
 * Quadratures of a recorded matrix from the first sign probes, and the densities and the cumulative distribution with bounds that follow.
 *
 * <p>The density of the nodes' width reaches from the smallest to the largest eigenvalue, which the thick restart finds; its width is that of the
 * steps asked for, also where a space closes earlier.
 */
record MatrixDensities(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of(
        "slq_nodes", "slq_weights", "slq_steps", "density_a", "density_a_grid", "cdf_lower_mid_upper", "density_b", "density_b_grid");
  }

  @Override
  public void compute(Results results) {
    MatrixSizes sizes = matrix.sizes();
    int probes = sizes.quadratures();
    int k = sizes.steps();
    SpectralDensity density = LanczosQuadrature.plain(matrix.signs(), probes, k).withReorthogonalization(true).estimate(matrix.operator());
    List<Quadrature> filled = density.quadratures().stream().map(q -> MatrixLanczos.filled(q, k)).toList();
    results.add("slq_nodes", new int[] {probes, k}, CurvatureReplay.flat(filled.stream().map(Quadrature::nodes).toArray(double[][]::new)));
    results.add("slq_weights", new int[] {probes, k}, CurvatureReplay.flat(filled.stream().map(Quadrature::weights).toArray(double[][]::new)));
    results.add("slq_steps", new int[] {probes}, density.quadratures().stream().mapToDouble(q -> q.nodes().length).toArray());
    add(results, "density_a", density.fixedWidth(sizes.points()));
    Cumulative c = density.cumulative(matrix.x());
    results.add("cdf_lower_mid_upper", new int[] {3, matrix.x().length}, CurvatureReplay.flat(new double[][] {c.lower(), c.middle(), c.upper()}));
    SpectralDensity whole = new SpectralDensity(matrix.n(), filled, List.of(), density.matvecs(), density.seed());
    add(results, "density_b", whole.nodeWidth(sizes.nodePoints(), ends()));
  }

  private static void add(Results results, String name, Curve curve) {
    results.add(name, new int[] {curve.y().length}, curve.y());
    results.add(name + "_grid", new int[] {curve.x().length}, curve.x());
  }

  private Interval ends() {
    double low = ThickRestart.bottom(1).solve(matrix.operator()).bottom().getFirst().value();
    double high = ThickRestart.top(1).solve(matrix.operator()).top().getFirst().value();
    return new Interval(low, high);
  }
}
