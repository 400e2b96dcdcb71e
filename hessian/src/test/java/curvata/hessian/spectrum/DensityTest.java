package curvata.hessian.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.hessian.Interval;
import curvata.hessian.Matrices;
import curvata.hessian.Near;
import curvata.hessian.OperatorException;
import curvata.hessian.Probes;
import curvata.hessian.operator.DenseOperator;
import curvata.hessian.operator.ScaledOperator;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Densities against the eigenvalues they are made of: bounds that hold, mass that adds up, outliers that are found. */
class DensityTest {
  private static final int N = 200;
  private static final double[] LAMBDA = spectrum();
  private static final DenseOperator A = Matrices.withEigenvalues(LAMBDA, 1);

  private static double[] spectrum() {
    double[] lambda = new SplittableRandom(1).doubles(N, -0.1, 0.1).toArray();
    for (int i = 0; i < 6; i++) {
      lambda[i] = 4 << i;
    }
    lambda[6] = -3;
    Arrays.sort(lambda);
    return lambda;
  }

  @Test
  void theBandHoldsTheTrueCumulative() {
    double[] x = new double[400];
    Arrays.setAll(x, i -> -4 + i * 0.02);
    for (boolean deflate : new boolean[] {false, true}) {
      SpectralDensity d = LanczosQuadrature.of(3).withDeflation(deflate).withSize(4, 30).estimate(A);
      assertThat(d.deflated().isEmpty()).isEqualTo(!deflate);
      Cumulative c = d.cumulative(x);
      for (int i = 0; i < x.length; i++) {
        double at = x[i];
        double truth = Arrays.stream(LAMBDA).filter(t -> t <= at).count() / (double) N;
        double slack = 4 * Math.sqrt(2 * truth * (1 - truth) / (N + 2.0) / 4) + 1e-3; // sampling, and nodes a rounding off
        assertThat(c.lower()[i] - slack).as("lower at %f, deflated %s", at, deflate).isLessThanOrEqualTo(truth);
        assertThat(c.upper()[i] + slack).as("upper at %f, deflated %s", at, deflate).isGreaterThanOrEqualTo(truth);
        assertThat(c.middle()[i]).isBetween(c.lower()[i] - 1e-12, c.upper()[i] + 1e-12);
        assertThat(c.samplingError()[i]).isBetween(0.0, 0.06);
      }
    }
  }

  @Test
  void deflationTakesTheOutliersOutOneByOne() {
    SpectralDensity d = LanczosQuadrature.of(1).withSize(4, 20).estimate(A);
    double[] found = d.deflated().stream().mapToDouble(t -> t).sorted().toArray();
    assertThat(found.length).isGreaterThanOrEqualTo(7);
    Near.one("bottom", found[0], -3, 1e-4);
    for (int i = 0; i < 6; i++) {
      Near.one("outlier " + i, found[found.length - 6 + i], 4 << i, 1e-3);
    }
    SpectralDensity plain = LanczosQuadrature.of(1).withSize(6, 20).withDeflation(false).estimate(A);
    assertThat(distance(d)).as("distance to the spectrum, deflated and plain at equal products").isLessThan(distance(plain) / 2);
    assertThat(d.matvecs()).isEqualTo(LanczosQuadrature.OUTLIER_STEPS + 4 * 20);
    assertThat(plain.matvecs()).isEqualTo(120);
  }

  /** ∫ |F − F_true|, Wasserstein's distance. */
  private static double distance(SpectralDensity d) {
    double[] x = new double[40_000];
    double step = 140.0 / x.length;
    Arrays.setAll(x, i -> -5 + i * step);
    double[] f = d.cumulative(x).middle();
    double sum = 0;
    int below = 0;
    for (int i = 0; i < x.length; i++) {
      while (below < N && LAMBDA[below] <= x[i]) {
        below++;
      }
      sum += Math.abs(f[i] - below / (double) N) * step;
    }
    return sum;
  }

  @Test
  void massAddsUp() {
    SpectralDensity d = LanczosQuadrature.of(2).withSize(3, 25).estimate(A);
    Interval ends = d.range();
    double[] edges = {-1e9, -1, -0.05, 0, 0.05, 1, 50, 1e9};
    for (double sigma : new double[] {0, d.width(ends), 1}) {
      assertThat(Arrays.stream(d.binned(edges, sigma)).sum()).as("sigma %f", sigma).isCloseTo(1, within(1e-9));
      assertThat(Arrays.stream(d.binned(edges, sigma)).min().orElseThrow()).isGreaterThanOrEqualTo(-1e-15);
    }
    for (Curve curve : new Curve[] {d.fixedWidth(20_000), d.nodeWidth(2000, ends)}) {
      double mass = Arrays.stream(curve.y()).sum() * (curve.x()[1] - curve.x()[0]);
      assertThat(mass).isCloseTo(1, within(0.01)); // the margin of 5 % cuts the tail of the node at the end
    }
    assertThat(d.count(1e9).lower()).isLessThanOrEqualTo(N);
    assertThat(d.count(1e9).upper()).isCloseTo(N, within(1e-6));
    assertThat(d.count(-1e9)).isEqualTo(new Interval(0, d.count(-1e9).upper()));
  }

