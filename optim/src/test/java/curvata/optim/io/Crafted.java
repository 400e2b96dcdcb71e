package curvata.optim.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files put together byte by byte, independently of the writer. */
final class Crafted {
  private Crafted() {}

  /** Length, header, data; the header is not padded. */
  static byte[] file(String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return concat(le64(text.length), text, data);
  }

  /** One tensor {@code t} and its data. */
  static byte[] tensor(DType dtype, String shape, byte... data) {
    return file("{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[0," + data.length + "]}}", data);
  }

  static byte[] le64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] latin1(String string) {
    return string.getBytes(StandardCharsets.ISO_8859_1);
  }

  static Path write(Path directory, byte[] bytes) throws IOException {
    Path path = directory.resolve("t.safetensors");
    Files.deleteIfExists(path);   // ext4 waits for the disk where a file is cut to nothing and written again
    return Files.write(path, bytes);
  }

  /** The file names in a directory, sorted: no temporary file may be among them. */
  static List<String> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
