package curvata.optim.io;

import static curvata.optim.io.Crafted.concat;
import static curvata.optim.io.Crafted.file;
import static curvata.optim.io.Crafted.latin1;
import static curvata.optim.io.Crafted.le64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that the format does not allow, with the whole message. */
class MalformedFileTest {
  @TempDir
  Path directory;

  private static final String NUMBER = ", expected a non-negative integer, plain digits (tensor \"a\")";
  private static final String FIELDS = ", expected dtype, shape and data_offsets (tensor \"a\")";

  static Stream<Arguments> files() {
    return Stream.of(fileLengths(), starts(), json(), strings(), metadata(), names(), fields(), numbers(), sizes(), coverage()).flatMap(s -> s);
  }

  private static Stream<Arguments> fileLengths() {
    byte[] ten = concat(le64(2), latin1("{}"));
    return Stream.of(
        arguments("empty file", new byte[0], "file of 0 bytes, expected at least 10 (a header's length and {})"),
        arguments("part of the length", new byte[7], "file of 7 bytes, expected at least 10 (a header's length and {})"),
        arguments("no header", le64(0), "file of 8 bytes, expected at least 10 (a header's length and {})"),
        arguments("length 0", concat(le64(0), latin1("{}")), "header length = 0, expected 2 to 2 (file of 10 bytes)"),
        arguments("length 1", concat(le64(1), latin1("{}")), "header length = 1, expected 2 to 2 (file of 10 bytes)"),
        arguments("length beyond the file", concat(le64(3), latin1("{}")), "header length = 3, expected 2 to 2 (file of 10 bytes)"),
        arguments("length beyond an int", concat(le64(1L << 32), latin1("{}")), "header length = 4294967296, expected 2 to 2 (file of 10 bytes)"),
        arguments("length 2^63 - 1", concat(le64(Long.MAX_VALUE), latin1("{}")),
            "header length = 9223372036854775807, expected 2 to 2 (file of 10 bytes)"),
        arguments("length 2^63", concat(le64(Long.MIN_VALUE), latin1("{}")),
            "header length = 9223372036854775808, expected 2 to 2 (file of 10 bytes)"),
        arguments("length 2^64 - 1", concat(le64(-1), latin1("{}")), "header length = 18446744073709551615, expected 2 to 2 (file of 10 bytes)"),
        arguments("bytes behind an empty header", concat(ten, new byte[1]), "1 bytes of data in the file, expected 0 (the end of the last tensor)"));
  }

  private static Stream<Arguments> starts() {
    return Stream.of(
        arguments("array", file("[]"), "header starts with byte 0x5b, expected '{'"),
        arguments("space first", file(" {}"), "header starts with byte 0x20, expected '{'"),
        arguments("byte order mark", file("\ufeff{}"), "header starts with byte 0xef, expected '{'"),
        arguments("not UTF-8", concat(le64(9), latin1("{\"a\u00ff\":{}}")), "header byte 3: got byte 0xff, expected UTF-8"),
        arguments("overlong UTF-8", concat(le64(10), latin1("{\"a\u00c0\u0080\":{}}")), "header byte 3: got byte 0xc0, expected UTF-8"),
        arguments("surrogate in UTF-8", concat(le64(11), latin1("{\"a\u00ed\u00a0\u0080\":{}}")), "header byte 3: got byte 0xed, expected UTF-8"),
        arguments("cut UTF-8 far in", concat(le64(20003), latin1("{" + " ".repeat(20000) + "\"\u00e2")),
            "header byte 20002: got byte 0xe2, expected UTF-8"));
  }