  @Test
  void spectralSumsAreWithinTheirErrors() {
    SpectralDensity d = LanczosQuadrature.of(4).withSize(30, 30).estimate(A);
    double trace = Arrays.stream(LAMBDA).sum();
    double nuclear = Arrays.stream(LAMBDA).map(Math::abs).sum();
    double negative = Arrays.stream(LAMBDA).map(t -> Math.min(t, 0)).sum();
    // 4.5 errors for the probes; what 30 steps resolve of |t| at zero: width of the bulk over steps squared, per eigenvalue
    assertThat(d.sum(t -> t).value()).isCloseTo(trace, within(4.5 * d.sum(t -> t).standardError() + 1e-3));
    assertThat(d.sum(Math::abs).value()).isCloseTo(nuclear, within(4.5 * d.sum(Math::abs).standardError() + N * 0.2 / 900));
    assertThat(d.sum(t -> Math.min(t, 0)).value()).isCloseTo(negative, within(4.5 * d.sum(t -> Math.min(t, 0)).standardError() + N * 0.2 / 900));
    assertThat(d.sum(t -> 1).value()).isCloseTo(N, within(1e-9));
  }

  @Test
  void shiftsMoveNodes() {
    LanczosQuadrature q = LanczosQuadrature.plain(Probes.sphere(5), 1, 8);
    double[] nodes = q.estimate(A).quadratures().getFirst().nodes();
    double[] moved = q.estimate(new ScaledOperator(1, A, 2)).quadratures().getFirst().nodes();
    for (int i = 0; i < nodes.length; i++) {
      Near.one("node " + i, moved[i], nodes[i] + 2, 1e-4 * 128);
    }
  }

  @Test
  void chebyshevAgreesAndRefusesAnIntervalThatIsTooSmall() {
    DenseOperator bulk = Matrices.withEigenvalues(new SplittableRandom(7).doubles(N, -1, 1).sorted().toArray(), 8);
    Interval all = Lanczos.full(bulk, ones(), 12).enclosure();
    ChebyshevDensity d = ChebyshevDensity.of(bulk, Probes.rademacher(1), 4, 60, all);
    double[] x = {-2, -0.5, 0, 0.5, 2};
    double[] f = d.cumulative(x).y();
    double[] slq = LanczosQuadrature.plain(Probes.rademacher(1), 4, 60).estimate(bulk).cumulative(x).middle();
    Near.all("cumulative", f, slq, 0.05); // resolution π · 2.2 / 120, density ½
    assertThat(d.density(x).y()[0]).isZero();
    assertThatThrownBy(() -> ChebyshevDensity.of(bulk, Probes.rademacher(1), 1, 60, new Interval(-0.5, 0.5))).isInstanceOf(OperatorException.class)
        .hasMessageContaining("the operator has eigenvalues outside [-0.5, 0.5]; widen the interval");
  }

  @Test
  void senselessRequestsAreRefused() {
    assertThatThrownBy(() -> LanczosQuadrature.plain(Probes.rademacher(1), 0, 5)).hasMessage("count = 0, expected >= 1");
    assertThatThrownBy(() -> LanczosQuadrature.plain(Probes.rademacher(1), 1, 0)).hasMessage("steps = 0, expected >= 1");
    assertThatThrownBy(() -> LanczosQuadrature.plain(Probes.rademacher(1), 1, 201).estimate(A))
        .hasMessage("steps = 201, expected <= 200 (operator dimension)");
    SpectralDensity d = LanczosQuadrature.plain(Probes.rademacher(1), 1, 5).estimate(A);
    assertThatThrownBy(() -> d.nodeWidth(1, d.range())).hasMessage("points = 1, expected >= 2");
    assertThatThrownBy(() -> d.width(new Interval(1, 1))).hasMessageContaining("expected lower < upper");
    assertThatThrownBy(() -> d.binned(new double[1], 1)).hasMessage("edges.length = 1, expected >= 2");
    assertThatThrownBy(() -> ChebyshevDensity.of(A, Probes.rademacher(1), 1, 1, d.range())).hasMessage("moments = 1, expected >= 2");
  }

  private static float[] ones() {
    float[] x = new float[N];
    Arrays.fill(x, 1f);
    return x;
  }
}
