package curvata.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.rule.AdamW;
import curvata.optim.rule.Muon;
import curvata.optim.rule.SophiaG;
import curvata.optim.schedule.Schedules;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogTest {
  static Stream<Rule<?>> rules() {
    return Rules.CATALOG.all().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void formatAndParseAreInverse(Rule<?> rule) {
    assertThat(Rules.CATALOG.parse(Catalog.format(rule))).isEqualTo(rule);
    Rule<?> changed = rule.withLr(0.123456789);
    assertThat(changed.lr()).isEqualTo(0.123456789);
    assertThat(Rules.CATALOG.parse(Catalog.format(changed))).isEqualTo(changed);
    assertThat(Rules.CATALOG.parse(rule.name())).isEqualTo(rule);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyRuleRefusesARateThatIsNegativeOrNotANumber(Rule<?> rule) {
    assertThatThrownBy(() -> rule.withLr(-0.001)).hasMessage(rule.name() + ": lr = -0.001, expected lr >= 0 and finite");
    assertThatThrownBy(() -> rule.withLr(Double.NaN)).hasMessageContaining("lr = NaN, expected lr >= 0");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyOptionIsListedWithItsDefault(Rule<?> rule) {
    for (Catalog.Option option : Rules.CATALOG.options(rule.name())) {
      assertThat(Rules.CATALOG.parse(rule.name() + ":" + option.name() + "=" + option.defaultValue())).isEqualTo(rule);
      for (String choice : option.choices()) {
        if (!(option.name().equals("nesterov") && rule.name().equals("sgd"))) { // needs momentum beside it
          assertThat(Catalog.format(rule.with(option.name(), choice))).contains(option.name() + "=" + choice);
        }
      }
    }
  }

  @Test
  void spellingIsForgiving() {
    assertThat(Rules.CATALOG.parse("AdamW:weight-decay=0.5,BETA1=0.8")).isEqualTo(AdamW.defaults().with("weightDecay", 0.5).with("beta1", 0.8));
    assertThat(Rules.CATALOG.parse("muon:scaling=match_rms_adamw")).isEqualTo(Muon.defaults().with("scaling", Muon.Scaling.MATCH_RMS_ADAMW));
    assertThat(Rules.CATALOG.parse("muon:Method=polar8,nesterov=false")).isEqualTo(Muon.defaults().with("method", "polar8").with("nesterov", false));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "adamv | unknown rule \"adamv\", nearest: adam, adamw",
    "adamw:beta3=1 | unknown option of adamw \"beta3\", nearest: beta1, beta2",
    "adamw:lr=fast | adamw: lr = fast, expected a number",
    "adamw:lr | adamw: \"lr\", expected key=value",
    "adamw: | adamw: \"\", expected key=value",
    "adamw:beta1=1 | adamw: beta1 = 1.0, expected 0 <= beta1 < 1",
    "adamw:amsgrad=yes | adamw: amsgrad = yes, expected true or false",
    "adamw:decay=weekly | unknown value of adamw.decay \"weekly\"",
    "sophiag:every=2.5 | sophiag: every = 2.5, expected a whole number",
    "sophiag:every=99999999999 | sophiag: every = 99999999999, expected int",
    "sophiag:every=0 | sophiag: every = 0, expected every >= 1",
    "muon:method=newton5 | muon: method = newton5, expected one of cubicN, quinticN, muonN, youN<=5, polar_speedrunN<=5, polar_l1e-6_N,",
    "muon:method=degree9_2 | muon: steps of degree9 = 2, expected at least 3",
    "sgd:nesterov=true | sgd: nesterov = true, expected false, or momentum > 0 and dampening = 0"})
  void wrongSpellingsGetOneClearLine(String spec, String message) {
    assertThatThrownBy(() -> Rules.CATALOG.parse(spec)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void valuesOfAnotherTypeGetOneClearLine() {
    assertThatThrownBy(() -> SophiaG.defaults().with("every", 5.5)).hasMessage("sophiag: every = 5.5, expected int");
    assertThatThrownBy(() -> SophiaG.defaults().with("lr", true)).hasMessage("sophiag: lr = true, expected double");
    assertThatThrownBy(() -> AdamW.defaults().with("decay", 1)).hasMessage("adamw: decay = 1, expected Decay");
    assertThatThrownBy(() -> Muon.defaults().with("method", 5)).hasMessage("muon: method = 5, expected String");
    assertThat(SophiaG.defaults().with("every", 5.0).every()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "cosin | unknown schedule \"cosin\", nearest: cosine",
    "linear:start=0+cosine | length of the schedule before + = unlimited",
    "wsd:decay=-1 | wsd: decay = -1, expected decay >= 0",
    "wsd:shape=exp,decay=5 | wsd: end = 0.0, expected end > 0 for shape exp"})
  void wrongSchedulesGetOneClearLine(String spec, String message) {
    assertThatThrownBy(() -> Schedules.parse(spec)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
  }
}
