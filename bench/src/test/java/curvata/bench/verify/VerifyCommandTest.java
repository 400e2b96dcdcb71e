package curvata.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.cli.CurvataCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command as it is typed: exit codes, table, JSON, and that nothing is written where the input is bad. */
class VerifyCommandTest {
  private static final String PLAIN = Golden.resource("sgd-plain.safetensors").toString();

  @TempDir
  private Path folder;

  private record Run(int code, String out, String err) {}

  private static Run run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      List<String> all = new ArrayList<>(List.of("verify"));
      all.addAll(List.of(args));
      int code = CurvataCommand.run(all.toArray(String[]::new));
      return new Run(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void passes() throws IOException {
    Path json = folder.resolve("r.json");
    Run run = run(PLAIN, "--json", json.toString());
    assertThat(run.code).as(run.toString()).isZero();
    assertThat(run.out).contains("sgd-plain.safetensors  param.p.f64", "2 ok, 0 FAIL, 0 unsupported in 1 file");
    JsonNode result = GoldenFile.JSON.readTree(Files.readString(json));
    assertThat(result.get("command").stringValue()).isEqualTo("verify");
    assertThat(result.get("ok").booleanValue()).isTrue();
    assertThat(result.get("checks").size()).isEqualTo(2);
    JsonNode check = result.get("checks").get(0);
    assertThat(check.get("file").stringValue()).isEqualTo(PLAIN);
    assertThat(check.get("name").stringValue()).isEqualTo("param.p.f64");
    assertThat(check.get("status").stringValue()).isEqualTo("ok");
    assertThat(check.get("error").doubleValue()).isLessThanOrEqualTo(check.get("allowed").doubleValue());
  }

  @Test
  void failsOnOneChangedValue() throws IOException {
    Golden golden = Golden.read("sgd-plain.safetensors");
    golden.values("param.p.f64")[40] += 1e-3;
    Path json = folder.resolve("r.json");
    Run run = run(golden.write(folder.resolve("x.safetensors")).toString(), "--json", json.toString());
    assertThat(run.code).isEqualTo(1);
    assertThat(run.out).contains("FAIL    step 2, element 3", "1 ok, 1 FAIL, 0 unsupported in 1 file");
    JsonNode result = GoldenFile.JSON.readTree(Files.readString(json));
    assertThat(result.get("ok").booleanValue()).isFalse();
    assertThat(result.get("checks").get(0).get("status").stringValue()).isEqualTo("FAIL");
  }

  @Test
  void unsupportedIsNoSuccess() {
    Run run = run(PLAIN, Golden.resource("cbo-isotropic.safetensors").toString());
    assertThat(run.code).isEqualTo(1);
    assertThat(run.out).contains("2 ok, 0 FAIL, 1 unsupported in 2 files");
  }

  @Test
  void badInputIsOneLineAndNothingIsWritten() throws IOException {
    Path truncated = folder.resolve("t.safetensors");
    Files.write(truncated, java.util.Arrays.copyOf(Files.readAllBytes(Path.of(PLAIN)), 5000));
    Path text = Files.writeString(folder.resolve("text"), "no recording");
    Path dump = folder.resolve("dump");
    for (String bad : List.of(truncated.toString(), text.toString(), folder.resolve("none").toString(), folder.toString())) {
      Run run = run(PLAIN, bad, "--dump", dump.toString(), "--json", folder.resolve("r.json").toString());
      assertThat(run.code).as(bad).isEqualTo(2);
      assertThat(run.err).as(bad).startsWith("curvata: " + bad).hasLineCount(1);
      assertThat(run.out).isEmpty();
      assertThat(dump).doesNotExist();
      assertThat(folder.resolve("r.json")).doesNotExist();
    }
    assertThat(run().code).isEqualTo(2);
  }

  @Test
  void unusableDumpFolderIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path copy = Files.copy(Path.of(PLAIN), folder.resolve("sgd-plain.safetensors"));
    byte[] before = Files.readAllBytes(copy);
    for (String[] args : new String[][] {{PLAIN, file.toString()}, {PLAIN, file + "/below"}, {copy.toString(), folder.toString()}}) {
      Run run = run(args[0], "--dump", args[1]);
      assertThat(run.code).isEqualTo(2);
      assertThat(run.err).startsWith("curvata: --dump " + args[1]).hasLineCount(1);
    }
    assertThat(copy).hasBinaryContent(before);
    Run twice = run(PLAIN, copy.toString(), "--dump", folder.resolve("d").toString());
    assertThat(twice.code).isEqualTo(2);
    assertThat(twice.err).contains("distinct names").hasLineCount(1);
    assertThat(folder.resolve("d")).doesNotExist();
  }
}
