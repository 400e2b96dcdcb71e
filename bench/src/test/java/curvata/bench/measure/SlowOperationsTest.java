package curvata.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Square roots and divisions are counted as one counts them in the equations. */
class SlowOperationsTest {
  @Test
  void theKnownKernels() {
    Map<String, SlowOperations> expected =
        Map.of(
            "adamw", new SlowOperations(1, 1), "adamw_amsgrad", new SlowOperations(1, 1), "sgd", SlowOperations.NONE, "sgd_momentum",
            SlowOperations.NONE, "lamb", new SlowOperations(1, 1), "sophiag", new SlowOperations(0, 1), "sophiag_estimate", new SlowOperations(0, 1),
            "muon_direction", SlowOperations.NONE, "muon_apply", SlowOperations.NONE);
    expected.forEach((name, slow) -> assertThat(SlowOperations.of(KernelCase.of(name).kernel())).as(name).isEqualTo(slow));
  }

  @Test
  void aFirstPassIsCountedThroughItsCalls() {
    for (KernelCase.Measuring<?> c : KernelCase.measuring()) {
      if (c.kernel().name().equals("lamb_moments")) {
        assertThat(SlowOperations.of(c.kernel(), c.scalars().getClass())).isEqualTo(new SlowOperations(1, 1));
      }
    }
  }

  @Test
  void everyKernelOfTheCatalogIsFound() {
    KernelCase.all().forEach(c -> assertThat(SlowOperations.of(c.kernel())).as(c.kernel().name()).isNotNull());
  }
}
