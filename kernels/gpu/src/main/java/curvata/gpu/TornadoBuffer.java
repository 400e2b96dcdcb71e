package curvata.gpu;

import curvata.kernels.Checks;
import curvata.kernels.device.DeviceBuffer;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** An array of TornadoVM with its copy on the device, or a slice of one. */
final class TornadoBuffer implements DeviceBuffer {
  final TornadoSession session;
  final TornadoBuffer whole; // itself, if it is no slice
  final TornadoNativeArray array;
  final boolean input;
  boolean written; // by the host since it last travelled; of the whole
  private final String name;
  private final Kind kind;
  private final int offset;
  private final int size;

  TornadoBuffer(TornadoSession session, String name, Kind kind, int size, boolean input, boolean cleared) {
    Checks.that(size >= 0, name + ".size", size, ">= 0");
    this.session = session;
    this.name = name;
    this.kind = kind;
    this.size = size;
    this.input = input;
    whole = this;
    offset = 0;
    array = allocate(kind, Math.max(1, size));
    if (cleared) {
      array.getSegment().fill((byte) 0);
    }
  }

  /** An array of the caller's. */
  TornadoBuffer(TornadoSession session, String name, TornadoNativeArray array) {
    this.session = session;
    this.name = name;
    this.array = array;
    kind = switch (array) {
      case FloatArray a -> Kind.FLOAT;
      case IntArray a -> Kind.INT;
      case DoubleArray a -> Kind.DOUBLE;
      default -> throw new IllegalArgumentException(
          name + " = " + array.getClass().getSimpleName() + ", expected a FloatArray, an IntArray or a DoubleArray");
    };
    size = array.getSize();
    input = false;
    whole = this;
    offset = 0;
  }

  private TornadoBuffer(TornadoBuffer whole, int offset, int size) {
    session = whole.session;
    name = whole.name + "[" + offset + ", " + (offset + size) + ")";
    kind = whole.kind;
    input = whole.input;
    array = whole.array;
    this.whole = whole;
    this.offset = offset;
    this.size = size;
  }

  private static TornadoNativeArray allocate(Kind kind, int size) {
    return switch (kind) {
      case FLOAT -> new FloatArray(size);
      case INT -> new IntArray(size);
      case DOUBLE -> new DoubleArray(size);
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public int offset() {
    return offset;
  }

  @Override
  public int size() {
    return size;
  }

  long bytes() {
    return bytes(kind, size);
  }

  static long bytes(Kind kind, int size) {
    return Math.max(1L, size) * kind.bytes() + TornadoNativeArray.ARRAY_HEADER;
  }

  @Override
  public DeviceBuffer slice(int from, int count) {
    Checks.that(from >= 0 && count >= 0 && (long) from + count <= size, "slice", "[" + from + ", " + ((long) from + count) + ") of " + name,
        "within [0, " + size + ")");
    return new TornadoBuffer(whole, offset + from, count);
  }

  @Override
  public void write(Object from, int at) {
    session.beforeWrite(whole);
    MemorySegment source = segment("from", from, at);
    MemorySegment.copy(source, (long) at * kind.bytes(), array.getSegment(), (long) offset * kind.bytes(), (long) size * kind.bytes());
    session.afterWrite(whole);
  }

  @Override
  public void read(Object to, int at) {
    MemorySegment target = segment("to", to, at);
    session.fetch(whole, offset, size);
    MemorySegment.copy(array.getSegment(), (long) offset * kind.bytes(), target, (long) at * kind.bytes(), (long) size * kind.bytes());
  }

  private MemorySegment segment(String what, Object host, int at) {
    MemorySegment segment = switch (host) {
      case float[] a when kind == Kind.FLOAT -> MemorySegment.ofArray(a);
      case int[] a when kind == Kind.INT -> MemorySegment.ofArray(a);
      case double[] a when kind == Kind.DOUBLE -> MemorySegment.ofArray(a);
      case null -> throw new NullPointerException(what);
      default -> throw new IllegalArgumentException(
          what + " = " + host.getClass().getSimpleName() + ", expected an array of the kind " + kind + " for buffer \"" + name + "\"");
    };
    long length = segment.byteSize() / kind.bytes();
    Checks.that(at >= 0 && (long) at + size <= length, what + " from " + at, (long) at + size, "at most " + length + " elements for buffer \"" + name
        + "\"");
    return segment;
  }

  @Override
  public String toString() {
    return name + ": " + size + " " + kind;
  }
}
