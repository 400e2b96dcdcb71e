package curvata.gpu;

import curvata.gpu.update.AdaGradGpu;
import curvata.gpu.update.AdaHessianGpu;
import curvata.gpu.update.AdamGpu;
import curvata.gpu.update.AdamWGpu;
import curvata.gpu.update.LambGpu;
import curvata.gpu.update.LionGpu;
import curvata.gpu.update.MuonGpu;
import curvata.gpu.update.ScaleGpu;
import curvata.gpu.update.SgdGpu;
import curvata.gpu.update.SophiaGGpu;
import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Segments;
import curvata.kernels.update.AdaGradUpdate;
import curvata.kernels.update.AdaHessianUpdate;
import curvata.kernels.update.AdamUpdate;
import curvata.kernels.update.AdamWUpdate;
import curvata.kernels.update.LambUpdate;
import curvata.kernels.update.LionUpdate;
import curvata.kernels.update.MuonUpdate;
import curvata.kernels.update.Scale;
import curvata.kernels.update.SgdUpdate;
import curvata.kernels.update.SophiaGUpdate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task6;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task7;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Which element-wise kernel has which twin: one line each.
 *
 * <p>A twin is a static method with a {@code @Parallel} loop. It takes the scalars, where its first row begins, the distance from one tensor's row to the
 * next (0: one row for all), which tensor owns each stretch of elements, and then the operands of the kernel in their order.
 */
final class Twins {
  private static final Map<Kernel<?>, Twin> TWINS = new HashMap<>();
  private static final Map<MeasuringKernel<?>, MeasuringTwin> MEASURING = new HashMap<>();

  static {
    twin(AdaGradUpdate.KERNEL, AdaGradGpu::update);
    twin(AdaHessianUpdate.KERNEL, AdaHessianGpu::update);
    twin(AdaHessianUpdate.POWER, AdaHessianGpu::updatePower);
    twin(AdamUpdate.KERNEL, AdamGpu::update);
    twin(AdamUpdate.AMSGRAD, AdamGpu::updateMax);
    twin(AdamWUpdate.KERNEL, AdamWGpu::update);
    twin(AdamWUpdate.AMSGRAD, AdamWGpu::updateMax);
    measured(LambUpdate.APPLY, LambGpu::apply);
    MEASURING.put(LambUpdate.MOMENTS, LambGpu::recordMoments);
    twin(LionUpdate.KERNEL, LionGpu::update);
    twin(MuonUpdate.DIRECTION, MuonGpu::direction);
    twin(MuonUpdate.APPLY, MuonGpu::apply);
    twin(Scale.KERNEL, ScaleGpu::update);
    twin(SgdUpdate.PLAIN, SgdGpu::update);
    twin(SgdUpdate.MOMENTUM, SgdGpu::updateMomentum);
    twin(SophiaGUpdate.KERNEL, SophiaGGpu::update);
    twin(SophiaGUpdate.WITH_ESTIMATE, SophiaGGpu::updateEstimate);
  }

  /** Records the first pass of a two-pass update. */
  interface MeasuringTwin {
    /**
     * Records it.
     *
     * @param at where the scalars of the first tensor begin in {@link TornadoProgram#scalarArray}, {@code stride} apart
     */
    void record(
        TornadoProgram program, int at, int stride, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands);
  }

  /** What a twin's task is made of. */
  record Arguments(
      String task, FloatArray scalars, int at, int stride, IntArray owner, DoubleArray measures, int columns, int sums, FloatArray[] o) {}

  /** Adds a task to a graph. */
  record Twin(boolean measured, Adder adder) {
    void add(Recorder recorder, Arguments a) {
      adder.add(recorder, a);
    }
  }

  private interface Adder {
    void add(Recorder recorder, Arguments a);
  }

  private Twins() {}

  /** The names of the kernels that have a twin, in alphabetical order. */
  static List<String> names() {
    return Stream.concat(TWINS.keySet().stream().map(Kernel::name), MEASURING.keySet().stream().map(MeasuringKernel::name)).sorted().toList();
  }

  /** The twin of a kernel, by its identity. */
  static Twin of(Kernel<?> kernel) {
    Twin twin = TWINS.get(kernel);
    if (twin == null) {
      throw new DeviceException("kernel \"" + kernel.name() + "\" has no twin for devices, expected one of " + names());
    }
    return twin;
  }

  /** The twin of a first pass. */
  static MeasuringTwin of(MeasuringKernel<?> kernel) {
    MeasuringTwin twin = MEASURING.get(kernel);
    if (twin == null) {
      throw new DeviceException("kernel \"" + kernel.name() + "\" has no twin for devices, expected one of " + names());
    }
    return twin;
  }

  private static void measured(
      Kernel<?> kernel,
      Task10<FloatArray, Integer, Integer, IntArray, DoubleArray, Integer, Integer, FloatArray, FloatArray, FloatArray> code) {
    TWINS.put(kernel, new Twin(true, (r, a) -> r.graph().task(
        a.task, code, a.scalars, a.at, a.stride, a.owner, a.measures, a.columns, a.sums, a.o[0], a.o[1], a.o[2])));
  }

  private static void put(Kernel<?> kernel, Adder adder) {
    TWINS.put(kernel, new Twin(false, adder));
  }

  private static void twin(Kernel<?> kernel, Task5<FloatArray, Integer, Integer, IntArray, FloatArray> code) {
    put(kernel, (r, a) -> r.graph().task(a.task, code, a.scalars, a.at, a.stride, a.owner, a.o[0]));
  }

  private static void twin(Kernel<?> kernel, Task6<FloatArray, Integer, Integer, IntArray, FloatArray, FloatArray> code) {
    put(kernel, (r, a) -> r.graph().task(a.task, code, a.scalars, a.at, a.stride, a.owner, a.o[0], a.o[1]));
  }

  private static void twin(Kernel<?> kernel, Task7<FloatArray, Integer, Integer, IntArray, FloatArray, FloatArray, FloatArray> code) {
    put(kernel, (r, a) -> r.graph().task(a.task, code, a.scalars, a.at, a.stride, a.owner, a.o[0], a.o[1], a.o[2]));
  }

  private static void twin(Kernel<?> kernel, Task8<FloatArray, Integer, Integer, IntArray, FloatArray, FloatArray, FloatArray, FloatArray> code) {
    put(kernel, (r, a) -> r.graph().task(a.task, code, a.scalars, a.at, a.stride, a.owner, a.o[0], a.o[1], a.o[2], a.o[3]));
  }

  private static void twin(
      Kernel<?> kernel, Task9<FloatArray, Integer, Integer, IntArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray> code) {
    put(kernel, (r, a) -> r.graph().task(a.task, code, a.scalars, a.at, a.stride, a.owner, a.o[0], a.o[1], a.o[2], a.o[3], a.o[4]));
  }
}
