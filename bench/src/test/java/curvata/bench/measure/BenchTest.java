package curvata.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.optim.Rules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The plan of a run, and that what is measured is right; how fast it is no test says. */
class BenchTest {
  @Test
  void everyRuleHasAStepAndEveryKernelARow() {
    assertThat(Bench.names()).containsAll(Rules.CATALOG.names().stream().map(name -> name + "_step").toList());
    assertThat(Bench.names()).contains("adamw", "adamw_amsgrad", "sgd_momentum", "sophiag_estimate", "muon_apply", "lamb_moments", "dot", "product");
  }

  @Test
  void theFirstKernelIsAlsoMeasuredAlone() {
    assertThat(new Bench(List.of("sgd", "dot"), List.of(100, 200), true, List.of()).count()).isEqualTo(2 + 4);
    assertThat(new Bench(List.of("sgd", "dot"), List.of(100, 200), false, List.of()).count()).isEqualTo(4);
  }

  @Test
  void aRowHasTheFieldsOfTheReport() {
    assumeTrue(Streams.available(), "the limits are measured with the Vector API");
    List<Row> rows = new ArrayList<>();
    Bench bench = new Bench(List.of("sgd", "product", "sgd_step"), List.of(64), false, List.of());
    bench.run(3, rows::addAll);
    assertThat(bench.differences()).isEmpty();
    assertThat(rows).hasSize(3);
    assertThat(rows.getFirst().fields()).containsOnlyKeys(
        "kernel", "n", "threads", "backend", "nsPerElement", "gbPerSecond", "limit", "fractionOfLimit", "peer", "ratio", "spread", "bytesAllocated");
    assertThat(rows.get(1).fields()).containsKey("gflops").doesNotContainKey("gbPerSecond").containsEntry("n", 64);
  }

  @Test
  void everySubjectAgreesWithItsReference() {
    for (KernelCase<?> c : KernelCase.all()) {
      assertThat(KernelSetup.difference(c, 150_001)).as(c.kernel().name()).isNull(); // long enough for the split at a cache line
    }
    for (ReductionSubject.Reduction r : ReductionSubject.Reduction.values()) {
      assertThat(new ReductionSubject(r, 70_001).difference()).isNull();
    }
    for (int side : new int[] {1, 33, 65}) {
      ProductCase.all(side).forEach(c -> assertThat(new ProductSubject(c).difference()).isNull());
    }
  }
}
