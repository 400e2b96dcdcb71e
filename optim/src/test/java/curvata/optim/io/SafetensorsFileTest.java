package curvata.optim.io;

import static curvata.optim.io.Crafted.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, types, values, and what happens to an open file. */
class SafetensorsFileTest {
  @TempDir
  Path directory;

  private SafetensorsFile open(byte[] bytes) throws IOException {
    return SafetensorsFile.read(Crafted.write(directory, bytes));
  }

  @Test
  void namesInTheOrderOfTheDataMetadataInTheOrderOfTheFile() throws IOException {
    String header = """
        {"z":{"data_offsets":[2,3],"shape":[1],"dtype":"U8"},
        \t"__metadata__" : {"b":"2","a":"1","":""},
        "e":{"dtype":"F64","shape":[0],"data_offsets":[2,2]} ,
        "a\\u0062\\/\\"\\\\\\b\\f\\n\\r\\t\\ud835\\udF03ß𝜃":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]},
        "d":{"dtype":"F64","shape":[3,0],"data_offsets":[2,2]}}\r\n\t\s""";
    try (SafetensorsFile file = open(Crafted.file(header, (byte) 1, (byte) 2, (byte) 3))) {
      assertThat(file.names()).containsExactly("ab/\"\\\b\f\n\r\t𝜃ß𝜃", "e", "d", "z");
      assertThat(file.metadata()).containsExactly(Map.entry("b", "2"), Map.entry("a", "1"), Map.entry("", ""));
      assertThat(file.contains("z")).isTrue();
      assertThat(file.contains("__metadata__")).isFalse();
      assertThat(file.path()).isEqualTo(directory.resolve("t.safetensors"));
      TensorInfo info = file.info("ab/\"\\\b\f\n\r\t𝜃ß𝜃");
      assertThat(info.shape()).containsExactly(1, 2);
      assertThat(info.hasShape(1, 2)).isTrue();
      assertThat(info.hasShape(2)).isFalse();
      assertThat(info.elements()).isEqualTo(2);
      assertThat(file.info("z")).hasToString("\"z\" U8 [1]").isEqualTo(new TensorInfo("z", DType.U8, new long[] {1}));
      assertThat(file.doubles("e")).isEmpty();
      assertThat(file.ints("z")).containsExactly(3);
      assertThatThrownBy(() -> file.metadata().put("c", "3")).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void emptyFile() throws IOException {
    try (SafetensorsFile file = open(Crafted.file("{}"))) {
      assertThat(file.names()).isEmpty();
      assertThat(file.metadata()).isEmpty();
      assertThatThrownBy(() -> file.info("a")).isInstanceOf(IllegalArgumentException.class).hasMessage(file.path() + ": no tensor \"a\" among 0");
    }
  }

  @Test
  void missingNameGivesTheNearest() throws IOException {
    new SafetensorsWriter().add("layer0.weight", new int[] {0}, new float[0]).add("layer1.weight", new int[] {0}, new float[0])
        .add("layer0.bias", new int[] {0}, new float[0]).add("x".repeat(1000), new int[] {0}, new float[0])
        .add("step", new int[] {0}, new float[0]).write(directory.resolve("n"));
    try (SafetensorsFile file = SafetensorsFile.read(directory.resolve("n"))) {
      String expected = directory.resolve("n")
          + ": no tensor \"layer1.weigth\" among 5, nearest: \"layer1.weight\", \"layer0.weight\", \"layer0.bias\"";
      assertThatThrownBy(() -> file.info("layer1.weigth")).isInstanceOf(IllegalArgumentException.class).hasMessage(expected);
      assertThatThrownBy(() -> file.floats("layer1.weigth")).isInstanceOf(IllegalArgumentException.class).hasMessage(expected);
      assertThatThrownBy(() -> file.floats("y".repeat(1000))).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(directory.resolve("n") + ": no tensor \"" + "y".repeat(80) + "\"… among 5");
      assertThatThrownBy(() -> file.info(null)).isInstanceOf(NullPointerException.class).hasMessage("name");
    }
  }

  @Test
  void wrongTypeNamesTensorGotExpected() throws IOException {
    try (SafetensorsFile file = open(tensor(DType.F64, "[1]", new byte[8]))) {
      String start = file.path() + ": tensor \"t\" is F64, expected ";
      assertThatThrownBy(() -> file.floats("t")).isInstanceOf(IllegalArgumentException.class).hasMessage(start + "F32, F16, BF16");
      assertThatThrownBy(() -> file.floats("t", new float[1], 0)).isInstanceOf(IllegalArgumentException.class).hasMessage(start + "F32, F16, BF16");
      assertThatThrownBy(() -> file.ints("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(start + "I64, I32, I16, I8, U64, U32, U16, U8, BOOL");
      assertThatThrownBy(() -> file.longs("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(start + "I64, I32, I16, I8, U64, U32, U16, U8, BOOL");
    }
    try (SafetensorsFile file = open(tensor(DType.BOOL, "[1]", (byte) 1))) {
      assertThatThrownBy(() -> file.doubles("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file.path() + ": tensor \"t\" is BOOL, expected F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8");
      assertThatThrownBy(() -> file.roundedFloats("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file.path() + ": tensor \"t\" is BOOL, expected F64, F32, F16, BF16");
    }
  }

  @Test
  void everyHalfAndEveryBfloat16WidensExactly() throws IOException {
    byte[] all = new byte[1 << 17];
    for (int bits = 0; bits < 1 << 16; bits++) {
      all[2 * bits] = (byte) bits;
      all[2 * bits + 1] = (byte) (bits >> 8);
    }
    try (SafetensorsFile file = open(tensor(DType.F16, "[256,256]", all))) {
      assertThat(file.floats("t")).isEqualTo(widened(10));
      assertThat(file.doubles("t")).isEqualTo(doubled(widened(10)));
      assertThat(file.roundedFloats("t")).isEqualTo(widened(10));
    }
    try (SafetensorsFile file = open(tensor(DType.BF16, "[65536]", all))) {
      assertThat(file.floats("t")).isEqualTo(widened(7));
      assertThat(file.doubles("t")).isEqualTo(doubled(widened(7)));
      assertThat(file.roundedFloats("t")).isEqualTo(widened(7));
      assertThat(Float.floatToRawIntBits(file.floats("t")[0x7fa5])).as("bits of a NaN").isEqualTo(0x7fa5 << 16);
    }
  }

  /** The values of all 16-bit patterns with this many fraction bits, from the definition of the formats. */
  private static float[] widened(int fractionBits) {
    float[] values = new float[1 << 16];
    int exponents = 1 << 15 - fractionBits;
    int bias = exponents / 2 - 1;
    for (int bits = 0; bits < values.length; bits++) {
      int exponent = bits >> fractionBits & exponents - 1;
      int fraction = bits & (1 << fractionBits) - 1;
      double magnitude = exponent == 0 ? Math.scalb((double) fraction, 1 - bias - fractionBits)
          : exponent < exponents - 1 ? Math.scalb((double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits)
              : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      values[bits] = (float) (bits >> 15 == 0 ? magnitude : -magnitude);
    }
    return values;
  }

  private static double[] doubled(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  @Test
  void doublesAreRoundedOnlyWhereAsked() throws IOException {
    double[] values = {Math.PI, -0.0, 1e300, Double.MIN_VALUE, 1 + 0x1p-24, 1 + 0x3p-24, Double.NaN};
    try (SafetensorsFile file = open(tensor(DType.F64, "[7]", bytes(ByteBuffer.allocate(56), b -> b.asDoubleBuffer().put(values))))) {
      assertThat(file.doubles("t")).containsExactly(values);
      assertThat(file.roundedFloats("t")).containsExactly((float) Math.PI, -0f, Float.POSITIVE_INFINITY, 0f, 1f, 1 + 0x1p-22f, Float.NaN);
    }
  }

  @Test
  void integersThatDoNotFitAreNamed() throws IOException {
    try (SafetensorsFile file = open(tensor(DType.I64, "[2]", longBytes(7, (1L << 53) + 1)))) {
      assertThat(file.longs("t")).containsExactly(7, (1L << 53) + 1);
      assertThatThrownBy(() -> file.doubles("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file.path() + ": tensor \"t\", element 1 = 9007199254740993 (I64), expected a value exact as double");
      assertThatThrownBy(() -> file.ints("t")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file.path() + ": tensor \"t\", element 1 = 9007199254740993 (I64), expected a value that fits an int");
    }
    try (SafetensorsFile file = open(tensor(DType.I64, "[3]", longBytes(Integer.MIN_VALUE, Integer.MAX_VALUE, -1)))) {
      assertThat(file.ints("t")).containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE, -1);
      assertThat(file.doubles("t")).containsExactly(-0x1p31, 0x1p31 - 1, -1);
    }
    try (SafetensorsFile file = open(tensor(DType.I64, "[2]", longBytes(Long.MIN_VALUE, Long.MAX_VALUE)))) {
      assertThatThrownBy(() -> file.doubles("t")).hasMessageContaining("element 1 = 9223372036854775807 (I64), expected a value exact as double");
    }
    try (SafetensorsFile file = open(tensor(DType.U64, "[1]", longBytes(-1)))) {
      assertThatThrownBy(() -> file.ints("t")).hasMessageContaining("element 0 = 18446744073709551615 (U64), expected a value that fits an int");
      assertThatThrownBy(() -> file.longs("t")).hasMessageContaining("element 0 = 18446744073709551615 (U64), expected a value that fits a long");
      assertThatThrownBy(() -> file.doubles("t")).hasMessageContaining("element 0 = 18446744073709551615 (U64), expected a value exact as double");
    }
    try (SafetensorsFile file = open(tensor(DType.BOOL, "[3]", (byte) 0, (byte) 1, (byte) 2))) {
      assertThatThrownBy(() -> file.ints("t")).isInstanceOf(MalformedFileException.class)
          .hasMessage(file.path() + ": tensor \"t\", element 2 = 2 (BOOL), expected 0 or 1");
    }
  }

  @Test
  void intoAnArrayAtAnOffset() throws IOException {
    byte[] data = bytes(ByteBuffer.allocate(8), b -> b.putFloat(1).putFloat(2));
    try (SafetensorsFile file = open(tensor(DType.F32, "[2]", data))) {
      float[] target = {9, 9, 9, 9};
      file.floats("t", target, 1);
      assertThat(target).containsExactly(9, 1, 2, 9);
      for (int offset : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        assertThatThrownBy(() -> file.floats("t", target, offset)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage(file.path() + ": tensor \"t\" has 2 elements, expected at most " + (4L - offset) + " (target.length = 4, offset = " + offset
                + ")");
      }
      assertThatThrownBy(() -> file.floats("t", null, 0)).isInstanceOf(NullPointerException.class).hasMessage("target");
      assertThat(target).containsExactly(9, 1, 2, 9);
    }
  }

  @Test
  void tensorsBeyondTwoGigabytesOfASparseFile() throws IOException {
    long big = 3_000_000_000L;
    String header = "{\"big\":{\"dtype\":\"U8\",\"shape\":[" + big + "],\"data_offsets\":[0," + big + "]},\"t\":{\"dtype\":\"F32\",\"shape\":[2],"
        + "\"data_offsets\":[" + big + "," + (big + 8) + "]}}";
    Path path = directory.resolve("big.safetensors");
    try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      out.write(ByteBuffer.wrap(Crafted.file(header)));
      out.write(ByteBuffer.wrap(bytes(ByteBuffer.allocate(8), b -> b.putFloat(1).putFloat(-2))), 8 + header.length() + big);
    }
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.floats("t")).containsExactly(1, -2);
      assertThat(file.info("big").elements()).isEqualTo(big);
      assertThatThrownBy(() -> file.ints("big")).isInstanceOf(IllegalArgumentException.class)
          .hasMessage(path + ": tensor \"big\" has 3000000000 elements, expected at most 2147483639 (an array)");
    }
  }

  @Test
  void aReplacedFileIsReadAsItWas() throws IOException {
    Path path = directory.resolve("r.safetensors");
    new SafetensorsWriter().add("t", new int[] {2}, new float[] {1, 2}).write(path);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      new SafetensorsWriter().add("other", new int[] {1}, new float[] {3}).write(path);
      assertThat(file.floats("t")).containsExactly(1, 2);
    }
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      assertThat(file.names()).containsExactly("other");
    }
  }

  @Test
  void aFileCutWhileOpenIsAnError() throws IOException {
    try (SafetensorsFile file = open(tensor(DType.F32, "[2]", new byte[8]))) {
      long size;
      try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
        size = channel.size();
        channel.truncate(size - 3);
      }
      assertThatThrownBy(() -> file.floats("t")).isInstanceOf(MalformedFileException.class)
          .hasMessage(file.path() + ": ended at byte " + (size - 3) + ", expected " + size + " (it was longer when it was opened)");
    }
  }

  @Test
  void aClosedFileKeepsNamesButReadsNothing() throws IOException {
    SafetensorsFile file = open(tensor(DType.F32, "[2]", new byte[8]));
    file.close();
    file.close();
    assertThat(file.names()).containsExactly("t");
    assertThatThrownBy(() -> file.floats("t")).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void severalThreadsReadOneFile() throws IOException {
    float[] values = new float[600_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path path = directory.resolve("m.safetensors");
    new SafetensorsWriter().add("a", new int[] {600_000}, values).addDoubles("b", new int[] {1}, new double[] {0.5}).write(path);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      boolean same = IntStream.range(0, 8).parallel().allMatch(_ -> {
        try {
          return Arrays.equals(file.floats("a"), values) && file.doubles("b")[0] == 0.5;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      assertThat(same).isTrue();
    }
  }

  private static byte[] longBytes(long... values) {
    return Crafted.concat(Arrays.stream(values).mapToObj(Crafted::le64).toArray(byte[][]::new));
  }

  private static byte[] bytes(ByteBuffer buffer, Consumer<ByteBuffer> fill) {
    fill.accept(buffer.order(ByteOrder.LITTLE_ENDIAN));
    return buffer.array();
  }
}
