package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as it is typed: what it says of matrices whose spectrum is known, and one line for what is no symmetric matrix. */
class SpectrumCommandTest {
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
      List<String> all = new ArrayList<>(List.of("spectrum"));
      all.addAll(List.of(args));
      int code = CurvataCommand.run(all.toArray(String[]::new));
      return new Run(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Path golden() {
    try {
      return Path.of(SpectrumCommandTest.class.getResource("/goldens/hessian/matrix_indefinite.safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode json(String matrix, String... more) throws IOException {
    Path file = folder.resolve("r.json");
    List<String> args = new ArrayList<>(List.of("--matrix", matrix, "--json", file.toString()));
    args.addAll(List.of(more));
    Run run = run(args.toArray(String[]::new));
    assertThat(run.code).as(run.toString()).isZero();
    return JsonMapper.builder().build().readTree(Files.readString(file));
  }

  /** Every value lies within its residual of the recorded eigenvalue, trace and norm within their rounding. */
  @Test
  void saysWhatTheMatrixIs() throws Exception {
    Path svg = folder.resolve("density.svg");
    JsonNode result = json(golden() + ":A", "--k", "4", "--svg", svg.toString());
    double[] e;
    double trace = 0;
    double square = 0;
    try (SafetensorsFile file = SafetensorsFile.read(golden())) {
      e = file.doubles("eig_float64");
      trace = Arrays.stream(file.doubles("diag")).sum();
      square = Arrays.stream(file.doubles("A")).map(x -> x * x).sum();
    }
    assertThat(result.get("command").stringValue()).isEqualTo("spectrum");
    assertThat(Math.abs(result.get("trace").doubleValue() - trace)).isLessThanOrEqualTo(result.get("traceError").doubleValue());
    assertThat(Math.abs(result.get("frobenius").doubleValue() - Math.sqrt(square))).isLessThan(1e-10);
    assertThat(Math.abs(result.get("traceEstimate").doubleValue() - trace)).isLessThan(4 * result.get("traceEstimateError").doubleValue());
    for (int i = 0; i < 4; i++) {
      near(result.get("top").get(i), e[e.length - 1 - i]);
      near(result.get("bottom").get(i), e[i]);
    }
    assertThat(result.get("top").size()).isEqualTo(4);
    holds(result.get("density"), e);
    assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile()).getDocumentElement().getTagName()).isEqualTo("svg");
  }

  private static void near(JsonNode pair, double eigenvalue) {
    double residual = pair.get("residual").doubleValue();
    assertThat(residual).isBetween(0.0, 1e-5);
    double recorded = 1e-13 * 12; // 1e-13 ‖A‖: the recorded value's own error
    assertThat(Math.abs(pair.get("value").doubleValue() - eigenvalue)).isLessThanOrEqualTo(residual + recorded);
  }

  /** The bounds hold for the probes; for the matrix with four times the sampling error, and 1/n for the outliers that were taken out. */
  private static void holds(JsonNode density, double[] e) {
    int points = density.get("x").size();
    for (int i = 0; i < points; i++) {
      double x = density.get("x").get(i).doubleValue();
      double share = (double) Arrays.stream(e).filter(v -> v <= x).count() / e.length;
      double slack = 4 * density.get("samplingError").get(i).doubleValue() + 1.0 / e.length;
      assertThat(share).as("share at or below %s", x)
          .isBetween(density.get("lower").get(i).doubleValue() - slack, density.get("upper").get(i).doubleValue() + slack);
    }
  }

  @Test
  void repeatedEigenvaluesAreShownAsOftenAsTheyOccur() throws IOException {
    double[] a = new double[144];
    for (int i = 0; i < 12; i++) {
      a[13 * i] = -1 - i / 4;
    }
    Path file = write("a", new int[] {12, 12}, a);
    JsonNode result = json(file + ":a");
    double[] top = {-1, -1, -1, -1, -2};
    double[] bottom = {-3, -3, -3, -3, -2};
    for (int i = 0; i < 5; i++) {
      assertThat(Math.abs(result.get("top").get(i).get("value").doubleValue() - top[i])).as("top %d", i).isLessThan(1e-6);
      assertThat(Math.abs(result.get("bottom").get(i).get("value").doubleValue() - bottom[i])).as("bottom %d", i).isLessThan(1e-6);
    }
  }

  @Test
  void smallAndPlainMatricesHaveSpectraToo() throws IOException {
    assertThat(json(write("one", new int[] {1, 1}, 3.0) + ":one").get("top").get(0).get("value").doubleValue()).isEqualTo(3);
    JsonNode zero = json(write("zero", new int[] {6, 6}, new double[36]) + ":zero", "--svg", folder.resolve("zero.svg").toString());
    assertThat(zero.get("bottom").get(4).get("value").doubleValue()).isZero();
    assertThat(zero.get("trace").doubleValue()).isZero();
    JsonNode two = json(write("two", new int[] {2, 2}, 2, 1, 1, 2) + ":two");
    assertThat(two.get("top").size()).isEqualTo(2);
    assertThat(two.get("top").get(0).get("value").doubleValue()).isEqualTo(3);
  }

  @Test
  void badInputIsOneLine() throws IOException {
    refused("is F64 [2, 3], expected a square matrix", write("a", new int[] {2, 3}, new double[6]) + ":a");
    refused("is F64 [4], expected a square matrix", write("a", new int[] {4}, new double[4]) + ":a");
    refused("not symmetric: element [1][0] is 2.0, [0][1] is 1.0", write("a", new int[] {2, 2}, 0, 1, 2, 0) + ":a");
    refused("element [1][1] is NaN", write("a", new int[] {2, 2}, 0, 1, 1, Double.NaN) + ":a");
    refused("element [0][0] is 1.0E300", write("a", new int[] {2, 2}, 1e300, 1, 1, 1) + ":a");
    Path good = write("a", new int[] {2, 2}, 0, 1, 1, 0);
    refused("no tensor \"b\"", good + ":b");
    refused("expected FILE:TENSOR", good.toString() + ":");
    refused("no such file", folder.resolve("none") + ":a");
    refused("--k 3: expected 1 to 2", good + ":a", "--k", "3");
    refused("--k 0: expected 1 to 2", good + ":a", "--k", "0");
    refused("--svg " + folder, good + ":a", "--svg", folder.toString());
  }

  private void refused(String why, String matrix, String... more) {
    List<String> args = new ArrayList<>(List.of("--matrix", matrix));
    args.addAll(List.of(more));
    Run run = run(args.toArray(String[]::new));
    assertThat(run.code).as(run.toString()).isEqualTo(2);
    assertThat(run.err).startsWith("curvata: ").contains(why).hasLineCount(1);
    assertThat(run.out).isEmpty();
  }

  private Path write(String name, int[] shape, double... values) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    new SafetensorsWriter().addDoubles(name, shape, values).write(file);
    return file;
  }
}
