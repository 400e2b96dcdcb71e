package curvata.bench.verify;

import static curvata.bench.verify.Check.Status.FAIL;
import static curvata.bench.verify.Check.Status.OK;
import static curvata.bench.verify.Check.Status.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.schedule.Schedule;
import curvata.optim.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Recorded rates of the schedules we have pass; everything else is named. */
class VerifyScheduleTest {
  private static final Path RECORDED = Golden.resource("schedules.json");

  @TempDir
  private Path folder;

  @Test
  void recordedSchedulesPassOrAreUnsupported() throws IOException {
    Report report = Golden.verify(RECORDED);
    assertThat(Golden.names(report, OK)).containsExactly(
        "0.constant.lr", "1.linear.lr", "2.linear.lr", "3.linear_decay.lr", "4.cosine.lr", "5.cosine.lr", "22.wsd.lr", "23.wsd.lr", "24.wsd.lr",
        "25.wsd.lr");
    assertThat(report.count(FAIL)).isZero();
    assertThat(Golden.names(report, UNSUPPORTED)).contains("13.one_cycle.lr", "batch_scaling.1.sqrt", "batch_size_tests.0").hasSize(29);
  }

  @Test
  void oneChangedRateIsFound() throws IOException {
    for (int entry : new int[] {0, 2, 5, 24}) {
      String text = Files.readString(RECORDED);
      String[] entries = text.split("\"lr\": \\[", -1); // piece i + 1 begins with the rates of entry i
      String rates = entries[entry + 1];
      double first = Double.parseDouble(rates.substring(0, rates.indexOf(',')).trim());
      entries[entry + 1] = " " + (first + 1e-11) + rates.substring(rates.indexOf(','));
      Path file = Files.writeString(folder.resolve("x.json"), String.join("\"lr\": [", entries));
      assertThat(Golden.names(Golden.verify(file), FAIL)).singleElement().satisfies(n -> assertThat(n).startsWith(entry + "."));
    }
  }

  @Test
  void dumpDoesNotDependOnTruth() throws IOException {
    Path hidden = Files.writeString(folder.resolve("schedules.json"), Files.readString(RECORDED).replaceAll("\"lr\": \\[", "\"hidden\": ["));
    Report report = Golden.verify(folder.resolve("without"), hidden);
    assertThat(report.count(OK)).isZero();
    assertThat(report.checks()).filteredOn(c -> c.status() == FAIL).hasSize(10).allMatch(c -> c.note().contains("missing"));
    Golden.verify(folder.resolve("with"), RECORDED);
    assertThat(folder.resolve("without/schedules.safetensors")).hasSameBinaryContentAs(folder.resolve("with/schedules.safetensors"));
    try (SafetensorsFile dump = SafetensorsFile.read(folder.resolve("with/schedules.safetensors"))) {
      assertThat(dump.names()).contains("0.constant.lr", "25.wsd.lr").hasSize(10);
      assertThat(dump.doubles("0.constant.lr")).containsExactly(0.1, 0.1, 0.1, 0.1, 0.1);
    }
  }

  /** Against the formulas of the recordings' description, written down once more. */
  @Test
  void everyShapeOfDecayPasses() throws IOException {
    double lr = 0.3;
    double min = 0.02;
    assertDecay("linear", x -> min + (lr - min) * (1 - x));
    assertDecay("1-sqrt", x -> min + (lr - min) * (1 - Math.sqrt(x)));
    assertDecay("1 - sqrt(x)", x -> min + (lr - min) * (1 - Math.sqrt(x)));
    assertDecay("1-x²", x -> min + (lr - min) * (1 - x * x));
    assertDecay("1-x^2", x -> min + (lr - min) * (1 - x * x));
    assertDecay("1-square", x -> min + (lr - min) * (1 - x * x));
    assertDecay("cosine", x -> min + (lr - min) * (1 + Math.cos(Math.PI * x)) / 2);
    assertDecay("exp", x -> lr * Math.pow(min / lr, x));
    assertDecay("inverse", x -> 1 / (x / min + (1 - x) / lr));
  }

  private void assertDecay(String shape, DoubleUnaryOperator decay) throws IOException {
    int[] length = {3, 5, 7};
    String rates =
        IntStream.range(0, 20)
            .mapToDouble(t -> t < 3 ? 0.3 * t / 3 : t < 8 ? 0.3 : decay.applyAsDouble(Math.min(1, (t - 8) / 7.0)))
            .mapToObj(Double::toString).collect(Collectors.joining(", "));
    String params = "\"lr\": 0.3, \"min_lr\": 0.02, \"warmup\": %d, \"stable\": %d, \"decay\": %d, \"shape\": \"%s\""
        .formatted(length[0], length[1], length[2], shape);
    Report report = Golden.verify(write("wsd", params, 20, "\"lr\": [" + rates + "]"));
    assertThat(report.ok()).as("%s: %s", shape, report.checks()).isTrue();
  }

