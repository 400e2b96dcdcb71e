package curvata.optim.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes written, what is refused, and that a failed write changes nothing. */
class SafetensorsWriterTest {
  @TempDir
  Path directory;

  @Test
  void theBytesOfASmallFile() throws IOException {
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().metadata("k", "v\"\\\n\u0001𝜃").metadata("a", "").add("f", new int[] {1, 2}, new float[] {1, -2})
        .addDoubles("d", new int[] {}, new double[] {0.5}).addInts("i", new int[] {1}, new int[] {-3}).addLongs("l", new int[] {1}, new long[] {4})
        .add("e", new int[] {0, 7}, new float[0]).write(path);
    String json = "{\"__metadata__\":{\"k\":\"v\\\"\\\\\\n\\u0001𝜃\",\"a\":\"\"},"
        + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
        + "\"f\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[16,24]},\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[24,28]},"
        + "\"e\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[28,28]}}";
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 28).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(text);
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putDouble(0.5).putLong(4).putFloat(1).putFloat(-2).putInt(-3);
    assertThat(Files.readAllBytes(path)).isEqualTo(expected.array());
    assertThat(Crafted.list(directory)).containsExactly("s.safetensors");
  }

  @Test
  void nothingAtAll() throws IOException {
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().write(path);
    assertThat(Files.readAllBytes(path)).isEqualTo(Crafted.file("{}      "));
    new SafetensorsWriter().metadata("k", "v").write(path);
    assertThat(Files.readAllBytes(path)).isEqualTo(Crafted.file("{\"__metadata__\":{\"k\":\"v\"}} ".stripTrailing() + " ".repeat(6)));
  }

  /** Sizes below, at and above one buffer (131 072 doubles, 262 144 floats); random bits, so NaN payloads too. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 1021, 262_144, 300_001})
  void whatIsWrittenIsRead(int n) throws IOException {
    SplittableRandom random = new SplittableRandom(n);
    float[] floats = new float[n];
    double[] doubles = new double[n];
    int[] ints = random.ints(n).toArray();
    long[] longs = random.longs(n).toArray();
    for (int i = 0; i < n; i++) {
      floats[i] = Float.intBitsToFloat(ints[i]);
      doubles[i] = Double.longBitsToDouble(longs[i]);
    }
    Path path = directory.resolve("s.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter().metadata("n", "" + n).add("floats", new int[] {n}, floats)
        .addDoubles("doubles", new int[] {1, n}, doubles).addInts("ints", new int[] {n, 1}, ints).addLongs("longs", new int[] {n, 1, 1}, longs);
    writer.write(path);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("n", "" + n));
      assertThat(file.names()).containsExactly("doubles", "longs", "floats", "ints");
      assertThat(file.info("longs")).isEqualTo(new TensorInfo("longs", DType.I64, new long[] {n, 1, 1}));
      assertThat(bits(file.floats("floats"))).isEqualTo(bits(floats));
      assertThat(bits(file.doubles("doubles"))).isEqualTo(bits(doubles));
      assertThat(file.ints("ints")).isEqualTo(ints);
      assertThat(file.longs("longs")).isEqualTo(longs);
    }
    byte[] first = Files.readAllBytes(path);
    writer.write(path);
    assertThat(Files.readAllBytes(path)).as("written again").isEqualTo(first);
  }

  /** Ties go to even, what is too large to infinity, what is too small to zero of its sign; the bytes are worked out by hand. */
  @Test
  void theBytesOfHalfPrecision() throws IOException {
    float[] wide = {1, -2, 0x1.01p0f, 0x1.03p0f, Float.MAX_VALUE, Float.NaN, -0f, 0x1p-134f, 0x1.8p-133f};
    float[] small = {1, -2, 0x1.002p0f, 0x1.006p0f, 65519.996f, 65520, Float.NaN, -0x1p-25f, 0x1.8p-24f, Float.NEGATIVE_INFINITY};
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().add("w", DType.BF16, new int[] {9}, wide).add("h", DType.F16, new int[] {2, 5}, small)
        .add("f", DType.F32, new int[] {}, new float[] {0.5f}).write(path);
    String json = "{\"f\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
        + "\"w\":{\"dtype\":\"BF16\",\"shape\":[9],\"data_offsets\":[4,22]},\"h\":{\"dtype\":\"F16\",\"shape\":[2,5],\"data_offsets\":[22,42]}}";
    int padded = (json.length() + 7) / 8 * 8;
    ByteBuffer data = ByteBuffer.allocate(42).order(ByteOrder.LITTLE_ENDIAN).putFloat(0.5f);
    for (int bits : new int[] {0x3f80, 0xc000, 0x3f80, 0x3f82, 0x7f80, 0x7fc0, 0x8000, 0x0000, 0x0002}) {
      data.putShort((short) bits);
    }
    for (int bits : new int[] {0x3c00, 0xc000, 0x3c00, 0x3c02, 0x7bff, 0x7c00, 0x7e00, 0x8000, 0x0002, 0xfc00}) {
      data.putShort((short) bits);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(Crafted.file(json + " ".repeat(padded - json.length()), data.array()));
  }

  /** Sizes around one buffer (524 288 elements), from all bits: what is read is the nearest of each float, and writing that again changes nothing. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 1021, 524_288, 600_001})
  void halfPrecisionIsReadAsTheNearest(int n) throws IOException {
    int[] random = new SplittableRandom(n).ints(n).toArray();
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = Float.intBitsToFloat(i % 2 == 0 ? random[i] : random[i] & 0x8fff_ffff | 0x3000_0000); // every other one in the range of F16
    }
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().add("w", DType.BF16, new int[] {n}, floats).add("h", DType.F16, new int[] {1, n}, floats).write(path);
    byte[] first = Files.readAllBytes(path);
    float[] wide;
    float[] small;
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.info("w").dtype()).isEqualTo(DType.BF16);
      assertThat(file.info("h").dtype()).isEqualTo(DType.F16);
      wide = file.floats("w");
      small = file.floats("h");
    }
    for (int i = 0; i < n; i++) {
      assertThat(Float.floatToIntBits(wide[i])).as("BF16 of %s", floats[i]).isEqualTo(Float.floatToIntBits(DType.BF16.nearest(floats[i])));
      assertThat(Float.floatToIntBits(small[i])).as("F16 of %s", floats[i]).isEqualTo(Float.floatToIntBits(DType.F16.nearest(floats[i])));
    }
    new SafetensorsWriter().add("w", DType.BF16, new int[] {n}, wide).add("h", DType.F16, new int[] {1, n}, small).write(path);
    assertThat(Files.readAllBytes(path)).isEqualTo(first);
  }

  /** Among neighbours found by their bits alone: none is nearer. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void noneIsNearer(DType type) {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100_000; i++) {
      int bits = random.nextInt();
      float x = Float.intBitsToFloat(type == DType.F16 ? bits & 0x8fff_ffff | 0x3000_0000 : bits);
      float y = type.nearest(x);
      if (Float.isNaN(x) || Float.isInfinite(y)) {
        assertThat(Float.isNaN(y) == Float.isNaN(x)).as("%08x", bits).isTrue();
        continue;
      }
      int step = type == DType.F16 ? 1 << 13 : 1 << 16; // below 2⁻¹⁴ this leads to no value of F16, which lie further apart
      double distance = Math.abs((double) y - x);
      for (float other : new float[] {Float.intBitsToFloat(Float.floatToIntBits(y) - step), Float.intBitsToFloat(Float.floatToIntBits(y) + step)}) {
        if (type.nearest(other) == other && Float.isFinite(other)) {
          assertThat(distance).as("%08x", bits).isLessThanOrEqualTo(Math.abs((double) other - x));
        }
      }
    }
    assertThatThrownBy(() -> DType.F64.nearest(1)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type = F64, expected F32, F16 or BF16");
    assertThat(DType.F32.nearest(0.1f)).isEqualTo(0.1f);
  }

  private static int[] bits(float[] values) {
    return IntStream.range(0, values.length).map(i -> Float.floatToRawIntBits(values[i])).toArray();
  }

  private static long[] bits(double[] values) {
    return IntStream.range(0, values.length).mapToLong(i -> Double.doubleToRawLongBits(values[i])).toArray();
  }

  @Test
  void slicesOfOneBuffer() throws IOException {
    float[] flat = {0, 1, 2, 3, 4, 5, 6};
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().add("a", new int[] {2, 2}, flat, 0).add("b", new int[] {}, flat, 4).add("c", new int[] {2}, flat, 5)
        .add("d", new int[] {0}, flat, 7).write(path);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.floats("a")).containsExactly(0, 1, 2, 3);
      assertThat(file.floats("b")).containsExactly(4);
      assertThat(file.floats("c")).containsExactly(5, 6);
      assertThat(file.floats("d")).isEmpty();
    }
  }

  @Test
  void whatIsRefused() {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("k", "v").add("w", new int[] {1}, new float[1]);
    float[] five = new float[5];
    refused(() -> writer.metadata("k", "w"), "metadata key \"k\" was added before, expected each key once");
    refused(() -> writer.metadata("\ud835", "w"), "metadata key = \"\ud835\", expected no surrogate without its partner");
    refused(() -> writer.metadata("u", "\udf03\ud835"), "metadata value of \"u\" = \"\udf03\ud835\", expected no surrogate without its partner");
    refused(() -> writer.addInts("w", new int[] {1}, new int[1]), "tensor \"w\" was added before, expected each name once");
    refused(() -> writer.add("", new int[] {1}, new float[1]), "name is empty, expected at least one character");
    refused(() -> writer.add("a\ud835", new int[] {1}, new float[1]), "name = \"a\ud835\", expected no surrogate without its partner");
    refused(() -> writer.add("__metadata__", new int[] {1}, new float[1]), "name = \"__metadata__\", expected another: the format reserves it");
    refused(() -> writer.add("x", new int[] {2, 3}, five), "data of tensor \"x\" has 5 elements, expected 6 (shape [2, 3])");
    refused(() -> writer.addDoubles("x", new int[] {}, new double[2]), "data of tensor \"x\" has 2 elements, expected 1 (shape [])");
    refused(() -> writer.addLongs("x", new int[] {-1, -2}, new long[2]),
        "shape of \"x\" = [-1, -2], expected dimensions >= 0 and at most 2^63 - 1 bytes");
    refused(() -> writer.add("x", new int[] {65536, 65536, 65536, 65536}, five),
        "shape of \"x\" = [65536, 65536, 65536, 65536], expected dimensions >= 0 and at most 2^63 - 1 bytes");
    refused(() -> writer.add("x", DType.F64, new int[] {5}, five), "dtype of tensor \"x\" = F64, expected F32, F16 or BF16");
    refused(() -> writer.add("x", DType.BF16, new int[] {2, 3}, five), "data of tensor \"x\" has 5 elements, expected 6 (shape [2, 3])");
    refused(() -> writer.add("x", new int[65], new float[0]), "shape of tensor \"x\" has 65 dimensions, expected at most 64");
    refused(() -> writer.add("x", new int[] {2}, five, 4), "data of tensor \"x\" has 1 elements, expected 2 (shape [2])");
    refused(() -> writer.add("x", new int[] {2}, five, -1), "offset = -1 of tensor \"x\", expected 0 <= offset <= 5 (data.length)");
    refused(() -> writer.add("x", new int[] {0}, five, 6), "offset = 6 of tensor \"x\", expected 0 <= offset <= 5 (data.length)");
    assertThatThrownBy(() -> writer.add("x", null, five)).isInstanceOf(NullPointerException.class).hasMessage("shape");
    assertThatThrownBy(() -> writer.add("x", new int[0], null)).isInstanceOf(NullPointerException.class).hasMessage("data");
    assertThatThrownBy(() -> writer.add(null, new int[] {5}, five)).isInstanceOf(NullPointerException.class).hasMessage("name");
    assertThatThrownBy(() -> writer.add("x", null, new int[] {5}, five)).isInstanceOf(NullPointerException.class).hasMessage("dtype");
    assertThatThrownBy(() -> Header.encode(Map.of("k", "v"), List.of(), 31)).isInstanceOf(IllegalStateException.class)
        .hasMessage("header of 32 bytes, expected at most 31");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  /** An interrupted thread cannot write to a channel: the temporary file is there, empty, when writing fails. */
  @Test
  void aFailureMidwayLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = directory.resolve("s.safetensors");
    new SafetensorsWriter().add("w", new int[] {1}, new float[] {7}).write(path);
    byte[] before = Files.readAllBytes(path);
    SafetensorsWriter writer = new SafetensorsWriter().add("w", new int[] {1}, new float[] {8});
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> writer.write(path)).isInstanceOf(IOException.class).hasCauseInstanceOf(ClosedByInterruptException.class)
          .hasMessage(path + ": cannot be written, java.nio.channels.ClosedByInterruptException");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    assertThat(Crafted.list(directory)).containsExactly("s.safetensors");
    writer.write(path);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.floats("w")).containsExactly(8);
    }
  }

  /** Not only I/O failures: contents that throw anything. */
  @Test
  void anErrorMidwayLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = Files.writeString(directory.resolve("s"), "old");
    assertThatThrownBy(() -> AtomicFile.write(path, out -> {
      out.write(ByteBuffer.allocate(100_000));
      throw new OutOfMemoryError("in the test");
    })).isInstanceOf(OutOfMemoryError.class);
    assertThat(path).hasContent("old");
    assertThat(Crafted.list(directory)).containsExactly("s");
  }

  @Test
  void placesWhereNoFileCanBe() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    Path file = Files.writeString(directory.resolve("file"), "x");
    Path taken = Files.createDirectories(directory.resolve("taken"));
    failed(writer, directory.resolve("missing/s"), "cannot be written, " + directory.resolve("missing") + " is not a directory");
    failed(writer, file.resolve("s"), "cannot be written, " + file + " is not a directory");
    failed(writer, taken, "not a regular file, expected the path of one or of none");
    failed(writer, Path.of("/"), "not a regular file, expected the path of one or of none");
    failed(writer, directory.resolve("n".repeat(300)), "cannot be written, java.nio.file.FileSystemException: ");
    assertThat(Crafted.list(directory)).containsExactly("file", "taken");
    assertThat(Crafted.list(taken)).isEmpty();
    assertThat(file).hasContent("x");
  }

  private static void failed(SafetensorsWriter writer, Path path, String message) {
    assertThatThrownBy(() -> writer.write(path)).isInstanceOf(IOException.class).hasMessageStartingWith(path + ": " + message);
  }

  /** Someone who may write everywhere (root) succeeds; everyone else is told, and the old file stays. */
  @Test
  void aReadOnlyDirectory() throws IOException {
    Path closed = Files.createDirectories(directory.resolve("closed"));
    Path path = Files.writeString(closed.resolve("s"), "old");
    var permissions = Files.getPosixFilePermissions(closed);
    Files.setPosixFilePermissions(closed, Set.of(PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_EXECUTE));
    try {
      if (Files.isWritable(closed)) {
        new SafetensorsWriter().write(path);
        assertThat(Files.readAllBytes(path)).isEqualTo(Crafted.file("{}      "));
      } else {
        failed(new SafetensorsWriter(), path, "cannot be written, java.nio.file.AccessDeniedException: ");
        assertThat(path).hasContent("old");
      }
      assertThat(Crafted.list(closed)).containsExactly("s");
    } finally {
      Files.setPosixFilePermissions(closed, permissions);
    }
  }
}
