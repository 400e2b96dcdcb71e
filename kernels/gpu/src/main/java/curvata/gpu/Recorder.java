package curvata.gpu;

import curvata.kernels.device.DeviceBuffer;
import java.util.HashSet;
import java.util.Set;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Where the words of a program put their tasks when the session freezes: one task graph, and who uses which buffer. */
public final class Recorder {
  final TornadoProgram program;
  private final TaskGraph graph;
  private final GridScheduler grids;
  private final KernelContext context = new KernelContext();
  private final Set<TornadoBuffer> used = new HashSet<>();
  private boolean contextUsed;
  private int tasks;

  Recorder(TornadoProgram program, TaskGraph graph, GridScheduler grids) {
    this.program = program;
    this.graph = graph;
    this.grids = grids;
  }

  /** The graph to add tasks to. */
  public TaskGraph graph() {
    return graph;
  }

  /** The context to hand to kernels that take one. */
  public KernelContext context() {
    contextUsed = true;
    return context;
  }

  /** Declares what all tasks share: an object that is not declared as an input TornadoVM does not free. */
  void finish() {
    if (contextUsed) {
      graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, context);
    }
  }

  /** The floats behind a buffer or slice; a kernel adds the slice's offset itself. */
  public FloatArray floats(DeviceBuffer buffer) {
    return (FloatArray) use(buffer).array;
  }

  /** The doubles behind a buffer or slice. */
  public DoubleArray doubles(DeviceBuffer buffer) {
    return (DoubleArray) use(buffer).array;
  }

  /** The integers behind a buffer or slice. */
  public IntArray ints(DeviceBuffer buffer) {
    return (IntArray) use(buffer).array;
  }

  private TornadoBuffer use(DeviceBuffer buffer) {
    TornadoBuffer whole = ((TornadoBuffer) buffer).whole;
    used.add(whole);
    return whole;
  }

  boolean uses(TornadoBuffer whole) {
    return used.contains(whole);
  }

  int tasks() {
    return tasks;
  }

  /** The name of a new task that runs on at least {@code threads} threads, rounded up to groups of {@code group}: its kernel guards the rest. */
  public String task(String kernel, int threads, int group) {
    WorkerGrid grid = new WorkerGrid1D((threads + group - 1) / group * group);
    grid.setLocalWork(group, 1, 1);
    return task(kernel, grid);
  }

  /** The name of a new task on a plane of threads, rounded up to groups of {@code groupX} × {@code groupY}. */
  public String task(String kernel, int threadsX, int threadsY, int groupX, int groupY) {
    WorkerGrid grid = new WorkerGrid2D((threadsX + groupX - 1) / groupX * groupX, (threadsY + groupY - 1) / groupY * groupY);
    grid.setLocalWork(groupX, groupY, 1);
    return task(kernel, grid);
  }

  private String task(String kernel, WorkerGrid grid) {
    String name = kernel + "_" + program.index + "_" + tasks++;
    grids.addWorkerGrid(graph.getTaskGraphName() + "." + name, grid);
    return name;
  }
}
