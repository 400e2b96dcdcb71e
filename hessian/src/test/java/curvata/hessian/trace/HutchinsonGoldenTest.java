package curvata.hessian.trace;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.hessian.Golden;
import curvata.hessian.Near;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded samples on recorded probes, at the tolerances of the recordings for float products. */
class HutchinsonGoldenTest {
  static List<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void samplesNormsAndDiagonalAreTheRecordedOnes(Golden g) {
    for (int block : new int[] {1, 5, 32}) {
      Hutchinson.Result r = Hutchinson.fixed(g.probes("rademacher", 32), 32).withDiagonal().withBlock(block).estimate(g.operator());
      double f = g.frobenius();
      Near.all(g + " hutch_samples", r.trace().samples(), g.doubles("hutch_samples"), 1e-6 * f * Math.sqrt(g.n()));
      Near.all(g + " fro2_samples", r.squaredFrobenius().samples(), g.doubles("fro2_samples"), 4e-6 * f * f);
      Near.all(g + " hutch_diag", Near.doubles(r.diagonal().orElseThrow().value()), g.doubles("hutch_diag"), 1e-5 * f);
      assertThat(r.trace().matvecs()).isEqualTo(32);
      assertThat(r.trace().seed()).isEmpty();
    }
  }
}
