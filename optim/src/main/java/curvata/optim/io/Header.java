package curvata.optim.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors header: the metadata, and where each tensor lies in the data behind it.
 *
 * @param metadata in the order of the file
 * @param places by name, in the order of the data (empty tensors at one place: in the order of the header)
 */
record Header(Map<String, String> metadata, Map<String, Place> places) {
  /** Bytes a header may have, as in the format's reference implementation. */
  static final int MAX_BYTES = 100_000_000;
  /** Dimensions a tensor may have: what NumPy and PyTorch allow. */
  static final int MAX_RANK = 64;
  /** The key that is not a tensor's name. */
  static final String METADATA = "__metadata__";

  /** A tensor and its bytes [begin, end) of the data. */
  record Place(TensorInfo info, long begin, long end) {}

  /**
   * Parses and validates a whole header.
   *
   * @param file for messages
   * @param text the header's bytes
   * @param dataBytes how many bytes the file has behind the header
   * @throws MalformedFileException at the first thing the format does not allow
   */
  static Header parse(Path file, byte[] text, long dataBytes) throws MalformedFileException {
    if (text[0] != '{') {
      throw new MalformedFileException(file, String.format("header starts with byte 0x%02x, expected '{'", text[0]));
    }
    requireUtf8(file, text);
    return new Parser(file, new JsonReader(file, text)).header(dataBytes);
  }

