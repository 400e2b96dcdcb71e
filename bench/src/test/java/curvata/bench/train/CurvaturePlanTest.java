package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.Activation;
import curvata.bench.model.Mlp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurvaturePlanTest {
  private static final Problem DIGITS = Problem.digits(false);

  private static CurvaturePlan plan(String... namesAndValues) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    Settings settings = Settings.parse(options, DIGITS.training().rows());
    List<Integer> layers = new ArrayList<>(settings.hidden());
    layers.addFirst(64);
    layers.addLast(10);
    return CurvaturePlan.of(settings, DIGITS, new Mlp(layers, Activation.TANH, 1));
  }

  private static long looks(CurvaturePlan plan, long steps) {
    return LongStream.rangeClosed(0, steps).filter(step -> plan.due(step, steps)).count();
  }

  @Test
  void theDefaultLooksNowAndThenOnPartOfTheRows() {
    CurvaturePlan plan = plan();
    assertThat(plan.rows()).isBetween(128, 1436);
    assertThat(looks(plan, 690)).isBetween(6L, 12L);
  }

  @Test
  void cheapStepsAreLookedAtLess() {
    CurvaturePlan plan = plan("optimizer", "adamw");
    assertThat(plan.rows()).isEqualTo(128);
    assertThat(looks(plan, 690)).isEqualTo(3);
    CurvaturePlan longer = plan("optimizer", "adamw", "epochs", "600");
    assertThat(looks(longer, 600 * 23)).isEqualTo(11);
    assertThat(longer.rows()).isGreaterThan(128);
  }

  @Test
  void whatIsAskedForIsDone() {
    assertThat(plan("curvature-every", "7", "curvature-rows", "300", "optimizer", "sgd")).isEqualTo(new CurvaturePlan(7, 300));
    assertThat(plan("curvature-rows", "full").rows()).isEqualTo(1437);
    assertThat(plan("curvature-every", "none").every()).isZero();
    assertThat(looks(plan("curvature-every", "none"), 690)).isZero();
    assertThat(plan("batch", "full", "optimizer", "sgd").rows()).isEqualTo(1437);
    assertThat(plan("steps", "1").rows()).isBetween(128, 1437);
    assertThat(looks(plan("steps", "1"), 1)).isEqualTo(2);
    assertThat(looks(plan("steps", "2"), 2)).isEqualTo(3);
  }

  /** Nothing but settings and sizes goes in: the same again, whatever the machine does. */
  @Test
  void itIsAFunctionOfTheSettings() {
    for (String[] options : new String[][] {{}, {"optimizer", "adamw"}, {"hidden", "32"}, {"hidden", "12", "steps", "10"}}) {
      assertThat(plan(options)).isEqualTo(plan(options));
    }
  }
}
