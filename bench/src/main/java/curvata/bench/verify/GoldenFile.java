package curvata.bench.verify;

import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An opened input, its outer form checked and its contents not yet interpreted: a safetensors file or a JSON object. */
sealed interface GoldenFile extends AutoCloseable {
  /** Largest JSON file that is read: it is held whole. */
  long MOST_JSON_BYTES = 1L << 26;

  /** Reads JSON strictly: no duplicate keys, nothing behind the value. */
  JsonMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** The file, as the user named it. */
  Path path();

  /** What the file says it is; empty where it says nothing. */
  String format();

  @Override
  void close() throws IOException;

  /**
   * A safetensors file.
   *
   * @param path the file
   * @param tensors its open contents
   */
  record Tensors(Path path, SafetensorsFile tensors) implements GoldenFile {
    @Override
    public String format() {
      return tensors.metadata().getOrDefault("format", "");
    }

    @Override
    public void close() throws IOException {
      tensors.close();
    }

    /**
     * A string of the metadata.
     *
     * @throws MalformedFileException if it is not there
     */
    String metadata(String key) throws MalformedFileException {
      String value = tensors.metadata().get(key);
      if (value == null) {
        throw new MalformedFileException(path, "no metadata \"" + key + "\", expected in format " + format());
      }
      return value;
    }
  }

  /**
   * A JSON object.
   *
   * @param path the file
   * @param root its contents
   */
  record Json(Path path, JsonNode root) implements GoldenFile {
    @Override
    public String format() {
      return root.path("format").asString("");
    }

    @Override
    public void close() {}
  }

  /**
   * Opens a file by its contents, whatever it is called.
   *
   * @throws MalformedFileException if it is neither well-formed safetensors nor a JSON object
   * @throws IOException if it cannot be read
   */
  static GoldenFile open(Path path) throws IOException {
    return Files.isRegularFile(path) && looksLikeJson(path) ? json(path) : new Tensors(path, SafetensorsFile.read(path));
  }

  /** A safetensors file begins with a length that its size allows; eight characters of text, read as a length, are far more. */
  private static boolean looksLikeJson(Path path) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(path)) {
      start = in.readNBytes(64);
    }
    long length = start.length < Long.BYTES ? -1 : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    boolean fits = length >= 2 && length <= Files.size(path) - Long.BYTES;
    return !fits && new String(start, StandardCharsets.ISO_8859_1).stripLeading().startsWith("{");
  }

  private static Json json(Path path) throws IOException {
    if (Files.size(path) > MOST_JSON_BYTES) {
      throw new MalformedFileException(path, "JSON of " + Files.size(path) + " bytes, expected at most " + MOST_JSON_BYTES);
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(path));
    } catch (JacksonException e) {
      throw new MalformedFileException(path, "not JSON, " + oneLine(e));
    }
    if (!root.isObject()) {
      throw new MalformedFileException(path, "got a JSON " + root.getNodeType() + ", expected an object");
    }
    return new Json(path, root);
  }

  /** What is wrong and where, without the source excerpt that the parser appends. */
  static String oneLine(JacksonException e) {
    var at = e.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return e.getOriginalMessage().replaceAll(" \\(start marker at .*\\)$", "").replaceAll("\\s+", " ") + where;
  }
}