  private static Stream<Arguments> json() {
    return Stream.of(
        arguments("never closed", file("{ "), "header byte 2: got the end of the header, expected a tensor's name"),
        arguments("closed twice", file("{}}"), "header byte 2: got '}' behind the closing '}', expected only spaces"),
        arguments("zeros behind", file("{}\0\0"), "header byte 2: got byte 0x00 behind the closing '}', expected only spaces"),
        arguments("two objects", file("{} {}"), "header byte 3: got '{' behind the closing '}', expected only spaces"),
        arguments("comma first", file("{,}"), "header byte 1: got ',', expected a tensor's name"),
        arguments("bare key", file("{a:1}"), "header byte 1: got 'a', expected a tensor's name"),
        arguments("comment", file("{/**/}"), "header byte 1: got '/', expected a tensor's name"),
        arguments("no colon", file("{\"a\" {}}"), "header byte 5: got '{', expected ':'"),
        arguments("trailing comma", file("{" + a("F32", "[0]", "[0,0]") + ",}"), "header byte 54: got '}', expected a tensor's name"),
        arguments("no comma", file("{" + a("F32", "[0]", "[0,0]") + "\"b\"}"), "header byte 53: got '\"', expected ',' or '}'"),
        arguments("tensor is a number", file("{\"a\":1}"), "header byte 5: got '1', expected '{' (tensor \"a\")"),
        arguments("tensor is null", file("{\"a\":null}"), "header byte 5: got 'n', expected '{' (tensor \"a\")"),
        arguments("tensor is an array", file("{\"a\":[]}"), "header byte 5: got '[', expected '{' (tensor \"a\")"),
        arguments("trailing comma in an array", file("{" + a("F32", "[1,]", "[0,4]") + "}", new byte[4]),
            "header byte 31: got ']'" + NUMBER),
        arguments("no comma in an array", file("{" + a("F32", "[1 1]", "[0,4]") + "}", new byte[4]),
            "header byte 31: got '1', expected ',' or ']' (tensor \"a\")"),
        arguments("deep objects", file("{\"a\":".repeat(1_000_000)), "header byte 6: unknown field \"a\"" + FIELDS),
        arguments("deep arrays", file("{\"a\":{\"shape\":" + "[".repeat(1_000_000)), "header byte 15: got '['" + NUMBER),
        arguments("deep metadata", file("{\"__metadata__\":" + "{\"a\":".repeat(1_000_000)),
            "header byte 21: got '{', expected a string (__metadata__ value of \"a\")"));
  }

  private static Stream<Arguments> strings() {
    return Stream.of(
        arguments("not closed", file("{\"abc"), "header byte 5: got the end of the header inside a string, expected '\"'"),
        arguments("closed by an escape", file("{\"abc\\\""), "header byte 7: got the end of the header inside a string, expected '\"'"),
        arguments("line break inside", file("{\"a\nb\":{}}"), "header byte 3: got byte 0x0a inside a string, expected an escape"),
        arguments("NUL inside", file("{\"a\0\":{}}"), "header byte 3: got byte 0x00 inside a string, expected an escape"),
        arguments("NUL behind an escape", file("{\"a\\n\0\":{}}"), "header byte 5: got byte 0x00 inside a string, expected an escape"),
        arguments("unknown escape", file("{\"\\x41\":{}}"), "header byte 2: got \\ and 'x', expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"),
        arguments("escaped end", file("{\"\\"),
            "header byte 2: got \\ and the end of the header, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"),
        arguments("short \\u", file("{\"\\u00g0\":{}}"), "header byte 2: got 'g' in a \\u escape, expected four hexadecimal digits"),
        arguments("fullwidth digit in \\u", file("{\"\\u00\uff11\":{}}"),
            "header byte 2: got byte 0xef in a \\u escape, expected four hexadecimal digits"),
        arguments("cut \\u", file("{\"\\u00"), "header byte 2: got the end of the header in a \\u escape, expected four hexadecimal digits"),
        arguments("lone high surrogate", file("{\"\\ud835\":{}}"), "header byte 2: got the lone surrogate \\ud835, expected a pair"),
        arguments("lone low surrogate", file("{\"\\udf03x\":{}}"), "header byte 2: got the lone surrogate \\udf03, expected a pair"),
        arguments("two high surrogates", file("{\"\\ud835\\ud835\":{}}"), "header byte 2: got the lone surrogate \\ud835, expected a pair"),
        arguments("cut pair", file("{\"\\ud835\\u"), "header byte 8: got the end of the header in a \\u escape, expected four hexadecimal digits"));
  }

