package curvata.hessian.trace;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.hessian.Estimate;
import curvata.hessian.Golden;
import curvata.hessian.Near;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hutch++, XTrace, XDiag and XNysTrace on recorded probes, at the tolerances of the recordings for float products. */
class LowRankGoldenTest {
  static List<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void hutchPlusPlusIsTheRecordedOne(Golden g) {
    HutchPlusPlus.Result r = new HutchPlusPlus(g.probes("rademacher", 20), 10, 10).estimate(g.operator());
    double f = g.frobenius();
    double[] recorded = g.doubles("hutchpp");
    Near.one(g + " hutchpp", r.trace().value(), recorded[0], 1e-5 * f);
    Near.one(g + " hutchpp low rank", r.lowRank(), recorded[1], 1e-5 * f);
    double[] residuals = Arrays.stream(r.trace().samples()).map(x -> x - r.lowRank()).toArray();
    Near.all(g + " hutchpp residual samples", residuals, g.doubles("hutchpp_residual_samples"), 1e-5 * f);
    assertThat(r.trace().matvecs()).isEqualTo(30);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void xTraceAndXDiagAreTheRecordedOnes(Golden g) {
    double f = g.frobenius();
    XTrace.Result gauss = new XTrace(g.probes("gauss", 12), 12, true, false).estimate(g.operator());
    Near.all(g + " xtrace_resphered", gauss.trace().samples(), g.doubles("xtrace_resphered"), 2e-5 * f);
    XTrace.Result signs = new XTrace(g.probes("rademacher", 12), 12, false, true).estimate(g.operator());
    Near.all(g + " xtrace_plain_rademacher", signs.trace().samples(), g.doubles("xtrace_plain_rademacher"), 2e-5 * f);
    Near.all(g + " xdiag", Near.doubles(signs.diagonal().orElseThrow()), g.doubles("xdiag"), 1e-5 * f);
    assertThat(gauss.trace().matvecs()).isEqualTo(24);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void xNysTraceIsTheRecordedOne(Golden g) {
    if (g.has("xnystrace_resphered")) {
      Estimate e = new XNysTrace(g.probes("gauss", 12), 12, true).estimate(g.operator());
      Near.all(g + " xnystrace_resphered", e.samples(), g.doubles("xnystrace_resphered"), 2e-5 * g.trace());
      assertThat(e.matvecs()).isEqualTo(12);
    }
  }
}
