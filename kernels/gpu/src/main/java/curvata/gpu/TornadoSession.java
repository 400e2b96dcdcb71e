package curvata.gpu;

import curvata.kernels.Checks;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.DeviceFailedException;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.device.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;

/** A session: one execution plan of TornadoVM, made at the first run. */
final class TornadoSession implements Session {
  final GpuDevice device;
  final Map<String, TornadoBuffer> buffers = new LinkedHashMap<>();
  final List<TornadoProgram> programs = new ArrayList<>();
  boolean profiled; // set before the first run: TornadoVM then counts bytes, and waits for every event
  private final Map<String, TornadoBuffer> shared = new HashMap<>();
  private final Map<Segments, DeviceBuffer> owners = new IdentityHashMap<>();
  private final Thread thread = Thread.currentThread();
  private Plan plan;
  private Throwable broken; // what a run ended with; null while all went well
  private boolean closed;
  private long executions;
  private long tasks;

  TornadoSession(GpuDevice device) {
    this.device = device;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public DeviceBuffer buffer(String name, DeviceBuffer.Kind kind, int size) {
    return declare(name, kind, size, false, true);
  }

  @Override
  public DeviceBuffer input(String name, DeviceBuffer.Kind kind, int size) {
    return declare(name, kind, size, true, true);
  }

  /** A resident buffer for what kernels hand to each other; its content at the start is arbitrary. */
  TornadoBuffer scratch(String name, DeviceBuffer.Kind kind, int size) {
    return declare(name + "#" + buffers.size(), kind, size, false, false);
  }

  /** What the device could never hold is refused before memory of the host is taken for it; what other sessions hold by then is not known yet. */
  private TornadoBuffer declare(String name, DeviceBuffer.Kind kind, int size, boolean input, boolean cleared) {
    long bytes = bytes() + TornadoBuffer.bytes(kind, size);
    if (device != null && bytes > device.memory()) {
      throw outOfMemory(bytes, buffers.size() + 1, 0, null);
    }
    return add(new TornadoBuffer(this, name, kind, size, input, cleared));
  }

  /** A resident buffer for all that ask for this name, kind and size. */
  TornadoBuffer shared(String name, DeviceBuffer.Kind kind, int size) {
    return shared.computeIfAbsent(name + " " + kind + " " + size, key -> scratch(name, kind, size));
  }

  /** A resident buffer for all that ask for this content. */
  TornadoBuffer constants(String name, DeviceBuffer.Kind kind, int size, Object values, String content) {
    return shared.computeIfAbsent(kind + " " + content, key -> {
      TornadoBuffer buffer = scratch(name, kind, size);
      buffer.write(values, 0);
      return buffer;
    });
  }

  /** For each layout one table: which tensor owns each stretch of elements. */
  DeviceBuffer owners(TornadoProgram program, Segments segments) {
    return owners.computeIfAbsent(segments, s -> program.table("owners", ownersOf(s)));
  }

  private static int[] ownersOf(Segments segments) {
    int[] owners = new int[segments.size() / Segments.ALIGNMENT];
    for (int i = 0; i < segments.count(); i++) {
      int from = segments.offset(i) / Segments.ALIGNMENT;
      Arrays.fill(owners, from, from + (segments.length(i) + Segments.ALIGNMENT - 1) / Segments.ALIGNMENT, i);
    }
    return owners;
  }

  TornadoBuffer add(TornadoBuffer buffer) {
    requireOpen();
    requireRecording();
    Checks.that(!buffers.containsKey(buffer.name()), "buffer", "\"" + buffer.name() + "\"", "a name not used before");
    buffers.put(buffer.name(), buffer);
    return buffer;
  }

  @Override
  public Program program(String name) {
    requireOpen();
    requireRecording();
    for (TornadoProgram program : programs) {
      Checks.that(!program.name.equals(name), "program", "\"" + name + "\"", "a name not used before");
    }
    TornadoProgram program = new TornadoProgram(this, name, programs.size());
    programs.add(program);
    return program;
  }

  void requireRecording() {
    if (plan != null) {
      throw new IllegalStateException("the session is frozen by its first run, expected everything to be declared before");
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed, expected open");
    }
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "the session belongs to thread \"" + thread.getName() + "\", expected use by it and not by \"" + Thread.currentThread().getName() + "\"");
    }
  }

  void run(TornadoProgram program) {
    requireOpen();
    if (device == null) {
      throw new IllegalStateException("the words of a graph's program are run by the graph's plan, expected plan.execute()");
    }
    if (plan == null) {
      freeze();
    }
    try {
      tasks += plan.run(program);
    } catch (RuntimeException | Error e) {
      broken = e;
      throw failure(e, "program \"" + program.name + "\"", device.taken() - bytes());
    }
    executions = plan.executions();
  }

  private void freeze() {
    if (buffers.isEmpty()) {
      throw new IllegalStateException("the session has no buffers, expected at least one before a program runs");
    }
    TornadoBuffer largest = Collections.max(buffers.values(), Comparator.comparingLong(TornadoBuffer::bytes));
    if (largest.bytes() >= device.largest()) {
      throw new DeviceFailedException(
          device + " (" + device.name() + "): " + largest.bytes() + " bytes needed for buffer \"" + largest.name() + "\", expected fewer than "
              + device.largest() + ": that many at once it does not give");
    }
    long bytes = bytes();
    if (!device.take(bytes)) {
      throw outOfMemory(bytes, buffers.size(), device.taken(), null);
    }
    Plan made = null;
    try {
      made = new Plan(this);
      tasks += made.start();
    } catch (RuntimeException | Error e) { // TornadoVM's own are of both kinds
      device.give(bytes);
      closeAfter(e, made);
      throw failure(e, "the first run", device.taken());
    }
    plan = made;
  }

  /** One line for what TornadoVM threw; what ails the JVM itself stays as it is. */
  private RuntimeException failure(Throwable thrown, String what, long others) {
    if (Failure.outOfMemory(thrown)) {
      return outOfMemory(bytes(), buffers.size(), others, thrown);
    }
    if (thrown instanceof VirtualMachineError e) {
      throw e;
    }
    return thrown instanceof DeviceException e ? e : Failure.of(what, thrown);
  }

  private static void closeAfter(Throwable failure, Plan made) {
    try {
      if (made != null) {
        made.close();
      }
    } catch (RuntimeException | TornadoInternalError again) { // it stumbles over the buffer that it did not get
      failure.addSuppressed(again);
    }
  }

  /** Bytes that the last execution moved up and down. */
  long[] moved() {
    return plan.moved();
  }

  /** Kernels that the last execution ran, as TornadoVM's profiler has it. */
  long launched() {
    return plan.launched();
  }

  private DeviceFailedException outOfMemory(long bytes, int count, long taken, Throwable cause) {
    String others = taken == 0 ? "" : " less the " + taken + " of other sessions";
    return new DeviceFailedException(
        device + " (" + device.name() + "): " + bytes + " bytes needed for " + count + " buffers, expected at most " + device.memory() + others + "; "
            + device.reason(),
        cause);
  }

  /** Before the host writes a part of a buffer: what the device has made of the rest must not be lost. */
  void beforeWrite(TornadoBuffer whole) {
    requireOpen();
    if (plan != null && !whole.input && !whole.written) {
      plan.fetch(whole, 0, whole.size());
    }
  }

  void afterWrite(TornadoBuffer whole) {
    whole.written = true;
  }

  /** Brings a stretch of the array of the host up to date. */
  void fetch(TornadoBuffer whole, int offset, int size) {
    requireOpen();
    if (plan != null && !whole.written && size > 0) {
      plan.fetch(whole, offset, size);
    }
  }

  @Override
  public long bytes() {
    return buffers.values().stream().mapToLong(TornadoBuffer::bytes).sum() + programs.stream().mapToLong(TornadoProgram::bytes).sum();
  }

  @Override
  public long executions() {
    return executions;
  }

  @Override
  public long tasks() {
    return tasks;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireOpen();
    closed = true;
    if (plan != null) {
      device.give(bytes());
      if (broken != null) {
        closeAfter(broken, plan);
      } else {
        plan.close();
      }
    }
  }
}
