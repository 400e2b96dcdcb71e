package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.LabelledFileTest;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
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
import java.util.Map;
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

  /** The values are those of the dense Hessian, within the residuals and errors that are shown. */
  @Test
  void saysWhatTheHessianOfATrainedNetworkIs() throws IOException {
    Path out = folder.resolve("run");
    Map<String, String> options = Map.of("hidden", "4", "steps", "60", "optimizer", "adamw:lr=0.01", "curvature-every", "none");
    double[] e;
    double loss;
    try (curvata.bench.train.Run run = curvata.bench.train.Run.start(options, out)) {
      run.finish((step, steps, l) -> {});
      MlpPoint point = MlpPoint.of(run.trainer().model(), run.trainer().problem().training());
      loss = point.loss();
      e = dense(new MlpHessian(point));
    }
    int n = e.length;
    Path svg = folder.resolve("spectrum.svg");
    JsonNode result = model(out.resolve("model.safetensors"), "--svg", svg.toString());
    assertThat(result.get("n").intValue()).isEqualTo(n);
    assertThat(result.get("rows").intValue()).isEqualTo(1437);
    assertThat(result.get("data").stringValue()).isEqualTo("digits");
    assertThat(Math.abs(result.get("loss").doubleValue() - loss)).isLessThan(1e-6);
    assertThat(Math.abs(result.get("trace").doubleValue() - Arrays.stream(e).sum())).isLessThan(4 * result.get("traceError").doubleValue());
    double frobenius = Math.sqrt(Arrays.stream(e).map(v -> v * v).sum());
    assertThat(Math.abs(result.get("frobenius").doubleValue() - frobenius))
        .isLessThan(4 * result.get("frobeniusError").doubleValue() + 1e-6 * frobenius);
    assertThat(result.get("top").size()).isEqualTo(20);
    assertThat(result.get("bottom").size()).isEqualTo(5);
    for (int i = 0; i < 20; i++) {
      within(result.get("top").get(i), e[n - 1 - i], 1e-6 * e[n - 1]);
    }
    for (int i = 0; i < 5; i++) {
      within(result.get("bottom").get(i), e[i], 1e-6 * e[n - 1]);
    }
    long outliers = Arrays.stream(e).filter(v -> v > 0.2 * e[n - 1]).count();
    assertThat(result.get("outliers").longValue()).isEqualTo(outliers);
    assertThat(result.get("outliersComplete").booleanValue()).isTrue();
    assertThat(result.get("classes").intValue()).isEqualTo(10);
    assertThat(svg).exists();

    JsonNode few = model(out.resolve("model.safetensors"), "--rows", "200", "--k", "2");
    assertThat(few.get("rows").intValue()).isEqualTo(200);
    assertThat(few.get("top").size()).isEqualTo(2);
    assertThat(few.get("outliersComplete").booleanValue()).isFalse();
  }

  private static void within(JsonNode pair, double eigenvalue, double rounding) {
    assertThat(Math.abs(pair.get("value").doubleValue() - eigenvalue)).isLessThanOrEqualTo(pair.get("residual").doubleValue() + rounding);
  }

  private static double[] dense(MlpHessian hessian) {
    int n = hessian.dimension();
    double[][] a = new double[n][n];
    float[] x = new float[n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 1;
      hessian.apply(x, y);
      x[i] = 0;
      for (int j = 0; j < n; j++) {
        a[i][j] = y[j];
      }
    }
    return curvata.hessian.spectrum.SymmetricEigen.of(a).values();
  }

  private JsonNode model(Path model, String... more) throws IOException {
    Path file = folder.resolve("r.json");
    List<String> args = new ArrayList<>(List.of("--model", model.toString(), "--json", file.toString()));
    args.addAll(List.of(more));
    Run run = run(args.toArray(String[]::new));
    assertThat(run.code).as(run.toString()).isZero();
    return JsonMapper.builder().build().readTree(Files.readString(file));
  }

  @Test
  void badModelsAreOneLine() throws IOException {
    Path file = folder.resolve("m.safetensors");
    refusedModel("no --matrix and no --model");
    refusedModel("--matrix and --model, expected", "--matrix", "a:b", "--model", file.toString());
    refusedModel("no such file", "--model", file.toString());
    network("2,3", "tanh", 6).write(file);
    refusedModel("no tensor layer0.bias, expected F32 [3]", "--model", file.toString());
    network(null, "tanh", 6).write(file);
    refusedModel("metadata layers = null", "--model", file.toString());
    network("2,x", "tanh", 6).write(file);
    refusedModel("metadata layers = 2,x", "--model", file.toString());
    network("2,3", "gelu", 6).add("layer0.bias", new int[] {3}, new float[3]).write(file);
    refusedModel("metadata activation = gelu, expected one of", "--model", file.toString());
    network("2,3", "tanh", 6).add("layer0.bias", new int[] {2}, new float[2]).write(file);
    refusedModel("layer0.bias is F32 [2], expected F32 [3]", "--model", file.toString());
    network("2,3", "tanh", 6).add("layer0.bias", new int[] {3}, new float[] {0, Float.NaN, 0}).write(file);
    refusedModel("layer0.bias, element 1 is NaN", "--model", file.toString());
    network("2,3", "tanh", 6).add("layer0.bias", new int[] {3}, new float[3]).add("other", new int[] {1}, new float[1]).write(file);
    refusedModel("tensor other belongs to no layer", "--model", file.toString());
    network("2,3", "tanh", 6).add("layer0.bias", new int[] {3}, new float[3]).write(file);
    refusedModel("64 inputs and 10 classes, expected 2 inputs and at most 3 classes", "--model", file.toString());
    refusedModel("no such file", "--model", file.toString(), "--data", folder.resolve("none").toString());
    refusedModel("--rows 0: expected 1 or more", "--model", file.toString(), "--rows", "0");
    refusedModel("--rows 5 with --matrix", "--matrix", "a:b", "--rows", "5");
    Path data = new LabelledFileTest.Tensors().floats("images", "[6,2]", new float[12]).longs("labels", "[6]", 0, 1, 2, 0, 1, 2)
        .write(folder.resolve("data"));
    refusedModel("--rows 9: expected 1 to 4", "--model", file.toString(), "--data", data.toString(), "--rows", "9");
    refusedModel("--k 10: expected 1 to 9", "--model", file.toString(), "--data", data.toString(), "--k", "10");
  }

  private static SafetensorsWriter network(String layers, String activation, int weights) {
    SafetensorsWriter writer = new SafetensorsWriter();
    if (layers != null) {
      writer.metadata("layers", layers);
    }
    writer.metadata("activation", activation);
    return writer.add("layer0.weight", new int[] {3, 2}, new float[weights]);
  }

  private static void refusedModel(String why, String... args) {
    Run run = run(args);
    assertThat(run.code).as(run.toString()).isEqualTo(2);
    assertThat(run.err).startsWith("curvata: ").contains(why).hasLineCount(1);
    assertThat(run.out).isEmpty();
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
