package curvata.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The execution plan behind a session.
 *
 * <p>Graph 0 is the home of all resident buffers: running it allocates and uploads them. Each input that several programs share has a graph that uploads
 * it; an input of one program alone travels with that program. Every other graph takes over, from whichever graph ran before it, all buffers that it is
 * not the home of: TornadoVM then hands on pointers, and programs may run in any order.
 */
final class Plan {
  /** Without -cl-fast-relaxed-math, TornadoVM's default: NaN and infinity must propagate and divisions keep their 2.5 ulp. */
  static final String OPENCL_FLAGS = "-w";
  private static final String TOTALS = "\"TOTAL_TASK_GRAPH_TIME\"";
  private static final Pattern LAUNCHED = Pattern.compile("\"TASK_KERNEL_TIME\"");
  private static final int RENEWED_AFTER = 1 << 14; // executions; TornadoVM keeps an object for each

  private final TornadoSession session;
  private final List<Recorder> programs = new ArrayList<>();
  private final List<TornadoBuffer> shared = new ArrayList<>();
  private final TornadoExecutionPlan root;
  private TornadoExecutionPlan selected;
  private TornadoExecutionResult result;
  private int graph = -1;
  private int sinceSelected;
  private long executions;

  Plan(TornadoSession session) {
    this.session = session;
    GridScheduler grids = new GridScheduler();
    for (TornadoProgram program : session.programs) {
      Recorder recorder = new Recorder(program, new TaskGraph("program" + program.index), grids);
      program.recordInto(recorder);
      programs.add(recorder);
    }
    for (TornadoBuffer buffer : session.buffers.values()) {
      if (buffer.input && programs.stream().filter(p -> p.uses(buffer)).count() != 1) {
        shared.add(buffer);
      }
    }
    List<ImmutableTaskGraph> graphs = new ArrayList<>();
    graphs.add(home());
    shared.forEach(b -> graphs.add(upload(b)));
    programs.forEach(p -> graphs.add(program(p)));
    root = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
    root.withDevice(session.device.device);
    root.withCompilerFlags(TornadoVMBackendType.OPENCL, OPENCL_FLAGS);
    if (!grids.keySet().isEmpty()) {
      root.withGridScheduler(grids);
    }
    if (session.profiled) {
      root.withProfiler(ProfilerMode.SILENT);
    }
  }

  private boolean resident(TornadoBuffer buffer) {
    return !buffer.input;
  }

  private Object[] handedOn(TornadoBuffer except) {
    return session.buffers.values().stream().filter(b -> b != except && (resident(b) || shared.contains(b))).map(b -> b.array).toArray();
  }

  private ImmutableTaskGraph home() {
    TaskGraph graph = new TaskGraph("home");
    Object[] residents = session.buffers.values().stream().filter(this::resident).map(b -> b.array).toArray();
    graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, residents);
    Touch.all(graph, residents);
    graph.transferToHost(DataTransferMode.UNDER_DEMAND, residents);
    return graph.snapshot();
  }

  private ImmutableTaskGraph upload(TornadoBuffer buffer) {
    TaskGraph graph = new TaskGraph("upload" + shared.indexOf(buffer));
    graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, buffer.array);
    graph.consumeFromDevice(handedOn(buffer));
    Touch.all(graph, buffer.array);
    graph.transferToHost(DataTransferMode.UNDER_DEMAND, buffer.array);
    return graph.snapshot();
  }

  private ImmutableTaskGraph program(Recorder recorder) {
    List<Object> own = new ArrayList<>();
    session.buffers.values().stream().filter(b -> b.input && !shared.contains(b) && recorder.uses(b)).forEach(b -> own.add(b.array));
    TornadoNativeArray scalars = recorder.program.scalars();
    if (scalars != null) {
      own.add(scalars);
    }
    if (!own.isEmpty()) {
      recorder.graph().transferToDevice(DataTransferMode.EVERY_EXECUTION, own.toArray());
    }
    recorder.graph().consumeFromDevice(handedOn(null));
    return recorder.graph().snapshot();
  }

  /** Allocates and uploads everything; returns the number of tasks. */
  long start() {
    return load();
  }

  /** Residents and shared inputs go up as they are on the host. */
  private long load() {
    execute(0, "the upload of all buffers");
    session.buffers.values().forEach(b -> b.written = false);
    for (int i = 0; i < shared.size(); i++) {
      execute(1 + i, "the upload of \"" + shared.get(i).name() + "\"");
    }
    return 1L + shared.size();
  }

  /** Runs a program with what the host has written since; returns the number of tasks. */
  long run(TornadoProgram program) {
    long tasks = sendWritten();
    if (program.tasks() == 0) { // TornadoVM cannot run a graph without tasks
      return tasks;
    }
    program.sendScalars();
    execute(1 + shared.size() + program.index, "program \"" + program.name + "\"");
    return tasks + program.tasks();
  }

  private long sendWritten() {
    boolean residentWritten = false;
    for (TornadoBuffer b : session.buffers.values()) {
      residentWritten |= b.written && resident(b);
    }
    if (residentWritten) {
      for (TornadoBuffer b : session.buffers.values()) {
        if (resident(b) && !b.written) {
          fetch(b, 0, b.size());
        }
      }
      return load();
    }
    long tasks = 0;
    for (int i = 0; i < shared.size(); i++) {
      if (shared.get(i).written) {
        execute(1 + i, "the upload of \"" + shared.get(i).name() + "\"");
        shared.get(i).written = false;
        tasks++;
      }
    }
    return tasks;
  }

  private void execute(int index, String what) {
    select(index);
    try {
      result = selected.execute();
    } catch (RuntimeException | Error e) { // TornadoVM's own are of both kinds
      if (Failure.outOfMemory(e) || e instanceof VirtualMachineError) {
        throw e;
      }
      throw Failure.of(what, e);
    }
    executions++;
    sinceSelected++;
  }

  private void select(int index) {
    if (graph != index || sinceSelected > RENEWED_AFTER) {
      selected = root.withGraph(index);
      graph = index;
      sinceSelected = 0;
    }
  }

  /** Brings a stretch of a buffer's array on the host up to date. */
  void fetch(TornadoBuffer buffer, int offset, int size) {
    if (result == null || size == 0) {
      return;
    }
    if (resident(buffer)) {
      select(0);
    } else if (shared.contains(buffer)) {
      select(1 + shared.indexOf(buffer));
    } else {
      for (int i = 0; i < programs.size(); i++) {
        if (programs.get(i).uses(buffer)) {
          select(1 + shared.size() + i);
        }
      }
    }
    // Always as a range: TornadoVM remembers the size of the last one and would take it for the whole.
    result.transferToHost(new DataRange(buffer.array).withOffset(offset).withSize(size));
  }

  long executions() {
    return executions;
  }

  /** Bytes that the last execution moved up and down, by TornadoVM's own count; the session must be profiled. */
  long[] moved() {
    return new long[] {result.getProfilerResult().getTotalBytesCopyIn(), result.getProfilerResult().getTotalBytesCopyOut()};
  }

  /** Kernels that the last execution ran, by TornadoVM's profile; the session must be profiled. */
  long launched() {
    String log = result.getProfilerResult().getProfileLog(); // of all executions so far, each with its totals first
    return LAUNCHED.matcher(log.substring(log.lastIndexOf(TOTALS))).results().count();
  }

  void close() {
    try {
      root.withAllGraphs().close();
    } catch (TornadoExecutionPlanException e) {
      throw Failure.of("freeing the memory", e);
    }
  }
}
