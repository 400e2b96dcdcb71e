package curvata.optim.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random valid files, written here in as many spellings as JSON has, are read as meant; the same files with bytes flipped, cut, doubled or
 * moved are either read consistently or refused by {@link MalformedFileException}, never by anything else.
 */
class RandomFilesTest {
  private static final int FILES = Boolean.getBoolean("curvata.test.full") ? 20_000 : 300;
  private static final int MUTANTS_PER_FILE = 10;

  @TempDir
  Path directory;

  /** A valid file and what it means. */
  private record Case(List<TensorInfo> tensors, Map<String, String> metadata, String header, byte[] data) {
    byte[] bytes() {
      return Crafted.file(header, data);
    }

    static Case of(SplittableRandom random) {
      List<TensorInfo> tensors = tensors(random);
      Map<String, String> metadata = new LinkedHashMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        metadata.put(text(random), text(random));
      }
      byte[] data = new byte[tensors.stream().mapToInt(t -> (int) t.bytes()).sum()];
      random.nextBytes(data);
      return new Case(tensors, metadata, header(random, tensors, metadata), data);
    }

    private static List<TensorInfo> tensors(SplittableRandom random) {
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        String name = "t" + text(random);
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        tensors.putIfAbsent(name, new TensorInfo(name, dtype, random.longs(random.nextInt(4), 0, 5).toArray()));
      }
      return new ArrayList<>(tensors.values());
    }

    private static String text(SplittableRandom random) {
      int[] alphabet = {'a', 'b', '.', '"', '\\', '/', '\n', '\t', 0, 0x1f, 0x7f, 'ß', 0x2028, 0xd7ff, 0xe000, 0xfffd, 0x1d703, 0x10ffff};
      return random.ints(random.nextInt(6), 0, alphabet.length).map(i -> alphabet[i])
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static String header(SplittableRandom random, List<TensorInfo> tensors, Map<String, String> metadata) {
      List<String> members = new ArrayList<>();
      if (!metadata.isEmpty() || random.nextBoolean()) {
        List<String> entries = new ArrayList<>();
        metadata.forEach((k, v) -> entries.add(string(random, k) + space(random) + ":" + space(random) + string(random, v)));
        members.add(string(random, "__metadata__") + ":" + object(random, entries));
      }
      long at = 0;
      for (TensorInfo t : tensors) {
        List<String> fields = new ArrayList<>(List.of(
            string(random, "dtype") + ":" + string(random, t.dtype().name()),
            string(random, "shape") + ":" + array(random, t.shape()),
            string(random, "data_offsets") + ":" + array(random, at, at + t.bytes())));
        Collections.shuffle(fields, Random.from(random));
        members.add(string(random, t.name()) + space(random) + ":" + object(random, fields));
        at += t.bytes();
      }
      if (tensors.stream().allMatch(t -> t.bytes() > 0)) {   // the order of empty tensors at one place is that of the header
        Collections.shuffle(members, Random.from(random));
      }
      return object(random, members).strip() + space(random);
    }

    private static String object(SplittableRandom random, List<String> members) {
      return space(random) + "{" + space(random) + String.join(space(random) + "," + space(random), members) + space(random) + "}";
    }

    private static String array(SplittableRandom random, long... numbers) {
      List<String> items = Arrays.stream(numbers).mapToObj(Long::toString).toList();
      return space(random) + "[" + space(random) + String.join(space(random) + "," + space(random), items) + space(random) + "]";
    }

    private static String space(SplittableRandom random) {
      return random.nextInt(4) > 0 ? "" : random.ints(random.nextInt(4), 0, 4).map(" \t\r\n"::charAt)
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** A JSON string with escapes where they must be and, at random, where they may be. */
    private static String string(SplittableRandom random, String value) {
      StringBuilder out = new StringBuilder("\"");
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        boolean pair = Character.isHighSurrogate(c);
        if (c < ' ' || c == '"' || c == '\\' || random.nextInt(8) == 0) {
          out.append(escape(random, c)).append(pair ? escape(random, value.charAt(++i)) : "");
        } else {
          out.append(c).append(pair ? String.valueOf(value.charAt(++i)) : "");
        }
      }
      return out.append('"').toString();
    }

    private static String escape(SplittableRandom random, char c) {
      int at = "\"\\/\b\f\n\r\t".indexOf(c);
      return at >= 0 && random.nextBoolean() ? "\\" + "\"\\/bfnrt".charAt(at) : String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c);
    }
  }

  @Test
  void everySpellingIsReadAsMeant() throws IOException {
    for (long seed = 0; seed < FILES; seed++) {
      Case c = Case.of(new SplittableRandom(seed));
      try (SafetensorsFile file = SafetensorsFile.read(Crafted.write(directory, c.bytes()))) {
        assertThat(file.metadata()).as("seed %d", seed).isEqualTo(c.metadata);
        assertThat(file.names().stream().map(file::info)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(c.tensors);
        long at = 0;
        for (TensorInfo t : c.tensors) {
          if (t.dtype().bytes() == 1 && t.dtype() != DType.BOOL) {
            int[] values = file.ints(t.name());
            for (int i = 0; i < values.length; i++) {
              assertThat((byte) values[i]).as("seed %d, %s, element %d", seed, t, i).isEqualTo(c.data[(int) at + i]);
            }
          }
          at += t.bytes();
        }
      }
    }
  }

  @Test
  void everyMutantIsReadConsistentlyOrRefused() throws IOException {
    int read = 0;
    int refused = 0;
    for (long seed = 0; seed < FILES; seed++) {
      byte[] valid = Case.of(new SplittableRandom(seed)).bytes();
      SplittableRandom random = new SplittableRandom(~seed);
      for (int i = 0; i < MUTANTS_PER_FILE; i++) {
        byte[] mutant = valid;
        for (int j = 1 + random.nextInt(3); j > 0; j--) {
          mutant = mutate(random, mutant);
        }
        if (survives(mutant, seed)) {
          read++;
        } else {
          refused++;
        }
      }
    }
    assertThat(read).as("mutants read").isGreaterThan(FILES / 8);   // flips in data and names are still valid files
    assertThat(refused).as("mutants refused").isGreaterThan(FILES);
  }

  /** Whether the file is well-formed, and if so, that all it says holds. */
  private boolean survives(byte[] mutant, long seed) throws IOException {
    Path path = Crafted.write(directory, mutant);
    try (SafetensorsFile file = SafetensorsFile.read(path)) {
      long bytes = 0;
      for (String name : file.names()) {
        TensorInfo info = file.info(name);
        bytes += info.bytes();
        assertThat(elements(file, info)).isEqualTo(info.elements());
      }
      long header = ByteBuffer.wrap(mutant).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertThat(8 + header + bytes).isEqualTo(mutant.length);
      return true;
    } catch (MalformedFileException e) {
      assertThat(e.getMessage()).startsWith(path + ": ").doesNotContain("\n", "\r", "\0");
      return false;
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ", file " + HexFormat.of().formatHex(mutant), e);
    }
  }

  private static long elements(SafetensorsFile file, TensorInfo info) throws IOException {
    return switch (info.dtype()) {
      case F64, F32, F16, BF16, I32, U32 -> file.doubles(info.name()).length;
      case I64 -> file.longs(info.name()).length;
      case I16, U16, I8, U8 -> file.ints(info.name()).length;
      case U64, BOOL -> info.elements();   // random bytes may hold values that are refused
    };
  }

  private static byte[] mutate(SplittableRandom random, byte[] bytes) {
    if (bytes.length < 20) {
      return bytes;
    }
    byte[] copy = bytes.clone();
    int a = random.nextInt(bytes.length);
    int b = Math.min(bytes.length, a + 1 + random.nextInt(20));
    switch (random.nextInt(8)) {
      case 0 -> copy[a] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[a] = (byte) "{}[]\",:\\0123456789-eE. \tuntf\0\u0080\u00ff".charAt(random.nextInt(31));
      case 2 -> copy = Arrays.copyOf(bytes, a);
      case 3 -> copy = Crafted.concat(Arrays.copyOf(bytes, a), Arrays.copyOfRange(bytes, b, bytes.length));
      case 4 -> copy = Crafted.concat(Arrays.copyOf(bytes, b), Arrays.copyOfRange(bytes, a, bytes.length));
      case 5 -> System.arraycopy(Crafted.le64(random.nextLong() >>> random.nextInt(64)), 0, copy, 0, 8);
      case 6 -> {
        byte[] text = digits(random).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, copy, Math.min(a, copy.length - text.length), text.length);
      }
      default -> copy = fixedLength(Crafted.concat(Arrays.copyOf(bytes, a), digits(random).getBytes(StandardCharsets.US_ASCII),
          Arrays.copyOfRange(bytes, a, bytes.length)), bytes.length);
    }
    return copy;
  }

  private static String digits(SplittableRandom random) {
    String digits = Long.toUnsignedString(random.nextLong() >>> random.nextInt(64));
    return digits.substring(0, Math.min(digits.length(), 19));
  }

  /** Adds what the file has grown by to the header's length, so that the change reaches the parser. */
  private static byte[] fixedLength(byte[] bytes, int before) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(0, buffer.getLong(0) + bytes.length - before);
    return bytes;
  }
}
