package curvata.bench.verify;

import curvata.hessian.spectrum.ChebyshevDensity;
import java.util.List;

/** Chebyshev moments of a recorded matrix from the first sign probes, and the density and cumulative distribution that follow. */
record MatrixMoments(MatrixCase matrix) implements CurvatureReplay.Part {
  @Override
  public List<String> names() {
    return List.of("kpm_moments", "kpm_density", "kpm_cdf");
  }

  @Override
  public void compute(Results results) {
    MatrixSizes sizes = matrix.sizes();
    ChebyshevDensity density =
        ChebyshevDensity.of(matrix.operator(), matrix.signs(), sizes.quadratures(), sizes.moments(), matrix.interval());
    int[] grid = {matrix.x().length};
    results.add("kpm_moments", new int[] {sizes.moments()}, density.moments());
    results.add("kpm_density", grid, density.density(matrix.x()).y());
    results.add("kpm_cdf", grid, density.cumulative(matrix.x()).y());
  }
}
