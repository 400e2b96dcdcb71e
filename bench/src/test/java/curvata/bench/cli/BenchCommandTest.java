package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command's reports and its refusals; what it measures is tested where it is measured. */
class BenchCommandTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir
  Path folder;

  private String out;
  private String err;

  private int run(String... arguments) {
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      return CurvataCommand.run(arguments);
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
      out = outBytes.toString(StandardCharsets.UTF_8);
      err = errBytes.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void oneObjectAndLinesThatAreAppended() throws IOException {
    Path json = folder.resolve("bench.json");
    Path lines = folder.resolve("rows.jsonl");
    for (int time = 1; time <= 2; time++) {
      int code = run(
          "bench", "--kernels", "sgd,product", "--sizes", "64", "--rounds", "3", "--no-polluted", "--json", json.toString(), "--append",
          lines.toString());
      assertThat(code).as(err).isEqualTo(CurvataCommand.OK);
      assertThat(out).contains("sgd ").contains("GB/s").contains("GFLOP/s");
      assertThat(Files.readAllLines(lines)).hasSize(2 * time);
    }
    JsonNode rows = JSON.readTree(Files.readString(json)).get("rows");
    assertThat(rows.size()).isEqualTo(2);
    assertThat(rows.get(0).get("kernel").asString()).isEqualTo("sgd");
    assertThat(rows.get(1).get("limit").asDouble()).isPositive();
    JsonNode line = JSON.readTree(Files.readAllLines(lines).getFirst());
    assertThat(line.propertyNames()).contains("kernel", "boundBy", "commit", "cpu", "java", "species", "flags");
    String table = Files.readString(folder.resolve("rows.md"));
    assertThat(table.lines().filter(l -> l.startsWith("| sgd |"))).as("one of equal rows").hasSize(1);
  }

  @Test
  void refusalsNameWhatIsExpectedAndWriteNothing() {
    Path file = folder.resolve("rows.txt");
    for (List<String> wrong : List.of(
        List.of("--kernels", "adamv", "no such kernel, expected some of adamw"),
        List.of("--sizes", "0", "--sizes 0, expected 1 to"),
        List.of("--rounds", "2", "--rounds 2, expected 3 or more"),
        List.of("--append", file.toString(), "expected a file NAME.jsonl"),
        List.of("--append", folder.resolve("none/rows.jsonl").toString(), "expected a file NAME.jsonl"))) {
      assertThat(run("bench", wrong.get(0), wrong.get(1))).isEqualTo(CurvataCommand.USAGE);
      assertThat(err).contains(wrong.get(2));
      assertThat(out).isEmpty();
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** The libraries are not on this class path. */
  @Test
  void peersThatAreNotThereAreSaidToBeMissing() {
    assertThat(run("bench", "--peers", "--kernels", "product", "--sizes", "8")).isEqualTo(CurvataCommand.USAGE);
    assertThat(err).contains("--peers: none found, expected the jars that");
    assertThat(out).isEmpty();
  }

  /** Nothing is measured before all of them are there and one can multiply. */
  @Test
  void librariesThatAreNoBlasAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("text.so"), "no library");
    Path missing = folder.resolve("missing.so");
    String separator = File.pathSeparator;
    refused(text + separator + missing, missing + ": no such file, expected shared libraries separated by \"" + separator + "\"");
    refused(folder.toString(), folder + ": no such file");
    refused(text.toString(), text + ": cannot be loaded (");
    refused("", ": no sgemm_ there, expected a library with the Fortran interface of BLAS");
    refused(ofTheJdk("prefs").toString(), ofTheJdk("prefs") + ": no sgemm_ there, expected a library with the Fortran interface of BLAS");
  }

  private void refused(String paths, String line) {
    assertThat(run("bench", "--blas", paths, "--kernels", "product", "--sizes", "8")).isEqualTo(CurvataCommand.USAGE);
    assertThat(err.lines().filter(l -> l.startsWith("curvata: "))).singleElement().asString().startsWith("curvata: --blas " + line);
    assertThat(out).isEmpty();
  }

  /** A library that every JDK has and nothing here uses. */
  private static Path ofTheJdk(String name) {
    Path home = Path.of(System.getProperty("java.home"));
    String file = System.mapLibraryName(name);
    return Files.exists(home.resolve("lib", file)) ? home.resolve("lib", file) : home.resolve("bin", file);
  }
}