  private static void requireUtf8(Path file, byte[] text) throws MalformedFileException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();   // reports what is malformed
    ByteBuffer in = ByteBuffer.wrap(text);
    CharBuffer out = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      int at = in.position();
      throw new MalformedFileException(file, String.format("header byte %d: got byte 0x%02x, expected UTF-8", at, text[at]));
    }
  }

  /**
   * The bytes of a file up to its data: length, JSON, spaces up to a multiple of 8. A function of its arguments alone.
   *
   * @throws IllegalStateException if the header would have more than {@code limit} bytes
   */
  static byte[] encode(Map<String, String> metadata, Iterable<Place> places, int limit) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      Text.appendJson(json, METADATA);
      json.append(":{");
      metadata.forEach((key, value) -> {
        Text.appendJson(json, key);
        json.append(':');
        Text.appendJson(json, value);
        json.append(',');
      });
      json.setCharAt(json.length() - 1, '}');
      json.append(',');
    }
    places.forEach(place -> append(json, place));
    if (json.length() > 1) {
      json.setLength(json.length() - 1);
    }
    byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    long length = (text.length + 7L) / 8 * 8;
    if (length > limit) {
      throw new IllegalStateException("header of " + length + " bytes, expected at most " + limit);
    }
    byte[] all = new byte[8 + (int) length];
    ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text);
    Arrays.fill(all, 8 + text.length, all.length, (byte) ' ');
    return all;
  }

  private static void append(StringBuilder json, Place place) {
    Text.appendJson(json, place.info.name());
    json.append(":{\"dtype\":\"").append(place.info.dtype()).append("\",\"shape\":[");
    long[] shape = place.info.shape();
    for (int i = 0; i < shape.length; i++) {
      json.append(i == 0 ? "" : ",").append(shape[i]);
    }
    json.append("],\"data_offsets\":[").append(place.begin).append(',').append(place.end).append("]},");
  }

  /** The grammar of a header, one method per production. */
  private static final class Parser {
    private final Path file;
    private final JsonReader json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();

    Parser(Path file, JsonReader json) {
      this.file = file;
      this.json = json;
    }

    Header header(long dataBytes) throws MalformedFileException {
      boolean metadataSeen = false;
      json.beginObject("'{'");
      while (json.hasNext('}')) {
        int at = json.position();
        String name = json.key("a tensor's name");
        if (name.equals(METADATA)) {
          if (metadataSeen) {
            throw json.error(at, "duplicate " + METADATA + ", expected it once");
          }
          metadataSeen = true;
          metadata();
        } else {
          tensor(name, at);
        }
      }
      json.end();
      return new Header(Collections.unmodifiableMap(metadata), covering(dataBytes));
    }

    private void metadata() throws MalformedFileException {
      json.beginObject("'{' of " + METADATA);
      while (json.hasNext('}')) {
        int at = json.position();
        String key = json.key("a key of " + METADATA);
        if (metadata.containsKey(key)) {
          throw json.error(at, "duplicate " + METADATA + " key " + Text.shown(key) + ", expected it once");
        }
        metadata.put(key, json.string("a string (" + METADATA + " value of " + Text.shown(key) + ")"));
      }
    }

    private void tensor(String name, int at) throws MalformedFileException {
      if (name.isEmpty()) {
        throw json.error(at, "empty tensor name, expected at least one character");
      }
      if (places.containsKey(name)) {
        throw json.error(at, "duplicate tensor " + Text.shown(name) + ", expected each name once");
      }
      json.within(name);
      places.put(name, place(name, at));
      json.within(null);
    }

    private Place place(String name, int start) throws MalformedFileException {
      DType dtype = null;
      long[] shape = null;
      long[] offsets = null;
      json.beginObject("'{'");
      while (json.hasNext('}')) {
        int at = json.position();
        String field = json.key("a field's name");
        switch (field) {
          case "dtype" -> dtype = dtype(once(field, dtype, at));
          case "shape" -> shape = numbers(field, MAX_RANK, once(field, shape, at));
          case "data_offsets" -> offsets = offsets(once(field, offsets, at));
          default -> throw json.error(at, "unknown field " + Text.shown(field) + ", expected dtype, shape and data_offsets");
        }
      }
      require("dtype", dtype, start);
      require("shape", shape, start);
      require("data_offsets", offsets, start);
      return checked(name, dtype, shape, offsets[0], offsets[1]);
    }

    private int once(String field, Object before, int at) throws MalformedFileException {
      if (before != null) {
        throw json.error(at, "duplicate field " + Text.shown(field) + ", expected it once");
      }
      return at;
    }

    private void require(String field, Object value, int start) throws MalformedFileException {
      if (value == null) {
        throw json.error(start, "missing field " + Text.shown(field) + ", expected dtype, shape and data_offsets");
      }
    }

    private DType dtype(int at) throws MalformedFileException {
      String name = json.string("a string");
      for (DType dtype : DType.values()) {
        if (dtype.name().equals(name)) {
          return dtype;
        }
      }
      String known = Arrays.toString(DType.values());
      throw json.error(at, "dtype = " + Text.shown(name) + ", expected one of " + known.substring(1, known.length() - 1));
    }

    private long[] numbers(String field, int limit, int at) throws MalformedFileException {
      long[] numbers = new long[limit];
      int count = 0;
      json.beginArray("'[' of " + field);
      while (json.hasNext(']')) {
        if (count == limit) {
          throw json.error(at, field + " has more than " + limit + " entries, expected at most " + limit);
        }
        numbers[count++] = json.unsigned();
      }
      return Arrays.copyOf(numbers, count);
    }

    private long[] offsets(int at) throws MalformedFileException {
      long[] offsets = numbers("data_offsets", 2, at);
      if (offsets.length != 2) {
        throw json.error(at, "data_offsets has " + offsets.length + " entries, expected 2");
      }
      return offsets;
    }

    private Place checked(String name, DType dtype, long[] shape, long begin, long end) throws MalformedFileException {
      long bytes = TensorInfo.size(shape, dtype.bytes());
      if (bytes < 0) {
        throw problem(name, "shape = " + Text.shown(shape) + " of " + dtype + ", expected at most 2^63 - 1 bytes");
      }
      if (begin > end) {
        throw problem(name, "data_offsets = [" + begin + ", " + end + "], expected begin <= end");
      }
      if (end - begin != bytes) {
        throw problem(name, "data_offsets = [" + begin + ", " + end + "] span " + (end - begin) + " bytes, expected " + bytes
            + " (shape " + Text.shown(shape) + " of " + dtype + ")");
      }
      return new Place(new TensorInfo(name, dtype, shape), begin, end);
    }

    /** The places in the order of the data, which they must cover without holes, overlaps or rest. */
    private Map<String, Place> covering(long dataBytes) throws MalformedFileException {
      List<Place> sorted = new ArrayList<>(places.values());
      sorted.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
      Map<String, Place> ordered = new LinkedHashMap<>();
      Place before = null;
      long at = 0;
      for (Place place : sorted) {
        String name = place.info.name();
        if (place.end > dataBytes) {
          throw problem(name, "data_offsets end = " + place.end + ", expected at most " + dataBytes + " (bytes of data in the file; is it cut off?)");
        }
        if (place.begin < at) {
          throw problem(name, "bytes [" + place.begin + ", " + place.end + ") overlap tensor " + Text.shown(before.info.name()) + ", bytes ["
              + before.begin + ", " + before.end + "), expected no overlap");
        }
        if (place.begin > at) {
          throw problem(name, "data_offsets begin = " + place.begin + ", expected " + at + " (bytes between belong to no tensor)");
        }
        ordered.put(name, place);
        before = place;
        at = place.end;
      }
      if (at != dataBytes) {
        throw new MalformedFileException(file, dataBytes + " bytes of data in the file, expected " + at + " (the end of the last tensor)");
      }
      return Collections.unmodifiableMap(ordered);
    }

    private MalformedFileException problem(String tensor, String problem) {
      return new MalformedFileException(file, "tensor " + Text.shown(tensor) + ": " + problem);
    }
  }
}
