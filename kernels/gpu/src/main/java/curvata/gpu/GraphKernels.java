package curvata.gpu;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Program;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Our kernels in a task graph of your own, over arrays of your own.
 *
 * <pre>{@code
 * GraphKernels ours = new GraphKernels(graph, grids);
 * Program words = ours.program();
 * Call<AdamWUpdate.Scalars> adamw =
 *     words.update(AdamWUpdate.KERNEL, Segments.of(n), ours.share("theta", theta), ours.share("g", g), ours.share("m", m), ours.share("v", v));
 * ours.append();                                    // behind the tasks that are in the graph by now
 * …
 * adamw.set(scalars);
 * ours.send();
 * plan.execute();                                   // of plan.withGridScheduler(grids)
 * }</pre>
 *
 * <p>Every word of {@link Program} can be recorded. Which of your arrays travel when is yours to say ({@code transferToDevice}, {@code transferToHost});
 * scratch and tables of ours stay on the device, and the scalars of all our kernels travel in one small array with every execution. TornadoVM's default
 * flags let OpenCL relax arithmetic; for the bounds that our kernels state, give the plan {@link #OPENCL_FLAGS} with {@code withCompilerFlags}. Belongs
 * to one thread, as the plan does.
 *
 * <p>Start the JVM with {@code -Dtornado.recover.bailout=False}, without which a graph that does not compile silently leaves wrong numbers behind, and
 * {@code -Dtornado.enable.nativeFunctions=False}, without which roots on OpenCL are of unknown accuracy: the constructor insists on both. Graphs of more
 * than about twenty kernels also need {@code -Dtornado.tvm.maxbytecodesize=262144}; without it their execution throws. All are flags of the JVM, read when
 * TornadoVM starts.
 *
 * <p>What is recorded is fixed, random numbers included: each execution of the plan writes those that {@link Program#rademacher} and
 * {@link Program#gaussian} were recorded with.
 */
public final class GraphKernels {
  /** Compiler flags for OpenCL under which the bounds of our kernels hold: {@value}. */
  public static final String OPENCL_FLAGS = Plan.OPENCL_FLAGS;

  private final TaskGraph graph;
  private final GridScheduler grids;
  private final TornadoSession session = new TornadoSession(null);
  private final List<DeviceBuffer> shared = new ArrayList<>();
  private final List<TornadoProgram> appended = new ArrayList<>();
  private TornadoProgram current;
  private int parts;
  private int given;

  /**
   * For a graph and the grids that its plan will have.
   *
   * @param graph not yet taken a snapshot of
   * @param grids where our kernels put theirs, beside yours
   * @throws DeviceException if the JVM runs without a flag of TornadoVM's that results depend on; the line names it
   */
  public GraphKernels(TaskGraph graph, GridScheduler grids) {
    String missing = Unavailable.flags();
    if (missing != null) {
      throw new DeviceException("TornadoVM: " + missing);
    }
    this.graph = graph;
    this.grids = grids;
  }

  /**
   * An array of yours as words take it.
   *
   * @param array a FloatArray, an IntArray or a DoubleArray
   * @throws IllegalArgumentException if the name is taken or the array is none of these
   */
  public DeviceBuffer share(String name, TornadoNativeArray array) {
    DeviceBuffer buffer = session.add(new TornadoBuffer(session, name, array));
    shared.add(buffer);
    return buffer;
  }

  /** Where words are recorded until the next {@link #append}; it cannot be run, the graph's plan runs it. */
  public Program program() {
    if (current == null) {
      current = (TornadoProgram) session.program("part" + parts++);
    }
    return current;
  }

  /** Adds what was recorded to the graph, behind the tasks that are there. */
  public void append() {
    if (current == null) {
      return;
    }
    current.recordInto(new Recorder(current, graph, grids));
    if (current.scalars() != null) {
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, current.scalars());
    }
    List<TornadoBuffer> all = List.copyOf(session.buffers.values());
    for (TornadoBuffer buffer : all.subList(given, all.size())) {
      if (!shared.contains(buffer)) {
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, buffer.array);
      }
    }
    given = all.size();
    appended.add(current);
    current = null;
  }

  /** Makes the scalars that were set travel with the next execution. */
  public void send() {
    appended.forEach(TornadoProgram::sendScalars);
  }
}
