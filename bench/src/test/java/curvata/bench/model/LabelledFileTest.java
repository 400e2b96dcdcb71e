package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.MalformedFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of images and labels, well-formed and not; written byte by byte, since our writer knows floats only. */
public class LabelledFileTest {
  @TempDir
  private Path folder;

  /** A file in memory. */
  public static final class Tensors {
    private record Tensor(String dtype, String shape, byte[] data) {}

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** F32. */
    public Tensors floats(String name, String shape, float... values) {
      ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(values);
      return put(name, "F32", shape, data.array());
    }

    /** U8. */
    public Tensors bytes(String name, String shape, int... values) {
      byte[] data = new byte[values.length];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) values[i];
      }
      return put(name, "U8", shape, data);
    }

    /** I64. */
    public Tensors longs(String name, String shape, long... values) {
      ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      data.asLongBuffer().put(values);
      return put(name, "I64", shape, data.array());
    }

    private Tensors put(String name, String dtype, String shape, byte[] data) {
      tensors.put(name, new Tensor(dtype, shape, data));
      return this;
    }

    /** Writes the file. */
    public Path write(Path path) {
      StringBuilder header = new StringBuilder("{");
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      tensors.forEach((name, t) -> {
        header.append(header.length() > 1 ? "," : "").append("\"").append(name).append("\":{\"dtype\":\"").append(t.dtype).append("\",\"shape\":")
            .append(t.shape).append(",\"data_offsets\":[").append(data.size()).append(',').append(data.size() + t.data.length).append("]}");
        data.writeBytes(t.data);
      });
      header.append("}").append(" ".repeat((8 - (header.length() + 1) % 8) % 8));
      byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(text.length).put(text).put(data.toByteArray());
      try {
        return Files.write(path, file.array());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Path file() {
    return folder.resolve("data.safetensors");
  }

  @Test
  void bytesAreSharesOf255AndFurtherAxesAreFlattened() throws IOException {
    Dataset data = LabelledFile.read(new Tensors().bytes("images", "[3,2,2]", 0, 51, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9)
        .longs("labels", "[3]", 2, 0, 1).write(file()));
    assertThat(data.rows()).isEqualTo(3);
    assertThat(data.cols()).isEqualTo(4);
    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.labels()).containsExactly(2, 0, 1);
    assertThat(Arrays.copyOf(data.inputs(), 4)).containsExactly(0, 0.2f, 1, 1 / 255f);
  }

  @Test
  void floatsAreDividedByTheLargestThatIsNotATestRows() throws IOException {
    Path file = new Tensors().floats("images", "[6,1]", 1e6f, -4, 2, 1, 0, 8e5f).longs("labels", "[6]", 0, 1, 0, 1, 0, 1).write(file());
    assertThat(LabelledFile.read(file).inputs()).containsExactly(250_000, -1, 0.5f, 0.25f, 0, 200_000);
    Path small = new Tensors().floats("images", "[3,1]", 0.1f, -0.5f, 0.25f).bytes("labels", "[3]", 0, 1, 0).write(file());
    assertThat(LabelledFile.read(small).inputs()).containsExactly(0.1f, -0.5f, 0.25f);
  }

  @Test
  void whatIsWrongIsOneLine() {
    Tensors good = new Tensors().floats("images", "[2,2]", 1, 2, 3, 4).longs("labels", "[2]", 0, 1);
    assertThat(good.write(file())).exists();
    refused("no tensor \"images\", expected F32 or U8", new Tensors().longs("labels", "[2]", 0, 1));
    refused("no tensor \"labels\", expected an integer", new Tensors().floats("images", "[1,1]", 1));
    refused("images is F32 [4], expected F32 or U8 with two axes",
        new Tensors().floats("images", "[4]", 1, 2, 3, 4).longs("labels", "[4]", 0, 1, 0, 1));
    refused("images is F32 [0, 2], expected", new Tensors().floats("images", "[0,2]").longs("labels", "[0]"));
    refused("images is I64 [2, 1], expected F32 or U8", new Tensors().longs("images", "[2,1]", 1, 2).longs("labels", "[2]", 0, 1));
    refused("labels is F32 [2], expected integers", new Tensors().floats("images", "[2,1]", 1, 2).floats("labels", "[2]", 0, 1));
    refused("labels is I64 [2, 1], expected integers with one axis",
        new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2,1]", 0, 1));
    refused("labels has 3 rows, images has 2", new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[3]", 0, 1, 0));
    refused("labels, row 1 is -1, expected a class", new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 0, -1));
    refused("labels, row 0 is 10000, expected a class from 0 to at most 9999",
        new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 10_000, 1));
    refused("labels, row 1 is 4294967296, expected", new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 0, 1L << 32));
    refused("labels go up to 7 in 2 rows, expected no more classes than rows",
        new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 0, 7));
    refused("labels are all 1, expected at least two classes", new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 1, 1));
    refused("images, row 1, element 0 is NaN", new Tensors().floats("images", "[2,2]", 1, 2, Float.NaN, 4).longs("labels", "[2]", 0, 1));
    refused("images, row 0, element 1 is Infinity",
        new Tensors().floats("images", "[2,2]", 1, Float.POSITIVE_INFINITY, 3, 4).longs("labels", "[2]", 0, 1));
  }

  private void refused(String why, Tensors tensors) {
    Path file = tensors.write(file());
    assertThatThrownBy(() -> LabelledFile.read(file)).isInstanceOf(MalformedFileException.class).hasMessageStartingWith(file + ": ")
        .hasMessageContaining(why).message().doesNotContain("\n");
  }
}
