package curvata.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.optim.rule.AdamW;
import curvata.optim.rule.Lamb;
import curvata.optim.rule.Muon;
import curvata.optim.rule.Sgd;
import curvata.optim.rule.SophiaG;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.Transforms;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static Parameter parameter(String name, int... shape) {
    int n = 1;
    for (int d : shape) {
      n *= d;
    }
    return Parameter.of(name, new float[n], new float[n], shape);
  }

  @Test
  void groupsHaveTheirOwnRulesAndRates() {
    Parameter a = parameter("a", 1);
    Parameter b = parameter("b", 1);
    try (Optimizer opt =
        Optimizer.builder().group("fast", Sgd.defaults().withLr(0.5), List.of(a)).group("slow", Sgd.defaults().withLr(0.25), List.of(b))
            .schedule(Schedules.linearDecay(2)).build()) {
      a.grad()[0] = 1;
      b.grad()[0] = 1;
      opt.step();
      assertThat(a.value()[0]).isEqualTo(-0.5f);
      assertThat(b.value()[0]).isEqualTo(-0.25f);
      opt.setLr("slow", 8);
      opt.step();
      assertThat(a.value()[0]).isEqualTo(-0.75f);
      assertThat(b.value()[0]).isEqualTo(-4.25f);
      assertThat(opt.lr("slow")).isEqualTo(8);
      assertThat(opt.group("b")).isEqualTo("slow");
    }
  }

  @Test
  void clippingSeesAllParametersAndLeavesSmallGradientsAlone() {
    Parameter a = parameter("a", 2);
    Parameter b = parameter("b", 1);
    try (Optimizer opt = Optimizer.builder().group("all", Sgd.defaults().withLr(1), List.of(a, b)).transform(Transforms.clipGlobalNorm(1)).build()) {
      a.grad()[1] = 30;
      b.grad()[0] = 40;
      opt.step();
      assertThat(a.value()[1]).isCloseTo(-0.6f, within(1e-6f));
      assertThat(b.value()[0]).isCloseTo(-0.8f, within(1e-6f));
      a.grad()[1] = 0.3f;
      b.grad()[0] = 0.4f;
      opt.step();
      assertThat(a.grad()[1]).isEqualTo(0.3f);
    }
  }

  @Test
  void aMissingSignalIsAnErrorByNameAndNothingMoves() {
    Parameter a = parameter("a", 3);
    try (Optimizer opt = Optimizer.builder().group("all", SophiaG.defaults().with("every", 2), List.of(a)).build()) {
      a.grad()[0] = 1;
      assertThat(opt.needs()).containsExactly(new Optimizer.Need("all", a, "ghat"));
      assertThatThrownBy(opt::step).isInstanceOf(IllegalStateException.class)
          .hasMessage("signal \"ghat\" of parameter \"a\" is missing in step 1, expected by rule sophiag of group \"all\"");
      assertThat(a.value()).containsOnly(0f);
      assertThat(opt.steps()).isZero();
      opt.supply("a", "ghat", new float[3]);
      opt.step();
      assertThat(opt.needs()).isEmpty();
      opt.step();
      assertThat(opt.needs()).hasSize(1);
      assertThatThrownBy(opt::step).hasMessageContaining("missing in step 3");
      assertThatThrownBy(() -> opt.supply("a", "ghat", new float[2])).hasMessageContaining("ghat.length = 2, expected at least 3");
      assertThatThrownBy(() -> opt.supply("z", "ghat", new float[3])).hasMessage("parameter = \"z\", expected one of [a]");
    }
  }

  @Test
  void badGroupsAreRefusedWithOneLine() {
    Parameter a = parameter("a", 3);
    Parameter twin = parameter("a", 3);
    assertThatThrownBy(() -> Optimizer.builder().build()).hasMessage("groups = 0, expected at least one");
    assertThatThrownBy(() -> Optimizer.builder().group("g", AdamW.defaults(), List.of(a)).group("h", Lamb.defaults(), List.of(twin)).build())
        .hasMessage("parameter \"a\" is in groups \"g\" and \"h\", expected each name once");
    assertThatThrownBy(() -> Optimizer.builder().group("g", AdamW.defaults(), List.of(a)).group("g", AdamW.defaults(), List.of(twin)))
        .hasMessage("group = \"g\", expected a name not used before");
    assertThatThrownBy(() -> Optimizer.builder().group("hidden", Muon.defaults(), List.of(a)))
        .hasMessageContaining("parameter \"a\" has shape [3], expected at least two axes for rule muon of group \"hidden\"");
    float[] values = new float[10];
    float[] grads = new float[10];
    Parameter low = Parameter.slice("low", values, grads, 0, 6);
    Parameter high = Parameter.slice("high", values, grads, 5, 5);
    assertThatThrownBy(() -> Optimizer.builder().group("g", AdamW.defaults(), List.of(high, low)).build())
        .hasMessage("parameters \"low\" and \"high\" overlap, expected distinct elements");
  }

  @Test
  void badParametersAreRefusedWithOneLine() {
    assertThatThrownBy(() -> Parameter.of("w", new float[6], new float[5], 2, 3)).hasMessageContaining("grad.length = 5, expected at least 6")
        .hasMessageContaining("\"w\"");
    assertThatThrownBy(() -> Parameter.of("w", new float[7], new float[7], 2, 3)).hasMessageContaining("value.length = 7, expected 6");
    assertThatThrownBy(() -> Parameter.of("w", null, new float[6], 2, 3)).isInstanceOf(NullPointerException.class).hasMessageContaining("value");
    assertThatThrownBy(() -> Parameter.of("w", new float[1], new float[1], 1 << 16, 1 << 16)).hasMessageContaining("w.shape = [65536, 65536]");
    assertThatThrownBy(() -> Parameter.of("w", new float[1], new float[1], -1)).hasMessageContaining("expected dimensions >= 0");
    float[] same = new float[6];
    assertThatThrownBy(() -> Parameter.of("w", same, same, 6)).hasMessageContaining("same array");
  }

  @Test
  void manyTensorsOfAllSizesAreAllUpdated() {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Parameter p = parameter("p" + i, i % 7 == 0 ? 0 : i % 11 == 0 ? 20_011 : i);
      java.util.Arrays.fill(p.grad(), 1f);
      parameters.add(p);
    }
    try (Optimizer opt = Optimizer.builder().group("all", Sgd.defaults().withLr(1), parameters).build()) {
      opt.step();
    }
    for (Parameter p : parameters) {
      for (float x : p.value()) {
        assertThat(x).as(p.toString()).isEqualTo(-1f);
      }
    }
  }

  @Test
  void aClosedOptimizerSaysSo() {
    Optimizer opt = Optimizer.builder().group("all", Sgd.defaults(), List.of(parameter("a", 1))).build();
    opt.close();
    opt.close();
    assertThatThrownBy(opt::step).hasMessageContaining("closed");
  }

  @Test
  void decayIsCoupledToTheRateOrToTheScheduleAlone() {
    for (AdamW.Decay decay : AdamW.Decay.values()) {
      Parameter a = parameter("a", 1);
      a.value()[0] = 1;
      AdamW rule = AdamW.defaults().withLr(0.5).with("weightDecay", 0.25).with("decay", decay);
      try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(a)).schedule(new curvata.optim.schedule.Constant(0.5, 0)).build()) {
        opt.step();
      }
      assertThat(a.value()[0]).isEqualTo(decay == AdamW.Decay.RATE ? 1 - 0.25f * 0.25f : 1 - 0.5f * 0.25f);
    }
  }
}