  private static Stream<Arguments> metadata() {
    return Stream.of(
        arguments("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}"), "header byte 19: duplicate __metadata__, expected it once"),
        arguments("metadata is a string", file("{\"__metadata__\":\"x\"}"), "header byte 16: got '\"', expected '{' of __metadata__"),
        arguments("metadata is null", file("{\"__metadata__\":null}"), "header byte 16: got 'n', expected '{' of __metadata__"),
        arguments("a key twice", file("{\"__metadata__\":{\"k\":\"1\",\"\\u006b\":\"2\"}}"),
            "header byte 25: duplicate __metadata__ key \"k\", expected it once"),
        arguments("a number as value", file("{\"__metadata__\":{\"k\":1}}"),
            "header byte 21: got '1', expected a string (__metadata__ value of \"k\")"));
  }

  private static Stream<Arguments> names() {
    String b = "\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    return Stream.of(
        arguments("empty name", file("{\"\":{}}"), "header byte 1: empty tensor name, expected at least one character"),
        arguments("a name twice", file("{" + b + "," + b + "}"), "header byte 53: duplicate tensor \"b\", expected each name once"),
        arguments("a name twice, once escaped", file("{" + b + "," + b.replace("\"b\"", "\"\\u0062\"") + "}"),
            "header byte 53: duplicate tensor \"b\", expected each name once"),
        arguments("long name with line breaks", file("{\"" + "\\n".repeat(100_000) + "\":1}"),
            "header byte 200004: got '1', expected '{' (tensor \"" + "\\n".repeat(80) + "\"…)"));
  }

  private static Stream<Arguments> fields() {
    return Stream.of(
        arguments("no fields", file("{\"a\":{}}"), "header byte 1: missing field \"dtype\"" + FIELDS),
        arguments("no shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}"), "header byte 1: missing field \"shape\"" + FIELDS),
        arguments("no data_offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}"), "header byte 1: missing field \"data_offsets\"" + FIELDS),
        arguments("a fourth field", file("{\"a\":{\"stride\":[1]}}"), "header byte 6: unknown field \"stride\"" + FIELDS),
        arguments("dtype twice", file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"),
            "header byte 20: duplicate field \"dtype\", expected it once (tensor \"a\")"),
        arguments("shape twice", file("{\"a\":{\"shape\":[],\"shape\":[]}}"),
            "header byte 17: duplicate field \"shape\", expected it once (tensor \"a\")"),
        arguments("data_offsets twice", file("{\"a\":{\"data_offsets\":[0,0],\"data_offsets\":[0,0]}}"),
            "header byte 27: duplicate field \"data_offsets\", expected it once (tensor \"a\")"),
        arguments("unknown dtype", file("{" + a("F8_E4M3", "[0]", "[0,0]") + "}"), "header byte 6: dtype = \"F8_E4M3\", "
            + "expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL (tensor \"a\")"),
        arguments("dtype in lower case", file("{" + a("f32", "[0]", "[0,0]") + "}"), "header byte 6: dtype = \"f32\", "
            + "expected one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL (tensor \"a\")"),
        arguments("dtype is a number", file("{\"a\":{\"dtype\":32}}"), "header byte 14: got '3', expected a string (tensor \"a\")"),
        arguments("shape is a number", file("{\"a\":{\"shape\":3}}"), "header byte 14: got '3', expected '[' of shape (tensor \"a\")"),
        arguments("65 dimensions", file("{" + a("F32", "[" + "1,".repeat(64) + "1]", "[0,4]") + "}", new byte[4]),
            "header byte 20: shape has more than 64 entries, expected at most 64 (tensor \"a\")"),
        arguments("one offset", file("{" + a("F32", "[0]", "[0]") + "}"),
            "header byte 32: data_offsets has 1 entries, expected 2 (tensor \"a\")"),
        arguments("three offsets", file("{" + a("F32", "[0]", "[0,0,0]") + "}"),
            "header byte 32: data_offsets has more than 2 entries, expected at most 2 (tensor \"a\")"));
  }

  private static Stream<Arguments> numbers() {
    return Stream.of(
        number("-1", "got -1"), number("-0", "got -0"), number("+1", "got +1"), number("1e3", "got 1e3"), number("1E3", "got 1E3"),
        number("1.0", "got 1.0"), number(".5", "got .5"), number("01", "got 01"), number("00", "got 00"), number("0x1", null),
        number("\"1\"", "got '\"'"), number("true", "got 't'"), number("NaN", "got 'N'"), number(",", "got ','"), number("{}", "got '{'"),
        arguments("shape entry 2^63", file("{" + a("F32", "[9223372036854775808]", "[0,4]") + "}", new byte[4]),
            "header byte 29: got 9223372036854775808, expected at most 9223372036854775807 (tensor \"a\")"),
        arguments("shape entry 2^64", file("{" + a("F32", "[18446744073709551616]", "[0,4]") + "}", new byte[4]),
            "header byte 29: got 18446744073709551616, expected at most 9223372036854775807 (tensor \"a\")"),
        arguments("endless number", file("{" + a("F32", "[" + "1".repeat(100_000) + "]", "[0,4]") + "}", new byte[4]),
            "header byte 29: got " + "1".repeat(40) + ", expected at most 9223372036854775807 (tensor \"a\")"),
        arguments("negative offset", file("{" + a("F32", "[1]", "[-4,0]") + "}", new byte[4]), "header byte 48: got -4" + NUMBER));
  }

  private static Arguments number(String json, String got) {
    String expected = got == null ? "header byte 30: got 'x', expected ',' or ']' (tensor \"a\")" : "header byte 29: " + got + NUMBER;
    return arguments("shape entry " + json, file("{" + a("F32", "[" + json + "]", "[0,4]") + "}", new byte[4]), expected);
  }

  private static Stream<Arguments> sizes() {
    return Stream.of(
        arguments("elements overflow", file("{" + a("U8", "[4294967296,4294967296]", "[0,0]") + "}"),
            "tensor \"a\": shape = [4294967296, 4294967296] of U8, expected at most 2^63 - 1 bytes"),
        arguments("elements overflow into the sign", file("{" + a("U8", "[4611686018427387904,2]", "[0,0]") + "}"),
            "tensor \"a\": shape = [4611686018427387904, 2] of U8, expected at most 2^63 - 1 bytes"),
        arguments("bytes overflow", file("{" + a("F32", "[4611686018427387904]", "[0,0]") + "}"),
            "tensor \"a\": shape = [4611686018427387904] of F32, expected at most 2^63 - 1 bytes"),
        arguments("many dimensions overflow", file("{" + a("F32", "[3,3,3,3,3,3,3,3,9223372036854775807]", "[0,0]") + "}"),
            "tensor \"a\": shape = [3, 3, 3, 3, 3, 3, 3, 3, …] of F32, expected at most 2^63 - 1 bytes"),
        arguments("begin > end", file("{" + a("F32", "[1]", "[4,0]") + "}", new byte[4]),
            "tensor \"a\": data_offsets = [4, 0], expected begin <= end"),
        arguments("fewer bytes than elements", file("{" + a("F32", "[2]", "[0,4]") + "}", new byte[4]),
            "tensor \"a\": data_offsets = [0, 4] span 4 bytes, expected 8 (shape [2] of F32)"),
        arguments("more bytes than elements", file("{" + a("BF16", "[]", "[0,4]") + "}", new byte[4]),
            "tensor \"a\": data_offsets = [0, 4] span 4 bytes, expected 2 (shape [] of BF16)"),
        arguments("bytes for an empty tensor", file("{" + a("F32", "[2,0]", "[0,4]") + "}", new byte[4]),
            "tensor \"a\": data_offsets = [0, 4] span 4 bytes, expected 0 (shape [2, 0] of F32)"));
  }

  private static Stream<Arguments> coverage() {
    return Stream.of(
        arguments("cut off", file("{" + a("F32", "[2]", "[0,8]") + "}", new byte[7]),
            "tensor \"a\": data_offsets end = 8, expected at most 7 (bytes of data in the file; is it cut off?)"),
        arguments("far beyond the file", file("{" + a("U8", "[9223372036854775807]", "[0,9223372036854775807]") + "}", new byte[7]),
            "tensor \"a\": data_offsets end = 9223372036854775807, expected at most 7 (bytes of data in the file; is it cut off?)"),
        arguments("bytes behind the last", file("{" + a("F32", "[1]", "[0,4]") + "}", new byte[6]),
            "6 bytes of data in the file, expected 4 (the end of the last tensor)"),
        arguments("a hole at the start", file("{" + a("F32", "[1]", "[4,8]") + "}", new byte[8]),
            "tensor \"a\": data_offsets begin = 4, expected 0 (bytes between belong to no tensor)"),
        arguments("a hole in the middle", file("{" + u8("b", 0, 2) + "," + u8("c", 3, 4) + "}", new byte[4]),
            "tensor \"c\": data_offsets begin = 3, expected 2 (bytes between belong to no tensor)"),
        arguments("overlap", file("{" + u8("b", 0, 2) + "," + u8("c", 1, 4) + "}", new byte[4]),
            "tensor \"c\": bytes [1, 4) overlap tensor \"b\", bytes [0, 2), expected no overlap"),
        arguments("overlap, later one first", file("{" + u8("c", 1, 4) + "," + u8("b", 0, 2) + "}", new byte[4]),
            "tensor \"c\": bytes [1, 4) overlap tensor \"b\", bytes [0, 2), expected no overlap"),
        arguments("the same bytes twice", file("{" + u8("b", 0, 4) + "," + u8("c", 0, 4) + "}", new byte[4]),
            "tensor \"c\": bytes [0, 4) overlap tensor \"b\", bytes [0, 4), expected no overlap"),
        arguments("one inside another", file("{" + u8("b", 0, 4) + "," + u8("c", 1, 2) + "}", new byte[4]),
            "tensor \"c\": bytes [1, 2) overlap tensor \"b\", bytes [0, 4), expected no overlap"),
        arguments("an empty one inside another", file("{" + u8("b", 0, 4) + "," + u8("c", 2, 2) + "}", new byte[4]),
            "tensor \"c\": bytes [2, 2) overlap tensor \"b\", bytes [0, 4), expected no overlap"),
        arguments("an empty one behind the end", file("{" + u8("b", 0, 4) + "," + u8("c", 5, 5) + "}", new byte[4]),
            "tensor \"c\": data_offsets end = 5, expected at most 4 (bytes of data in the file; is it cut off?)"));
  }

  private static String a(String dtype, String shape, String offsets) {
    return "\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  private static String u8(String name, int begin, int end) {
    return "\"" + name + "\":{\"dtype\":\"U8\",\"shape\":[" + (end - begin) + "],\"data_offsets\":[" + begin + "," + end + "]}";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void oneClearLine(String name, byte[] bytes, String message) throws IOException {
    Path path = Crafted.write(directory, bytes);
    assertThatThrownBy(() -> SafetensorsFile.read(path)).isExactlyInstanceOf(MalformedFileException.class).hasMessage(path + ": " + message);
    assertThat(message).doesNotContain("\n", "\r", "\0");
    Files.delete(path);
  }

  @Test
  void headerOfMoreThan100MillionBytesIsRefusedThoughTheFileIsLonger() throws IOException {
    Path path = Crafted.write(directory, le64(Header.MAX_BYTES + 1));
    try (var out = FileChannel.open(path, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(1), 200_000_000);
    }
    assertThatThrownBy(() -> SafetensorsFile.read(path)).isExactlyInstanceOf(MalformedFileException.class)
        .hasMessage(path + ": header length = 100000001, expected 2 to 100000000 (file of 200000001 bytes)");
  }

  @Test
  void everyProperPrefixOfAValidFileIsMalformed() throws IOException {
    byte[] whole = file("{" + u8("b", 0, 2) + "," + a("F32", "[1]", "[2,6]") + "}  ", new byte[6]);
    for (int length = 0; length < whole.length; length++) {
      Path path = Crafted.write(directory, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.read(path)).as("%d bytes", length).isExactlyInstanceOf(MalformedFileException.class);
    }
    SafetensorsFile.read(Crafted.write(directory, whole)).close();
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path missing = directory.resolve("missing.safetensors");
    assertThatThrownBy(() -> SafetensorsFile.read(missing)).isInstanceOf(NoSuchFileException.class).hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> SafetensorsFile.read(directory)).isInstanceOf(IOException.class)
        .hasMessage(directory + ": not a regular file, expected a safetensors file");
    assertThatThrownBy(() -> SafetensorsFile.read(null)).isInstanceOf(NullPointerException.class).hasMessage("path");
  }
}
