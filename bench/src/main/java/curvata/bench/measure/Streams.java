package curvata.bench.measure;

import curvata.kernels.Kernel.Access;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads and writes arrays as a kernel does, without its arithmetic: how fast the memory of this machine lets any such kernel be.
 *
 * <p>Arrays that a kernel updates keep their bits, those that it only writes get zeros; a few vectors at the end of a range are left out.
 */
public final class Streams implements Work, Threads.Task {
  /** How many arrays are only read, updated, only written. */
  record Shape(int reads, int updates, int writes) {}

  /** The loop over all streams of a shape: arrays read, then updated, then written. */
  interface Loop {
    int run(float[][] arrays, int from, int to, int zero);
  }

  private static final int PART = 16_384;
  private static final int FIRST_LINE = 12; // floats in the first cache line of an array that begins one, as G1 places large arrays
  private static final int LARGE = 1 << 17;
  private static final Map<Shape, Loop> LOOPS = new ConcurrentHashMap<>();

  private static int zero; // not a constant, so that nothing is compiled away
  private static int sink;

  private final Loop loop;
  private final float[][] arrays;
  private final int n;
  private final boolean allThreads;

  private Streams(Shape shape, float[][] arrays, int n, boolean allThreads) {
    this.loop = LOOPS.computeIfAbsent(shape, Streams::load);
    this.arrays = arrays;
    this.n = n;
    this.allThreads = allThreads;
  }

  /** Whether this process can run such loops: they need the Vector API, whatever the kernels' backend is. */
  public static boolean available() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** The streams of a kernel's operands over its arrays, on this thread. */
  public static Streams of(List<Operand> operands, float[][] arrays, int n) {
    return of(operands, arrays, n, false);
  }

  /** The streams of a kernel's operands, on this thread or spread over all as an optimizer's step is. */
  static Streams of(List<Operand> operands, float[][] arrays, int n, boolean allThreads) {
    List<Integer> order = new ArrayList<>();
    for (int o = 0; o < arrays.length; o++) {
      order.add(o);
    }
    order.sort(Comparator.comparing(o -> List.of(Access.READ, Access.UPDATE, Access.WRITE).indexOf(operands.get(o).access())));
    Shape shape = new Shape(count(operands, Access.READ), count(operands, Access.UPDATE), count(operands, Access.WRITE));
    return new Streams(shape, order.stream().map(o -> arrays[o]).toArray(float[][]::new), n, allThreads);
  }

  private static int count(List<Operand> operands, Access access) {
    return (int) operands.stream().filter(o -> o.access() == access).count();
  }

  /** Bytes of one element's streams. */
  static int bytes(List<Operand> operands) {
    return 4 * (count(operands, Access.READ) + 2 * count(operands, Access.UPDATE) + count(operands, Access.WRITE));
  }

  private static Loop load(Shape shape) {
    if (shape.reads > 4 || shape.updates > 5 || shape.writes > 2) {
      throw new IllegalArgumentException(shape + ", expected at most 4 reads, 5 updates and 2 writes: StreamsLoop needs more streams");
    }
    try (InputStream in = Streams.class.getResourceAsStream("StreamsLoop.class")) {
      Class<?> loop = MethodHandles.lookup().defineHiddenClassWithClassData(in.readAllBytes(), shape, true).lookupClass();
      return (Loop) loop.getDeclaredConstructor().newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void run() {
    if (allThreads) {
      Threads.run(this, (n + PART - 1) / PART, n);
    } else {
      range(0, n);
    }
  }

  @Override
  public void run(int part, int worker) {
    range(part * PART, Math.min(n, (part + 1) * PART));
  }

  private void range(int from, int to) {
    int aligned = arrays[0].length < LARGE ? from : from + (FIRST_LINE - from & 15);
    sink = loop.run(arrays, aligned, to, zero);
  }
}
