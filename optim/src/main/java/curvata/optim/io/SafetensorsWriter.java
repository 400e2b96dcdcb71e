package curvata.optim.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Collects metadata and tensors and writes them as one safetensors file, whole or not at all.
 *
 * <pre>{@code
 * new SafetensorsWriter()
 *     .metadata("activation", "tanh")
 *     .add("layer0.weight", new int[] {64, 32}, weight)
 *     .addLongs("step", new int[] {}, new long[] {step})
 *     .write(Path.of("model.safetensors"));
 * }</pre>
 *
 * <p>Arrays are not copied: they must not change until {@link #write} returns. The bytes written depend on the calls alone, so the same
 * calls give the same file. Tensors lie by descending element size, those of one size in the order they were added, which aligns each to
 * its size (as the format's reference implementation does). Values are stored bit for bit, NaN included;
 * floats that are asked to be F16 or BF16 are rounded.
 *
 * <p>Cost: one pass through 1 MiB of buffer; no copy of the data. Not safe for use by two threads at once; may be written more than once.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The safetensors format</a>
 */
public final class SafetensorsWriter {
  private static final int CHUNK = 1 << 20;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Puts {@code count} elements from {@code from} on at the start of a little-endian buffer. */
  private interface Source {
    void put(ByteBuffer out, int from, int count);
  }

  private record Tensor(TensorInfo info, Source source) {}

  /** A writer without metadata and tensors. */
  public SafetensorsWriter() {}

  /**
   * Adds a string to {@code __metadata__}, behind those added before.
   *
   * @throws IllegalArgumentException if the key was added before, or key or value has a surrogate without its partner
   */
  public SafetensorsWriter metadata(String key, String value) {
    requireUnicode("metadata key", key);
    requireUnicode("metadata value of " + Text.shown(key), value);
    if (metadata.containsKey(key)) {
      throw new IllegalArgumentException("metadata key " + Text.shown(key) + " was added before, expected each key once");
    }
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds an F32 tensor: the whole array.
   *
   * @param shape dimensions, row-major; empty for a scalar
   * @throws IllegalArgumentException if the name is empty, reserved or was added before, or the array's length is not the shape's size
   */
  public SafetensorsWriter add(String name, int[] shape, float[] data) {
    return add(name, DType.F32, shape, data);
  }

  /**
   * Adds a tensor of floats stored as F32, bit for bit, or as F16 or BF16, rounded to the nearest, ties to even ({@link DType#nearest}): the whole array.
   *
   * @throws IllegalArgumentException as {@link #add(String, int[], float[])}, or if the type is another
   */
  public SafetensorsWriter add(String name, DType dtype, int[] shape, float[] data) {
    TensorInfo info = info(name, dtype, shape, Objects.requireNonNull(data, "data").length);
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalArgumentException("dtype of tensor " + Text.shown(name) + " = " + dtype + ", expected F32, F16 or BF16");
    }
    return add(info, (out, from, count) -> Encode.floats(dtype, data, from, count, out));
  }

  /**
   * Adds an F32 tensor: as many elements of the array as the shape has, from {@code offset} on.
   *
   * @throws IllegalArgumentException if the name is empty, reserved or was added before, or the array ends before the shape does
   */
  public SafetensorsWriter add(String name, int[] shape, float[] data, int offset) {
    if (offset < 0 || offset > Objects.requireNonNull(data, "data").length) {
      throw new IllegalArgumentException("offset = " + offset + " of tensor " + Text.shown(name) + ", expected 0 <= offset <= " + data.length
          + " (data.length)");
    }
    long elements = TensorInfo.size(longs(shape), 1);
    TensorInfo info = info(name, DType.F32, shape, Math.min(elements, data.length - offset));
    return add(info, (out, from, count) -> Encode.floats(DType.F32, data, offset + from, count, out));
  }

  /**
   * Adds an F64 tensor: the whole array.
   *
   * @throws IllegalArgumentException as {@link #add(String, int[], float[])}
   */
  public SafetensorsWriter addDoubles(String name, int[] shape, double[] data) {
    TensorInfo info = info(name, DType.F64, shape, Objects.requireNonNull(data, "data").length);
    return add(info, (out, from, count) -> out.asDoubleBuffer().put(data, from, count));
  }

  /**
   * Adds an I32 tensor: the whole array.
   *
   * @throws IllegalArgumentException as {@link #add(String, int[], float[])}
   */
  public SafetensorsWriter addInts(String name, int[] shape, int[] data) {
    TensorInfo info = info(name, DType.I32, shape, Objects.requireNonNull(data, "data").length);
    return add(info, (out, from, count) -> out.asIntBuffer().put(data, from, count));
  }

  /**
   * Adds an I64 tensor: the whole array.
   *
   * @throws IllegalArgumentException as {@link #add(String, int[], float[])}
   */
  public SafetensorsWriter addLongs(String name, int[] shape, long[] data) {
    TensorInfo info = info(name, DType.I64, shape, Objects.requireNonNull(data, "data").length);
    return add(info, (out, from, count) -> out.asLongBuffer().put(data, from, count));
  }

  /**
   * Writes the file: to a temporary one in the same directory, synced, renamed over {@code path}, directory synced where the system can.
   *
   * <p>On any failure the temporary file is deleted and a file that was at {@code path} is as before. A symbolic link at {@code path} is
   * replaced, not followed.
   *
   * @throws IOException in one line, {@code path: cannot be written, reason}
   * @throws IllegalStateException if the header would exceed the format's limit of 100 MB
   */
  public void write(Path path) throws IOException {
    List<Tensor> laidOut = new ArrayList<>(tensors.values());
    laidOut.sort(Comparator.comparingInt((Tensor t) -> t.info.dtype().bytes()).reversed());
    byte[] header = Header.encode(metadata, places(laidOut), Header.MAX_BYTES);
    AtomicFile.write(path, out -> {
      writeFully(out, ByteBuffer.wrap(header));
      writeData(out, laidOut);
    });
  }

  private static List<Header.Place> places(List<Tensor> tensors) {
    List<Header.Place> places = new ArrayList<>();
    long at = 0;
    for (Tensor tensor : tensors) {
      long end = Math.addExact(at, tensor.info.bytes());
      places.add(new Header.Place(tensor.info, at, end));
      at = end;
    }
    return places;
  }

  private static void writeData(FileChannel out, List<Tensor> tensors) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer buffer = arena.allocate(CHUNK, Long.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      for (Tensor tensor : tensors) {
        int elements = (int) tensor.info.elements();
        int width = tensor.info.dtype().bytes();
        for (int from = 0, count; from < elements; from += count) {
          count = Math.min(CHUNK / width, elements - from);
          tensor.source.put(buffer.clear(), from, count);
          writeFully(out, buffer.limit(count * width));
        }
      }
    }
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private SafetensorsWriter add(TensorInfo info, Source source) {
    tensors.put(info.name(), new Tensor(info, source));
    return this;
  }

  private TensorInfo info(String name, DType dtype, int[] shape, long available) {
    requireUnicode("name", name);
    if (name.equals(Header.METADATA)) {
      throw new IllegalArgumentException("name = " + Text.shown(name) + ", expected another: the format reserves it");
    }
    if (tensors.containsKey(name)) {
      throw new IllegalArgumentException("tensor " + Text.shown(name) + " was added before, expected each name once");
    }
    long[] dimensions = longs(shape);
    if (shape.length > Header.MAX_RANK) {
      throw new IllegalArgumentException("shape of tensor " + Text.shown(name) + " has " + shape.length + " dimensions, expected at most "
          + Header.MAX_RANK);
    }
    TensorInfo info = new TensorInfo(name, dtype, dimensions);
    if (info.elements() != available) {
      throw new IllegalArgumentException("data of tensor " + Text.shown(name) + " has " + available + " elements, expected " + info.elements()
          + " (shape " + Arrays.toString(shape) + ")");
    }
    return info;
  }

  private static long[] longs(int[] shape) {
    return Arrays.stream(Objects.requireNonNull(shape, "shape")).asLongStream().toArray();
  }

  private static void requireUnicode(String what, String string) {
    Objects.requireNonNull(string, what);
    if (!Text.isUnicode(string)) {
      throw new IllegalArgumentException(what + " = " + Text.shown(string) + ", expected no surrogate without its partner");
    }
  }
}
