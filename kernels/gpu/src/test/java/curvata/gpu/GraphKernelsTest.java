package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.device.Call;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.reduce.Measure;
import curvata.kernels.update.SgdUpdate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Our kernels between somebody else's, in their graph. */
class GraphKernelsTest {
  private static final int N = 1021; // nothing is rounded up in arrays of others

  @BeforeAll
  static void aDeviceIsThere() {
    Devices.find("gpu");
  }

  static void gradientOfHalfSquare(FloatArray theta, FloatArray g) {
    for (@Parallel
    int i = 0; i < theta.getSize(); i++) {
      g.set(i, theta.get(i));
    }
  }

  static void negate(FloatArray theta) {
    for (@Parallel
    int i = 0; i < theta.getSize(); i++) {
      theta.set(i, -theta.get(i));
    }
  }

  @Test
  void theirTaskOursAndTheirsAgain() throws Exception {
    FloatArray theta = new FloatArray(N);
    FloatArray g = new FloatArray(N);
    DoubleArray norm = new DoubleArray(1);
    for (int i = 0; i < N; i++) {
      theta.set(i, i);
    }
    TaskGraph graph = new TaskGraph("theirs").transferToDevice(DataTransferMode.FIRST_EXECUTION, theta)
        .task("gradient", GraphKernelsTest::gradientOfHalfSquare, theta, g);
    GridScheduler grids = new GridScheduler();
    GraphKernels ours = new GraphKernels(graph, grids);
    Program words = ours.program();
    DeviceBuffer sharedTheta = ours.share("theta", theta);
    Segments whole = Segments.of(N);
    Call<SgdUpdate.Scalars> sgd = words.update(SgdUpdate.PLAIN, whole, sharedTheta, ours.share("g", g));
    words.measure(List.of(Measure.sumOfSquares("norm", "x")), new boolean[1], Map.of("x", sharedTheta), whole, ours.share("norm", norm), 1);
    ours.append();
    graph.task("negate", GraphKernelsTest::negate, theta).transferToHost(DataTransferMode.EVERY_EXECUTION, theta, norm);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      TornadoExecutionPlan run = plan.withGridScheduler(grids).withCompilerFlags(TornadoVMBackendType.OPENCL, GraphKernels.OPENCL_FLAGS);
      float factor = 1;
      for (float lr : new float[] {0.5f, 0.75f, 0.5f}) {
        sgd.set(new SgdUpdate.Scalars(lr, 0, 0, 0, 0, 0));
        ours.send();
        run.execute();
        factor *= -(1 - lr);
        double squares = 0;
        for (int i = 0; i < N; i++) {
          assertThat(theta.get(i)).as("theta[%d]", i).isEqualTo(i * factor);
          squares += (double) (i * factor) * (i * factor);
        }
        assertThat(norm.get(0)).isEqualTo(squares);
      }
    }
  }

  @Test
  void whatCannotWorkIsRefused() {
    GraphKernels ours = new GraphKernels(new TaskGraph("refused"), new GridScheduler());
    DeviceBuffer x = ours.share("x", new FloatArray(10));
    DeviceBuffer y = ours.share("y", new FloatArray(9));
    assertThatThrownBy(() -> ours.share("x", new FloatArray(1))).hasMessageContaining("a name not used before");
    assertThatThrownBy(() -> ours.program().update(SgdUpdate.PLAIN, Segments.of(10), x, y))
        .hasMessageContaining("sgd.g.size = 9, expected at least 10");
    assertThatThrownBy(() -> ours.program().run()).isInstanceOf(IllegalStateException.class).hasMessageContaining("plan");
  }
}
