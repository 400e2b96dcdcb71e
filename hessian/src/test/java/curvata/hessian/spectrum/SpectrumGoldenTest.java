package curvata.hessian.spectrum;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.hessian.Golden;
import curvata.hessian.Interval;
import curvata.hessian.Near;
import curvata.hessian.operator.DenseOperator;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded spectra, coefficients and densities, at the tolerances of the recordings for float products. */
class SpectrumGoldenTest {
  static List<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void lanczosCoefficientsAreTheRecordedOnes(Golden g) {
    Lanczos.Projection p = Lanczos.full(g.operator(), g.floats("lanczos_start"), 30);
    int steps = Math.min(20, (int) g.doubles("reliable")[0]);
    Near.all(g + " alpha", Arrays.copyOf(p.alpha(), steps), Arrays.copyOf(g.doubles("lanczos_alpha"), steps), 1e-5 * g.norm());
    Near.all(g + " beta", Arrays.copyOf(p.beta(), steps), Arrays.copyOf(g.doubles("lanczos_beta"), steps), 1e-5 * g.norm());
    double[] nodes = p.quadrature().nodes();
    Near.one(g + " top ritz value", nodes[nodes.length - 1], g.doubles("lanczos_ritz")[29], 1e-6 * g.norm());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void eigenpairsAtBothEndsAreTheRecordedOnes(Golden g) {
    DenseOperator a = g.operator();
    Eigenpairs pairs = ThickRestart.ends(5, 5).withTolerance(1e-6).solve(a);
    assertThat(pairs.converged()).isTrue();
    double[] e = g.eigenvalues();
    int n = g.n();
    for (int i = 0; i < 5; i++) {
      check(g + " top " + i, pairs.top().get(i), e, n - 1 - i, g.row("eigvec_top5", i, n), g.norm());
      check(g + " bottom " + i, pairs.bottom().get(i), e, i, g.row("eigvec_bottom5", i, n), g.norm());
    }
  }

  private static void check(String what, Eigenpair pair, double[] e, int at, double[] vector, double norm) {
    Near.one(what, pair.value(), e[at], 1e-5 * norm);
    double gap = Math.min(at == 0 ? Double.MAX_VALUE : e[at] - e[at - 1], at == e.length - 1 ? Double.MAX_VALUE : e[at + 1] - e[at]);
    if (gap > 1e-3 * norm) {
      double dot = 0;
      double square = 0;
      for (int i = 0; i < vector.length; i++) {
        dot += vector[i] * pair.vector()[i];
        square += (double) pair.vector()[i] * pair.vector()[i];
      }
      Near.one(what + " cosine", Math.abs(dot) / Math.sqrt(square), 1, 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void quadratureIntegratesAsTheRecordedOne(Golden g) {
    SpectralDensity density = LanczosQuadrature.plain(g.probes("rademacher", 8), 8, 20).withReorthogonalization(true).estimate(g.operator());
    DoubleUnaryOperator[] functions = {t -> t, t -> t * t, t -> Math.exp(-t / g.norm())};
    for (int probe = 0; probe < 8; probe++) {
      Quadrature recorded = new Quadrature(g.row("slq_nodes", probe, 20), g.row("slq_weights", probe, 20));
      for (int f = 0; f < 3; f++) {
        double expected = recorded.sum(functions[f]);
        double scale = f == 0 ? recorded.sum(Math::abs) : Math.abs(expected);
        Near.one(g + " probe " + probe + ", function " + f, density.quadratures().get(probe).sum(functions[f]), expected, 1e-5 * scale);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void densitiesAndBoundsAreTheRecordedOnes(Golden g) {
    SpectralDensity density = LanczosQuadrature.plain(g.probes("rademacher", 8), 8, 20).withReorthogonalization(true).estimate(g.operator());
    double[] a = g.doubles("density_a");
    Near.all(g + " density_a", density.fixedWidth(a.length).y(), a, 1e-2 * Arrays.stream(a).max().orElseThrow());
    double[] b = g.doubles("density_b");
    double[] e = g.eigenvalues();
    Near.all(g + " density_b", density.nodeWidth(b.length, new Interval(e[0], e[e.length - 1])).y(), b, 1e-2 * Arrays.stream(b).max().orElseThrow());

    Cumulative c = density.cumulative(g.doubles("cdf_x"));
    double[][] rows = {c.lower(), c.middle(), c.upper()};
    for (int row = 0; row < 3; row++) {
      double[] expected = g.row("cdf_lower_mid_upper", row, c.x().length);
      int off = 0;
      for (int i = 0; i < expected.length; i++) {
        off += Math.abs(rows[row][i] - expected[i]) > 2e-3 ? 1 : 0;
      }
      assertThat(off).as(g + " cumulative, row %d, points off by more than 2e-3", row).isLessThanOrEqualTo(expected.length / 20);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void chebyshevMomentsAndCurvesAreTheRecordedOnes(Golden g) {
    double[] ends = g.doubles("kpm_interval");
    ChebyshevDensity density = ChebyshevDensity.of(g.operator(), g.probes("rademacher", 8), 8, 80, new Interval(ends[0], ends[1]));
    Near.all(g + " kpm_moments", density.moments(), g.doubles("kpm_moments"), 1e-5);
    double[] x = g.doubles("cdf_x");
    double[] recorded = g.doubles("kpm_density");
    Near.all(g + " kpm_density", density.density(x).y(), recorded, 1e-2 * Arrays.stream(recorded).max().orElseThrow());
    Near.all(g + " kpm_cdf", density.cumulative(x).y(), g.doubles("kpm_cdf"), 2e-3);
    assertThat(density.matvecs()).isEqualTo(8 * 40);
  }
}
