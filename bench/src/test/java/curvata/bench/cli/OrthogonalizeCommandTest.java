package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import curvata.bench.spectrum.PolarDecomposition;
import curvata.optim.io.DType;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.SafetensorsWriter;
import curvata.optim.io.TensorInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as it is typed: results against singular values found otherwise, stored types, and one line for what is no matrix. */
class OrthogonalizeCommandTest {
  @TempDir
  private Path folder;

  private Path in;
  private Path out;

  private record Run(int code, String out, String err) {}

  private static Run run(String... args) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      List<String> all = new ArrayList<>(List.of("orthogonalize"));
      all.addAll(List.of(args));
      int code = CurvataCommand.run(all.toArray(String[]::new));
      return new Run(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
    }
  }

  @BeforeEach
  void write() throws IOException {
    in = folder.resolve("in.safetensors");
    out = folder.resolve("out.safetensors");
    new SafetensorsWriter().add("a.weight", new int[] {12, 30}, values(1, 360)).add("b.weight", new int[] {30, 7}, values(2, 210))
        .add("conv", new int[] {4, 3, 5}, values(3, 60)).add("bias", new int[] {12}, values(4, 12)).add("zero", new int[] {3, 4}, new float[12])
        .add("bad", new int[] {1, 2}, new float[] {1, Float.NaN}).addDoubles("wide", new int[] {2, 2}, new double[4])
        .add("large", new int[] {280, 300}, values(5, 280 * 300)).write(in);
  }

  private static float[] values(long seed, int count) {
    var random = new SplittableRandom(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private JsonNode json(String... more) throws IOException {
    Path file = folder.resolve("r.json");
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--out", out.toString(), "--json", file.toString()));
    Run run = run(args.toArray(String[]::new));
    assertThat(run.code).as(run.toString()).isZero();
    return JsonMapper.builder().build().readTree(Files.readString(file));
  }

  private static double[] singular(SafetensorsFile file, String name, int rows, int cols) throws IOException {
    return new PolarDecomposition(file.doubles(name), rows, cols).values();
  }

  @Test
  void severalTensorsAndMethods() throws IOException {
    JsonNode result = json("--input", in + ":*.weight", in + ":conv", "--method", "muon5,polar8");
    assertThat(result.get("command").stringValue()).isEqualTo("orthogonalize");
    assertThat(result.get("tensors").size()).isEqualTo(6);
    try (SafetensorsFile file = SafetensorsFile.read(out); SafetensorsFile input = SafetensorsFile.read(in)) {
      assertThat(file.names()).containsExactlyInAnyOrder(
          "a.weight.muon5", "a.weight.polar8", "b.weight.muon5", "b.weight.polar8", "conv.muon5", "conv.polar8");
      assertThat(file.info("conv.muon5").hasShape(4, 3, 5)).isTrue();
      for (JsonNode row : result.get("tensors")) {
        String name = row.get("tensor").stringValue();
        int rows = row.get("shape").get(0).intValue();
        int cols = name.equals("conv") ? 15 : row.get("shape").get(1).intValue();
        double[] before = singular(input, name, rows, cols);
        double[] after = singular(file, name + "." + row.get("method").stringValue(), rows, cols);
        inside(row.get("before"), before);
        inside(row.get("after"), after);
        boolean polar = row.get("method").stringValue().equals("polar8");
        assertThat(after[after.length - 1]).isBetween(polar ? 1 - 1e-6 : 0.66, 1.2);
        assertThat(row.get("residual").doubleValue()).isLessThan(polar ? 1e-6 : 0.6);
        assertThat(row.get("steps").intValue()).isEqualTo(polar ? 8 : 5);
      }
    }
  }

  private static void inside(JsonNode interval, double[] values) {
    double high = interval.get("high").doubleValue();
    double low = interval.get("low").doubleValue();
    assertThat(high).isCloseTo(values[0], within(interval.get("highError").doubleValue() + 1e-12 * high));
    assertThat(low).isCloseTo(values[values.length - 1], within(interval.get("lowError").doubleValue() + 1e-12 * high));
  }

  /** Beyond the size whose singular values are all found, Lanczos' iteration: its errors hold. */
  @Test
  void lanczosFindsBothEnds() throws IOException {
    JsonNode row = json("--input", in + ":large", "--method", "degree9_4").get("tensors").get(0);
    try (SafetensorsFile file = SafetensorsFile.read(out); SafetensorsFile input = SafetensorsFile.read(in)) {
      inside(row.get("before"), singular(input, "large", 280, 300));
      inside(row.get("after"), singular(file, "large", 280, 300));
    }
    assertThat(row.get("after").get("highError").doubleValue()).isLessThan(1e-4);
  }

  /** A stored type only changes what is read: bfloat16 and float16 give what their values as floats give. */
  @Test
  void halfPrecisionIsReadExactly() throws IOException {
    float[] x = values(9, 8 * 20);
    short[] bits = new short[x.length];
    short[] half = new short[x.length];
    float[] rounded = new float[x.length];
    float[] halved = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = (short) (Float.floatToRawIntBits(x[i]) >>> 16);
      rounded[i] = Float.intBitsToFloat(bits[i] << 16);
      half[i] = Float.floatToFloat16(x[i]);
      halved[i] = Float.float16ToFloat(half[i]);
    }
    Path stored = folder.resolve("half.safetensors");
    Files.write(stored, safetensors(bits, half));
    new SafetensorsWriter().add("bf", new int[] {8, 20}, rounded).add("f", new int[] {8, 20}, halved).write(in);
    json("--input", in + ":bf", in + ":f", "--method", "muon5");
    byte[] expected = Files.readAllBytes(out);
    JsonNode result = json("--input", stored + ":bf", stored + ":f", "--method", "muon5");
    assertThat(Files.readAllBytes(out)).isEqualTo(expected);
    assertThat(result.get("tensors").get(0).get("dtype").stringValue()).isEqualTo("BF16");
    assertThat(result.get("tensors").get(1).get("dtype").stringValue()).isEqualTo("F16");
  }

  /** Written as any type: what the result in float is nearest to, and the report is about that. A tensor that came as bfloat16 takes its own path. */
  @ParameterizedTest
  @ValueSource(strings = {"muon5", "degree9_4", "aol4"})
  void writtenAsAnyType(String method) throws IOException {
    Path stored = folder.resolve("stored.safetensors");
    new SafetensorsWriter().add("b", DType.BF16, new int[] {12, 30}, values(1, 360)).add("h", DType.F16, new int[] {30, 7}, values(2, 210))
        .add("f", new int[] {5, 5}, values(3, 25)).add("row", DType.BF16, new int[] {1, 9}, values(4, 9))
        .add("zero", DType.BF16, new int[] {200, 300}, new float[200 * 300]).add("empty", DType.BF16, new int[] {0, 3}, new float[0])
        .add("gram", DType.BF16, new int[] {200, 300}, values(6, 200 * 300)).write(stored);
    JsonNode plain = json("--input", stored + ":*", "--method", method).get("tensors");
    Map<String, float[]> floats = new HashMap<>();
    try (SafetensorsFile file = SafetensorsFile.read(out)) {
      for (String name : file.names()) {
        assertThat(file.info(name).dtype()).isEqualTo(DType.F32);
        floats.put(name, file.floats(name));
      }
    }
    for (String dtype : List.of("same", "bf16", "F16", "f32")) {
      JsonNode rows = json("--input", stored + ":*", "--method", method, "--dtype", dtype).get("tensors");
      try (SafetensorsFile file = SafetensorsFile.read(out); SafetensorsFile input = SafetensorsFile.read(stored)) {
        for (int i = 0; i < rows.size(); i++) {
          JsonNode row = rows.get(i);
          String name = row.get("tensor").stringValue();
          DType type = dtype.equals("same") ? input.info(name).dtype() : DType.valueOf(dtype.toUpperCase(Locale.ROOT));
          float[] expected = floats.get(name).clone();
          for (int j = 0; j < expected.length; j++) {
            expected[j] = type.nearest(expected[j]);
          }
          assertThat(file.info(name)).as("%s as %s", name, dtype).isEqualTo(new TensorInfo(name, type, input.info(name).shape()));
          assertThat(file.floats(name)).as("%s as %s", name, dtype).isEqualTo(expected);
          assertThat(row.get("dtypeWritten").stringValue()).isEqualTo(type.name());
          for (String field : List.of("norm", "steps", "form", "before", "dtype")) {
            assertThat(row.get(field)).as("%s of %s as %s", field, name, dtype).isEqualTo(plain.get(i).get(field));
          }
          if (name.equals("h")) {
            inside(row.get("after"), singular(file, name, 30, 7));
          }
        }
      }
    }
  }

  private static byte[] safetensors(short[] bf, short[] f) {
    String header = "{\"bf\":{\"dtype\":\"BF16\",\"shape\":[8,20],\"data_offsets\":[0,320]},"
        + "\"f\":{\"dtype\":\"F16\",\"shape\":[8,20],\"data_offsets\":[320,640]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 640).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    for (short v : bf) {
      bytes.putShort(v);
    }
    for (short v : f) {
      bytes.putShort(v);
    }
    return bytes.array();
  }

  @Test
  void optionsReachTheIteration() throws IOException {
    JsonNode tiny = json("--input", in + ":a.weight", "--method", "muon5", "--guard", "add", "--eps", "1e6").get("tensors").get(0);
    assertThat(tiny.get("after").get("high").doubleValue()).isLessThan(0.1);
    JsonNode early = json("--input", in + ":a.weight", "--method", "polar20", "--norm", "schatten-8", "--tolerance", "1e-3").get("tensors").get(0);
    assertThat(early.get("steps").intValue()).isLessThan(10);
    assertThat(early.get("residual").doubleValue()).isLessThan(1e-3);
    JsonNode zero = json("--input", in + ":zero").get("tensors").get(0);
    assertThat(zero.get("after").get("high").doubleValue()).isZero();
    assertThat(zero.get("method").stringValue()).isEqualTo("polar8");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "IN:bias | --method muon5 | \"bias\" F32 [12], expected F32, F16 or BF16 with two axes or more",
    "IN:wide | --method muon5 | \"wide\" F64 [2, 2], expected F32, F16 or BF16 with two axes or more",
    "IN:bad | --method muon5 | IN:bad: element 1 is NaN, expected finite numbers",
    "IN:none | --method muon5 | no tensor \"none\" among 8",
    "IN:q* | --method muon5 | no matrix of F32, F16 or BF16 among 8 tensors has such a name",
    "IN | --method muon5 | expected FILE:TENSOR",
    "IN.not:a | --method muon5 | no such file",
    "IN:zero | --method muon | --method muon: expected one of cubicN, quinticN, muonN",
    "IN:zero | --method degree9_2 | --method degree9_2: steps of degree9 = 2, expected at least 3",
    "IN:zero | --method muon5,muon5 | --method muon5,muon5: expected each name once",
    "IN:zero | --guard none | --guard none: expected one of scale-invariant, add, max",
    "IN:zero | --norm row-rescaled | --norm row-rescaled: expected one of frobenius, schatten-4, schatten-8, row-sums",
    "IN:zero | --eps -1 | --eps -1.0: expected a number >= 0",
    "IN:zero | --tolerance NaN | --tolerance NaN: expected a number >= 0",
    "IN:zero | --dtype f64 | --dtype f64: expected one of same, f32, bf16, f16",
    "IN:zero | --out IN | is an input, expected another file",
    "IN:zero | --out . | expected a file in a folder that exists"
  })
  void badInputGetsOneLine(String input, String more, String message) throws IOException {
    List<String> args = new ArrayList<>(List.of("--input", input.replace("IN", in.toString())));
    args.addAll(List.of(more.replace("IN", in.toString()).split(" ")));
    if (!more.startsWith("--out")) {
      args.addAll(List.of("--out", out.toString()));
    }
    byte[] before = Files.readAllBytes(in);
    Run run = run(args.toArray(String[]::new));
    assertThat(run.code).isEqualTo(CurvataCommand.USAGE);
    List<String> lines = run.err.lines().filter(line -> line.startsWith("curvata: ")).toList(); // the first run in a JVM also logs the backend
    assertThat(lines).singleElement().asString().contains(message.replace("IN", in.toString()));
    assertThat(run.out).isEmpty();
    assertThat(out).doesNotExist();
    assertThat(Files.readAllBytes(in)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"[0,5] | 0 x 5", "[6,0] | 6 x 0", "[0,4,3] | 0 x 12"})
  void emptyMatricesKeepTheirShape(String shape, String shown) throws IOException {
    Path file = empty(shape);
    Run run = run("--input", file + ":e", "--out", out.toString());
    assertThat(run.code).as(run.toString()).isZero();
    assertThat(run.out).contains(shown);
    try (SafetensorsFile written = SafetensorsFile.read(out)) {
      assertThat(written.info("e")).hasToString("\"e\" F32 " + shape.replace(",", ", "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[0,2147483648]", "[2147483648,0]", "[0,65536,65536]"})
  void emptyMatricesTooLargeForTheirShapeAreRefused(String shape) throws IOException {
    Run run = run("--input", empty(shape) + ":*", "--out", out.toString());
    assertThat(run.code).isEqualTo(CurvataCommand.USAGE);
    assertThat(run.err).contains("\"e\" F32 " + shape.replace(",", ", ") + ", expected at most 2147483647 rows and columns").doesNotContain("\tat ");
    assertThat(out).doesNotExist();
  }

  private Path empty(String shape) throws IOException {
    byte[] header = ("{\"e\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
    return Files.write(folder.resolve("empty.safetensors"), bytes.array());
  }

  @Test
  void oneNameFromTwoFilesIsRefused() throws IOException {
    Path other = folder.resolve("other.safetensors");
    Files.copy(in, other);
    Run run = run("--input", in + ":a.weight", "--input", other + ":a.weight", "--out", out.toString());
    assertThat(run.code).isEqualTo(CurvataCommand.USAGE);
    assertThat(run.err).contains("would have one name");
  }
}
