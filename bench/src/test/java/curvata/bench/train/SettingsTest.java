package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.bench.model.Activation;
import curvata.bench.model.OutputLoss;
import curvata.optim.Rules;
import curvata.optim.schedule.Schedules;
import curvata.optim.transform.Transforms;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
  private static final int ROWS = 1437;

  private static Settings parse(String... namesAndValues) {
    Map<String, String> options = new java.util.LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Settings.parse(options, ROWS);
  }

  @Test
  void withoutOptionsItIsMuonAndAdamW() {
    Settings s = parse();
    assertThat(s.optimizer().name()).isEqualTo("muon");
    assertThat(s.rest().name()).isEqualTo("adamw");
    assertThat(s.hidden()).containsExactly(256, 128);
    assertThat(s.activation()).isEqualTo(Activation.TANH);
    assertThat(s.batch()).isEqualTo(64);
    assertThat(s.steps()).isEqualTo(30 * 23);
    assertThat(s.stepsPerEpoch(ROWS)).isEqualTo(23);
    assertThat(s.evaluateEvery()).isEqualTo(23);
    assertThat(s.checkpointEvery()).isEqualTo(69);
    assertThat(s.curvatureEvery()).isEqualTo(Settings.AUTO);
    assertThat(s.loss()).isEqualTo(OutputLoss.SOFTMAX_CROSS_ENTROPY);
    assertThat(s.curvatureRows()).isZero();
    assertThat(s.transforms()).isEmpty();
    assertThat(s.seed()).isZero();
  }

  static Stream<List<String>> options() {
    Stream<List<String>> rules = Rules.CATALOG.names().stream().map(name -> List.of("optimizer", name));
    Stream<List<String>> schedules = Schedules.CATALOG.names().stream().map(name -> List.of("schedule", name));
    Stream<List<String>> transforms = Transforms.CATALOG.names().stream().map(name -> List.of("transform", name + ";" + name));
    Stream<List<String>> others = Stream.of(
        List.of("hidden", "none", "optimizer", "sgd"), List.of("hidden", "7"), List.of("batch", "full"), List.of("batch", "1437", "steps", "3"),
        List.of("seed", "-9223372036854775808"), List.of("activation", "RELU"), List.of("epochs", "9", "lr", "0.5"),
        List.of("schedule", "linear:start=0,end=1,steps=5+cosine"), List.of("validate", "true"),
        List.of("evaluate-every", "3", "checkpoint-every", "4"), List.of("curvature-every", "0"), List.of("curvature-every", "none"),
        List.of("curvature-every", "5", "curvature-rows", "full"), List.of("curvature-every", "auto"), List.of("loss", "squared"),
        List.of("curvature-rows", "auto"), List.of("rest", "sgd:lr=1"));
    return Stream.of(rules, schedules, transforms, others).flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("options")
  void whatIsSpelledIsReadBack(List<String> options) {
    Settings s = parse(options.toArray(String[]::new));
    assertThat(Settings.parse(s.spelled(), ROWS)).isEqualTo(s);
    assertThat(Settings.parse(s.spelled(), ROWS).spelled()).isEqualTo(s.spelled());
  }

  @Test
  void theRateIsThatOfTheRule() {
    assertThat(parse("lr", "0.25").optimizer().lr()).isEqualTo(0.25);
    assertThat(parse("lr", "0.25", "optimizer", "sgd:lr=3").optimizer().lr()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "optimizer  | adamv               | unknown rule \"adamv\", nearest: adam, adamw",
    "optimizer  | adamw:beta3=1       | unknown option of adamw \"beta3\", nearest: beta1",
    "optimizer  | adamw:beta1=1       | adamw: beta1 = 1.0, expected 0 <= beta1 < 1",
    "optimizer  | adamw:decay=often   | unknown value of adamw.decay \"often\"",
    "optimizer  | sgd:lr              | sgd: \"lr\", expected key=value",
    "lr         | fast                | muon: lr = fast, expected a number",
    "lr         | -1                  | muon: lr = -1.0, expected lr >= 0",
    "rest       | muon                | --rest = muon, expected a rule that takes biases",
    "schedule   | cosin               | unknown schedule \"cosin\", nearest: cosine",
    "schedule   | wsd:warmup=5000     | at most the run's 690 steps",
    "schedule   | constant+cosine     | length of the schedule before +",
    "transform  | clap                | unknown transform \"clap\", nearest: clip",
    "transform  | clip:norm=0         | clip: norm = 0.0, expected norm > 0",
    "hidden     | 256,,128            | --hidden = , expected a whole number from 1",
    "hidden     | 0                   | --hidden = 0, expected a whole number from 1",
    "hidden     | none                | hidden = none, expected at least one layer",
    "activation | gelu                | --activation = gelu, expected one of tanh, relu",
    "batch      | 0                   | --batch = 0, expected a whole number from 1 to 1437",
    "batch      | 1438                | --batch = 1438, expected a whole number from 1 to 1437",
    "batch      | all                 | --batch = all",
    "epochs     | 0                   | --epochs = 0, expected a whole number from 1",
    "epochs     | 99999999999999999999| --epochs = 99999999999999999999",
    "steps      | 1.5                 | --steps = 1.5, expected a whole number",
    "seed       | x                   | --seed = x, expected a whole number",
    "evaluate-every   | 0             | --evaluate-every = 0",
    "checkpoint-every | -3            | --checkpoint-every = -3",
    "curvature-every  | -1            | --curvature-every = -1, expected a whole number from 1",
    "curvature-every  | often         | --curvature-every = often, expected a whole number from 1",
    "curvature-rows   | 1438          | --curvature-rows = 1438, expected a whole number from 1 to 1437",
    "epoch      | 3                   | options = [epoch], expected some of"})
  void badValuesAreNamedWithWhatIsExpected(String option, String value, String message) {
    assertThatThrownBy(() -> parse(option, value)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message)
        .message().doesNotContain("\n");
  }

  @Test
  void optionsThatExcludeEachOtherAreRefused() {
    assertThatThrownBy(() -> parse("steps", "3", "epochs", "4")).hasMessage("--steps and --epochs = 3 and 4, expected one of them");
    assertThatThrownBy(() -> parse("optimizer", "adamw", "rest", "sgd")).hasMessageContaining("--rest = sgd, expected no such option");
  }

  @Test
  void whatIsTypedAgainMustAgree() {
    Settings s = parse("optimizer", "adamw", "steps", "46", "transform", "clip");
    for (Map<String, String> same : List.of(Map.<String, String>of(), Map.of("optimizer", "AdamW:lr=1e-3"), Map.of("epochs", "2"),
        Map.of("batch", "64"))) {
      assertThatCode(() -> s.confirm(same, ROWS, "c")).as("%s", same).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> s.confirm(Map.of("batch", "32"), ROWS, "c")).hasMessage("--batch = 32, expected 64 as in c");
    assertThatThrownBy(() -> s.confirm(Map.of("epochs", "3"), ROWS, "c")).hasMessage("--steps = 69, expected 46 as in c");
    assertThatThrownBy(() -> s.confirm(Map.of("lr", "0.5"), ROWS, "c")).hasMessageContaining("--optimizer = adamw:lr=0.5")
        .hasMessageContaining("as in c");
    assertThatThrownBy(() -> s.confirm(Map.of("seed", "1"), ROWS, "c")).hasMessage("--seed = 1, expected 0 as in c");
    assertThatThrownBy(() -> s.confirm(Map.of("transform", "clip;clip"), ROWS, "c"))
        .hasMessageContaining("--transform = clip:norm=1.0;clip:norm=1.0");
    assertThatThrownBy(() -> s.confirm(Map.of("optimizer", "muon"), ROWS, "c")).hasMessageContaining("--optimizer = muon");
  }
}
