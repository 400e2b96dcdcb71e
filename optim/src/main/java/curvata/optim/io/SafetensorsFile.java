package curvata.optim.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An open safetensors file: its whole header is checked against the file's size before anything is handed out, tensors are read when asked for.
 *
 * <pre>
 *   8 bytes      n, the header's length, little-endian
 *   n bytes      JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …, "__metadata__": {"key": "value", …}}
 *   the rest     the tensors' bytes, little-endian, row-major; offsets count from here and leave no hole, overlap or rest
 * </pre>
 *
 * <p>Nothing is tolerated that the format's reference implementation (0.8.0) refuses. Also refused, though that lets them pass: duplicate
 * keys, empty names, further fields, {@code null} instead of an object, a tensor written as an array, something before the opening brace,
 * dimensions of 2⁶³ or more, more than 64 dimensions; and types not in {@link DType}.
 *
 * <p>The file stays open until {@link #close}: one that is <em>replaced</em> meanwhile, as {@link SafetensorsWriter} does, is read on as it
 * was when it was opened. One that is overwritten in place is not protected, except that reading past its end is an error.
 *
 * <p>Cost: opening reads the header only. A tensor is read in pieces of at most 1 MiB into the array that is returned, without a second
 * copy; the file may exceed 2 GiB, a tensor may have as many elements as an array. Safe for use by several threads; interrupting one that
 * reads closes the file, as {@link FileChannel} does.
 *
 * <p>Errors: a tensor that is not there, has another type, or holds a value the asked-for type cannot is an
 * {@link IllegalArgumentException} that names file, tensor, what is there and what was expected.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The safetensors format</a>
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final int CHUNK = 1 << 20;
  private static final int MIN_BYTES = Long.BYTES + 2;   // the length and {}
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final Set<DType> FLOATS = EnumSet.of(DType.F32, DType.F16, DType.BF16);
  private static final Set<DType> FLOATS_OR_F64 = EnumSet.of(DType.F64, DType.F32, DType.F16, DType.BF16);
  private static final Set<DType> INTEGERS = EnumSet.complementOf(EnumSet.of(DType.F64, DType.F32, DType.F16, DType.BF16));
  private static final Set<DType> NUMBERS = EnumSet.complementOf(EnumSet.of(DType.BOOL));

  private final Path path;
  private final FileChannel channel;
  private final Header header;
  private final long dataStart;

  private SafetensorsFile(Path path, FileChannel channel, Header header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks all of its header.
   *
   * @throws MalformedFileException if the file is not well-formed, in one line: {@code path: what, got, expected}
   * @throws NoSuchFileException if there is no such file
   * @throws IOException if it is not a regular file or cannot be read
   */
  public static SafetensorsFile read(Path path) throws IOException {
    if (Files.notExists(Objects.requireNonNull(path, "path"))) {
      throw new NoSuchFileException(path.toString(), null, "no such file");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException(path + ": not a regular file, expected a safetensors file");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return open(path, channel);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static SafetensorsFile open(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < MIN_BYTES) {
      throw new MalformedFileException(path, "file of " + size + " bytes, expected at least " + MIN_BYTES + " (a header's length and {})");
    }
    byte[] length = new byte[Long.BYTES];
    fill(path, channel, ByteBuffer.wrap(length), 0);
    long n = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long limit = Math.min(Header.MAX_BYTES, size - Long.BYTES);
    if (n < 2 || n > limit) {
      throw new MalformedFileException(path, "header length = " + Long.toUnsignedString(n) + ", expected 2 to " + limit + " (file of " + size
          + " bytes)");
    }
    byte[] text = new byte[(int) n];
    fill(path, channel, ByteBuffer.wrap(text), Long.BYTES);
    long dataStart = Long.BYTES + n;
    return new SafetensorsFile(path, channel, Header.parse(path, text, size - dataStart), dataStart);
  }

  /** The file, as the caller named it. */
  public Path path() {
    return path;
  }

  /** The strings of {@code __metadata__} in the order of the file; empty where there are none. Unmodifiable. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensors' names in the order of their data in the file (empty tensors at one place: in the order of the header). */
  public List<String> names() {
    return List.copyOf(header.places().keySet());
  }

  /** Whether there is a tensor of this name. */
  public boolean contains(String name) {
    return header.places().containsKey(Objects.requireNonNull(name, "name"));
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws IllegalArgumentException if there is none of this name; the message gives the nearest ones
   */
  public TensorInfo info(String name) {
    return place(name).info();
  }

  /**
   * An F32, F16 or BF16 tensor as floats, exactly; NaN bits of F32 are kept.
   *
   * @throws IllegalArgumentException if there is no such tensor, it has another type (see {@link #roundedFloats} for F64) or exceeds an array
   * @throws IOException if reading fails
   */
  public float[] floats(String name) throws IOException {
    Header.Place place = place(name, FLOATS);
    float[] out = new float[arrayLength(place)];
    readFloats(place, out, 0);
    return out;
  }

  /**
   * As {@link #floats(String)}, into {@code target} from {@code offset} on. Where reading fails midway, the target's content is undefined.
   *
   * @throws IllegalArgumentException as there, or if the tensor does not fit; nothing is written then
   * @throws IOException if reading fails
   */
  public void floats(String name, float[] target, int offset) throws IOException {
    Objects.requireNonNull(target, "target");
    Header.Place place = place(name, FLOATS);
    int count = arrayLength(place);
    if (offset < 0 || offset > target.length - count) {
      throw new IllegalArgumentException(describe(place) + " has " + count + " elements, expected at most " + ((long) target.length - offset)
          + " (target.length = " + target.length + ", offset = " + offset + ")");
    }
    readFloats(place, target, offset);
  }

  /**
   * An F64, F32, F16 or BF16 tensor as floats, F64 rounded to the nearest (ties to even; beyond the range of floats to infinity).
   *
   * @throws IllegalArgumentException if there is no such tensor, it has another type or exceeds an array
   * @throws IOException if reading fails
   */
  public float[] roundedFloats(String name) throws IOException {
    Header.Place place = place(name, FLOATS_OR_F64);
    float[] out = new float[arrayLength(place)];
    readFloats(place, out, 0);
    return out;
  }

  /**
   * A tensor of any type but BOOL as doubles, exactly.
   *
   * @throws IllegalArgumentException if there is no such tensor, it is BOOL, exceeds an array, or holds an integer that no double equals (or
   *     a U64 of 2⁶³ or more)
   * @throws IOException if reading fails
   */
  public double[] doubles(String name) throws IOException {
    Header.Place place = place(name, NUMBERS);
    DType dtype = place.info().dtype();
    double[] out = new double[arrayLength(place)];
    if (FLOATS_OR_F64.contains(dtype)) {
      stream(place, (in, at, count) -> Decode.doubles(dtype, in, count, out, at));
    } else {
      integers(place, "a value exact as double", v -> v == (long) (double) v && v != Long.MAX_VALUE, (i, v) -> out[i] = v);
    }
    return out;
  }

  /**
   * A tensor of an integer type, or BOOL as 0 and 1, as longs.
   *
   * @throws IllegalArgumentException if there is no such tensor, it has another type, exceeds an array, or holds a U64 of 2⁶³ or more
   * @throws MalformedFileException if it is BOOL and holds another byte than 0 and 1
   * @throws IOException if reading fails
   */
  public long[] longs(String name) throws IOException {
    Header.Place place = place(name, INTEGERS);
    long[] out = new long[arrayLength(place)];
    integers(place, "a value that fits a long", v -> true, (i, v) -> out[i] = v);
    return out;
  }

  /**
   * A tensor of an integer type, or BOOL as 0 and 1, as ints.
   *
   * @throws IllegalArgumentException if there is no such tensor, it has another type, exceeds an array, or holds a value that is no int
   * @throws MalformedFileException if it is BOOL and holds another byte than 0 and 1
   * @throws IOException if reading fails
   */
  public int[] ints(String name) throws IOException {
    Header.Place place = place(name, INTEGERS);
    int[] out = new int[arrayLength(place)];
    integers(place, "a value that fits an int", v -> v == (int) v, (i, v) -> out[i] = (int) v);
    return out;
  }

  /** Closes the file; names, infos and metadata stay available, reading is an error from then on. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private Header.Place place(String name) {
    Header.Place place = header.places().get(Objects.requireNonNull(name, "name"));
    if (place == null) {
      String nearest = Text.nearest(name, header.places().keySet()).stream().map(Text::shown).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(path + ": no tensor " + Text.shown(name) + " among " + header.places().size()
          + (nearest.isEmpty() ? "" : ", nearest: " + nearest));
    }
    return place;
  }

  private Header.Place place(String name, Set<DType> expected) {
    Header.Place place = place(name);
    if (!expected.contains(place.info().dtype())) {
      String types = expected.stream().map(DType::name).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(describe(place) + " is " + place.info().dtype() + ", expected " + types);
    }
    return place;
  }

  private int arrayLength(Header.Place place) {
    long elements = place.info().elements();
    if (elements > MAX_ARRAY) {
      throw new IllegalArgumentException(describe(place) + " has " + elements + " elements, expected at most " + MAX_ARRAY + " (an array)");
    }
    return (int) elements;
  }

  private String describe(Header.Place place) {
    return path + ": tensor " + Text.shown(place.info().name());
  }

  private void readFloats(Header.Place place, float[] out, int offset) throws IOException {
    DType dtype = place.info().dtype();
    stream(place, (in, at, count) -> Decode.floats(dtype, in, count, out, offset + at));
  }

  private interface Fits {
    boolean test(long value);
  }

  private interface Put {
    void put(int index, long value);
  }

  private void integers(Header.Place place, String expected, Fits fits, Put put) throws IOException {
    DType dtype = place.info().dtype();
    stream(place, (in, at, count) -> {
      for (int i = 0; i < count; i++) {
        long value = Decode.integer(dtype, in, i);
        if (dtype == DType.U64 && value < 0 || !fits.test(value)) {
          throw new IllegalArgumentException(describe(place) + ", element " + (at + i) + " = "
              + (dtype == DType.U64 ? Long.toUnsignedString(value) : value) + " (" + dtype + "), expected " + expected);
        }
        if (dtype == DType.BOOL && value > 1) {
          throw new MalformedFileException(path, "tensor " + Text.shown(place.info().name()) + ", element " + (at + i) + " = " + value
              + " (BOOL), expected 0 or 1");
        }
        put.put(at + i, value);
      }
    });
  }

  /** Takes {@code count} elements, at the start of a little-endian buffer, which are the tensor's from {@code at} on. */
  private interface Sink {
    void take(ByteBuffer in, int at, int count) throws IOException;
  }

  private void stream(Header.Place place, Sink sink) throws IOException {
    int width = place.info().dtype().bytes();
    long bytes = place.end() - place.begin();
    if (bytes == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer buffer = arena.allocate(Math.min(bytes, CHUNK), Long.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      for (long done = 0; done < bytes; done += buffer.limit()) {
        buffer.clear().limit((int) Math.min(CHUNK, bytes - done));
        fill(path, channel, buffer, dataStart + place.begin() + done);
        sink.take(buffer.flip(), (int) (done / width), buffer.limit() / width);
      }
    }
  }

  private static void fill(Path path, FileChannel channel, ByteBuffer buffer, long position) throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position + buffer.position());
      if (read < 0) {
        throw new MalformedFileException(path, "ended at byte " + channel.size() + ", expected " + (position + buffer.limit())
            + " (it was longer when it was opened)");
      }
    }
  }
}
