package curvata.gpu.command;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.cli.CurvataCommand;
import curvata.optim.io.DType;
import curvata.optim.io.SafetensorsFile;
import curvata.optim.io.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code orthogonalize --backend gpu}: stored types are the host's affair, at both ends. */
class OrthogonalizeOnDeviceTest {
  private static final Map<String, DType> TYPES = Map.of("b", DType.BF16, "h", DType.F16, "f", DType.F32);

  @TempDir
  Path folder;

  private JsonNode run(Path in, Path out, String dtype) throws IOException {
    Path json = folder.resolve("r.json");
    PrintStream stdout = System.out;
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    System.setProperty("curvata.device", "gpu"); // as the launcher does
    System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    try {
      assertThat(
          CurvataCommand.run(
              "orthogonalize", "--backend", "gpu", "--input", in + ":*", "--method", "muon5", "--dtype", dtype, "--out", out.toString(), "--json",
              json.toString()))
          .isZero();
    } finally {
      System.setOut(stdout);
      System.clearProperty("curvata.device");
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("gpu:0: ");
    return JsonMapper.builder().build().readTree(Files.readString(json));
  }

  @Test
  void everyTypeIsWrittenAsTheNearestToTheDevicesFloats() throws IOException {
    Path in = folder.resolve("in.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    TYPES.forEach((name, type) -> {
      float[] x = new float[13 * 29];
      SplittableRandom random = new SplittableRandom(name.charAt(0));
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      writer.add(name, type, new int[] {13, 29}, x);
    });
    writer.write(in);
    Path plain = folder.resolve("plain.safetensors");
    Path same = folder.resolve("same.safetensors");
    assertThat(run(in, plain, "f32").get("deviceTasks").intValue()).isPositive();
    JsonNode result = run(in, same, "same");
    try (SafetensorsFile floats = SafetensorsFile.read(plain); SafetensorsFile stored = SafetensorsFile.read(same)) {
      for (JsonNode row : result.get("tensors")) {
        String name = row.get("tensor").stringValue();
        float[] expected = floats.floats(name);
        for (int i = 0; i < expected.length; i++) {
          expected[i] = TYPES.get(name).nearest(expected[i]);
        }
        assertThat(stored.info(name).dtype()).isEqualTo(TYPES.get(name));
        assertThat(stored.floats(name)).as(name).isEqualTo(expected);
        assertThat(row.get("dtypeWritten").stringValue()).isEqualTo(TYPES.get(name).name());
        assertThat(row.get("after").get("low").doubleValue()).isBetween(0.6, 1.2);
      }
    }
  }
}