  private Path write(String name, String params, int steps, String series) throws IOException {
    String entry = "{\"name\": \"%s\", \"params\": {%s}, \"steps\": %d, %s}".formatted(name, params, steps, series);
    return Files.writeString(folder.resolve("x.json"), "{\"format\": \"golden-schedules-1\", \"schedules\": [" + entry + "]}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "constant | \"lr\": 1, \"gamma\": 2                                                                          | gamma",
    "constant | \"lr\": 0                                                                                        | lr = 0",
    "constant |                                                                                                  | lr",
    "linear   | \"lr\": 1, \"start_factor\": 0, \"end_factor\": 1, \"total_iters\": 0                            | total_iters = 0",
    "linear   | \"lr\": 1, \"start_factor\": -1, \"end_factor\": 1, \"total_iters\": 4                           | start = -1",
    "linear   | \"lr\": 1, \"start_factor\": \"x\", \"end_factor\": 1, \"total_iters\": 4                        | start_factor is \"x\"",
    "cosine   | \"lr\": 1, \"eta_min\": 0                                                                        | T_max",
    "cosine   | \"lr\": 1, \"T_max\": 2.5                                                                        | T_max = 2.5",
    "wsd      | \"lr\": 1, \"warmup\": 1, \"stable\": 1, \"decay\": 1, \"shape\": \"cubic\"                      | shape = cubic",
    "wsd      | \"lr\": 1, \"warmup\": 1, \"stable\": 1, \"decay\": 1, \"shape\": \"exp\"                        | end = 0",
    "wsd      | \"lr\": 1, \"min_lr\": 2, \"warmup\": 1, \"stable\": 1, \"decay\": 1                              | end = 2",
    "spiral   | \"lr\": 1                                                                                        | spiral"
  })
  void inexpressibleEntriesAreNamed(String name, String params, String named) throws IOException {
    Report report = Golden.verify(write(name, params == null ? "" : params, 1, "\"lr\": [1]"));
    assertThat(report.checks()).singleElement().satisfies(c -> {
      assertThat(c.status()).isEqualTo(UNSUPPORTED);
      assertThat(c.note()).contains(named);
    });
  }

  @Test
  void anUnknownSeriesOfAKnownScheduleIsNamed() throws IOException {
    Report report = Golden.verify(write("constant", "\"lr\": 1", 2, "\"lr\": [1, 1], \"momentum\": [0, 0]"));
    assertThat(Golden.names(report, OK)).containsExactly("0.constant.lr");
    assertThat(Golden.names(report, UNSUPPORTED)).containsExactly("0.constant.momentum");
  }

  @Test
  void malformedFilesAreRefused() throws IOException {
    assertMalformed("{\"format\": \"golden-schedules-1\"}", "schedules is MISSING");
    assertMalformed("{\"format\": \"golden-schedules-1\", \"schedules\": [{\"name\": 3}]}", "schedules[0]");
    assertMalformed("{\"format\": \"golden-schedules-2\", \"schedules\": []}", "format = \"golden-schedules-2\"");
    assertMalformed("{\"format\": \"golden-schedules-1\", ", "not JSON");
    assertMalformed("{\"format\": \"golden-schedules-1\", \"schedules\": []} {}", "not JSON");
    assertMalformed(Files.readString(write("constant", "\"lr\": 1", 3, "\"lr\": [1, 1]")), "schedules[0].lr");
    assertMalformed(Files.readString(write("constant", "\"lr\": 1", 1, "\"lr\": [\"1\"]")), "schedules[0].lr");
    assertMalformed(Files.readString(write("constant", "\"lr\": 1", -1, "\"note\": 0")), "schedules[0].steps = -1");
  }

  private void assertMalformed(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), text);
    assertThatThrownBy(() -> Golden.verify(file)).isInstanceOf(MalformedFileException.class).hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  /** A schedule that joins the catalog needs an entry here. */
  @Test
  void everyScheduleOfTheCatalogIsSpelled() throws IOException {
    Set<Class<?>> spelled = new HashSet<>();
    for (JsonNode entry : GoldenFile.JSON.readTree(Files.readString(RECORDED)).get("schedules")) {
      try {
        spelled.add(ScheduleSpellings.read(entry.get("name").stringValue(), new ScheduleParams(entry.get("params"))).getClass());
      } catch (UnsupportedException e) {
        assertThat(e).hasMessageContaining("no schedule");
      }
    }
    for (Schedule schedule : Schedules.CATALOG.all()) {
      assertThat(spelled).contains(schedule.getClass());
    }
  }
}
