package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.train.Settings;
import curvata.kernels.Backend;
import curvata.kernels.Threads;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** A run ends with the same weights whatever it runs on and however often it is killed; each run in a JVM of its own, since these choices are per JVM. */
class SameBitsIT {
  /** Short runs that cross the sizes from which work is shared among threads. */
  enum Problem {
    MUON("--steps", "16", "--seed", "1"),
    ADAMW("--optimizer", "adamw:lr=0.003", "--transform", "clip", "--activation", "relu", "--steps", "30", "--seed", "2");

    private final List<String> options;

    Problem(String... options) {
      this.options = List.of(options);
    }

    String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final String SCALAR = "-Dcurvata.backend=scalar";
  private static final List<String> WAYS = List.of(
      "", "-Dcurvata.threads=1", "-Dcurvata.threads=2", "-Dcurvata.threads=5", SCALAR, "-XX:MaxVectorSize=16",
      "-XX:MaxVectorSize=32");
  private static final int TRIES = 5;
  private static final int KILLED_AFTER = 8;

  @TempDir
  private Path folder;

  @ParameterizedTest
  @EnumSource
  void weightsAreTheSame(Problem problem) throws Exception {
    crossesTheThresholds();
    String expected = run(problem, "", "default", "default");
    for (String way : WAYS.subList(1, WAYS.size())) {
      assertThat(run(problem, way, "way" + WAYS.indexOf(way), "out" + WAYS.indexOf(way))).as("%s with %s", problem, way).isEqualTo(expected);
    }
    assertThat(killedAndResumed(problem)).as("%s, killed and resumed", problem).isEqualTo(expected);
    if (!Boolean.FALSE.equals(Backend.hardwareFma())) { // without it the library promises nothing
      assertThat(expected).as("%s, same-bits.properties", problem).isEqualTo(committed(problem));
    }
  }

  /** Element-wise work is shared from {@link Threads#MIN_ELEMENTS} elements on, products above 2^20 multiply-adds (package-private in kernels). */
  private static void crossesTheThresholds() {
    int[] hidden = Arrays.stream(Settings.HIDDEN.split(",")).mapToInt(Integer::parseInt).toArray();
    int rows = Integer.parseInt(Settings.BATCH);
    assertThat(hidden[0] * hidden[1]).as("elements of a hidden matrix").isGreaterThanOrEqualTo(Threads.MIN_ELEMENTS);
    assertThat(rows * hidden[0] * hidden[1]).as("multiply-adds of a layer").isGreaterThan(1 << 20);
  }

  private static String committed(Problem problem) throws IOException {
    Properties hashes = new Properties();
    try (InputStream in = SameBitsIT.class.getResourceAsStream("same-bits.properties")) {
      hashes.load(in);
    }
    return hashes.getProperty(problem.key());
  }

  /** Trains in a new JVM with a flag, and returns the hash of the weights. */
  private String run(Problem problem, String flag, String name, String out, String... more) throws Exception {
    List<String> options = new ArrayList<>(problem.options);
    options.addAll(List.of("--out", folder.resolve(problem.key() + "-" + out).toString()));
    options.addAll(List.of(more));
    return finish(start(flag, name, options), name);
  }

  private String finish(Process process, String name) throws Exception {
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(name + " ends").isTrue();
    assertThat(process.exitValue()).as(() -> name + ": " + log(name)).isZero();
    Map<?, ?> result = JsonMapper.builder().build().readValue(Files.readString(json(name)), Map.class);
    assertThat((double) result.get("trainLoss")).isBetween(0.0, 1.8); // it has learned something: it began near 2.4
    return (String) result.get("weightsSha256");
  }

  private Process start(String flag, String name, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!flag.equals(SCALAR)) { // which must do without
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    if (!flag.isEmpty()) {
      command.add(flag);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "curvata.bench.Main", "train", "--json", json(name).toString()));
    command.addAll(List.of("--curvature-every", "100", "--curvature-rows", "64")); // looked at, but not for long
    command.addAll(options);
    File log = folder.resolve(name + ".log").toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
  }

  private Path json(String name) {
    return folder.resolve(name + ".json");
  }

  private String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private String killedAndResumed(Problem problem) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      Path out = folder.resolve(problem.key() + "-killed-" + i);
      List<String> options = new ArrayList<>(problem.options);
      options.addAll(List.of("--checkpoint-every", "3", "--evaluate-every", "1", "--out", out.toString()));
      Process process = start("", "killed", options);
      while (process.isAlive() && lines(out.resolve("metrics.jsonl")) < KILLED_AFTER) {
        Thread.onSpinWait();
      }
      process.destroyForcibly().waitFor(); // SIGKILL where there are signals
      if (process.exitValue() != 0) {
        assertThat(out.resolve("report.html")).doesNotExist();
        return finish(start("", "resumed", List.of("--resume", out.toString())), "resumed");
      }
    }
    throw new AssertionError("the run was over before it could be killed, " + TRIES + " times");
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).lines().count() : 0;
  }
}
