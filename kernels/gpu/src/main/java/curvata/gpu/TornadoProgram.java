package curvata.gpu;

import curvata.gpu.layer.BiasGpu;
import curvata.gpu.layer.GatherGpu;
import curvata.gpu.layer.SoftmaxCrossEntropyGpu;
import curvata.gpu.layer.SquaredErrorGpu;
import curvata.gpu.matrix.NewtonSchulzGpu;
import curvata.gpu.matrix.ProductGpu;
import curvata.gpu.random.GaussianGpu;
import curvata.gpu.random.RademacherGpu;
import curvata.gpu.reduce.SweepGpu;
import curvata.gpu.update.ClipGpu;
import curvata.kernels.Checks;
import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.device.Call;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A program while it is recorded, and after.
 *
 * <p>Every word checks its buffers here or in the kernel's file, declares what scratch it needs, and leaves a step behind that adds the tasks when the
 * session freezes ({@link #record}).
 */
public final class TornadoProgram implements Program {
  final String name;
  final int index;
  private final TornadoSession session;
  private final List<Consumer<Recorder>> steps = new ArrayList<>();
  private float[] scalarValues = new float[0];
  private FloatArray scalars;
  private int tasks;

  TornadoProgram(TornadoSession session, String name, int index) {
    this.session = session;
    this.name = name;
    this.index = index;
  }

  /**
   * Leaves a step behind.
   *
   * @throws IllegalStateException if the session is frozen
   */
  public void record(Consumer<Recorder> step) {
    session.requireOpen();
    session.requireRecording();
    steps.add(step);
  }

  /** A resident buffer for what the kernels of a word hand to each other; its content at the start is arbitrary. */
  public DeviceBuffer scratch(String what, Kind kind, int size) {
    return session.scratch(what, kind, size);
  }

  /**
   * A resident buffer whose content lasts for one word: words that ask for the same share it, since a device runs them one after the other.
   *
   * @param what what it is for; buffers that one word needs at a time differ in it
   */
  public DeviceBuffer shared(String what, Kind kind, int size) {
    return session.shared(what, kind, size);
  }

  /** Integers that kernels read, as shapes and tables of blocks; those that are equal are one buffer. */
  public DeviceBuffer table(String what, int... values) {
    return session.constants(what, Kind.INT, values.length, values, Arrays.toString(values));
  }

  /** Floats that kernels read; those that are equal are one buffer. */
  public DeviceBuffer constants(String what, float... values) {
    return session.constants(what, Kind.FLOAT, values.length, values, Arrays.toString(values));
  }

  /** Doubles that kernels read; those that are equal are one buffer. */
  public DeviceBuffer constants(String what, double... values) {
    return session.constants(what, Kind.DOUBLE, values.length, values, Arrays.toString(values));
  }

  /** The table that says which tensor each stretch of {@link Segments#ALIGNMENT} elements belongs to. */
  DeviceBuffer owners(Segments segments) {
    return session.owners(this, segments);
  }

  /**
   * The door of every word: a buffer of this session, of the kind, with at least so many elements.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it is none
   */
  public void require(String what, DeviceBuffer buffer, Kind kind, long size) {
    if (buffer == null) {
      throw new NullPointerException(what);
    }
    Checks.that(buffer instanceof TornadoBuffer b && b.session == session, what, "\"" + buffer.name() + "\"", "a buffer of this session");
    Checks.that(buffer.kind() == kind, what + ".kind", buffer.kind(), kind + " for buffer \"" + buffer.name() + "\"");
    Checks.that(buffer.size() >= size, what + ".size", buffer.size(), "at least " + size + " for buffer \"" + buffer.name() + "\"");
  }

  /** Requires that two buffers share no element. */
  public void requireApart(String what, DeviceBuffer a, String other, DeviceBuffer b) {
    boolean same = ((TornadoBuffer) a).whole == ((TornadoBuffer) b).whole;
    boolean overlap = same && a.offset() < b.offset() + b.size() && b.offset() < a.offset() + a.size();
    Checks.that(!overlap, what, "\"" + a.name() + "\"", "apart from " + other + " (\"" + b.name() + "\")");
  }

  int reserveScalars(int count) {
    int at = scalarValues.length;
    scalarValues = Arrays.copyOf(scalarValues, at + count);
    return at;
  }

  float[] scalarValues() {
    return scalarValues;
  }

  /** The array that carries all scalars of a run; null where there are none. */
  TornadoNativeArray scalars() {
    return scalars;
  }

  /** The scalars of all calls, for steps: there once the session freezes. */
  public FloatArray scalarArray() {
    return scalars;
  }

  long bytes() {
    return scalarValues.length == 0 ? 0 : 4L * scalarValues.length + TornadoNativeArray.ARRAY_HEADER;
  }

  int tasks() {
    return tasks;
  }

  void recordInto(Recorder recorder) {
    scalars = scalarValues.length == 0 ? null : new FloatArray(scalarValues.length);
    steps.forEach(s -> s.accept(recorder));
    recorder.finish();
    tasks = recorder.tasks();
  }

  private void checkOperands(String kernel, List<Operand> operands, Segments segments, DeviceBuffer... buffers) {
    Checks.that(buffers.length == operands.size(), kernel + ": operands", buffers.length, operands.size() + " (" + operands + ")");
    for (int i = 0; i < buffers.length; i++) {
      // A twin goes to the end of the last tensor's stretch, or of the first operand where that ends before.
      int end = segments.count() == 0 ? 0 : segments.offset(segments.count() - 1) + segments.length(segments.count() - 1);
      int reached = i == 0 ? end : Math.max(end, Math.min(buffers[0].size(), segments.size()));
      require(kernel + "." + operands.get(i).name(), buffers[i], Kind.FLOAT, reached);
      Checks.that(buffers[i].offset() == 0, kernel + "." + operands.get(i).name() + ".offset", buffers[i].offset(), "0: a whole buffer");
      for (int j = 0; j < i; j++) {
        requireApart(operands.get(i).name(), buffers[i], operands.get(j).name(), buffers[j]);
      }
    }
  }

  @Override
  public <S extends Record> Call<S> update(Kernel<S> kernel, Segments segments, DeviceBuffer... operands) {
    return update(kernel, segments, false, null, 0, 0, operands);
  }

  @Override
  public <S extends Record> Call<S> updateEach(
      Kernel<S> kernel, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands) {
    return update(kernel, segments, true, measures, columns, sums, operands);
  }

  private <S extends Record> Call<S> update(
      Kernel<S> kernel, Segments segments, boolean each, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands) {
    Twins.Twin twin = Twins.of(kernel);
    checkOperands(kernel.name(), kernel.operands(), segments, operands);
    if (measures != null && !twin.measured()) {
      throw new DeviceException("the twin of kernel \"" + kernel.name() + "\" reads no measured values, expected measures = null");
    }
    if (twin.measured()) {
      Checks.that(measures != null, kernel.name() + ".measures", null, "a buffer: this kernel reads measured values");
      require(kernel.name() + ".measures", measures, Kind.DOUBLE, (long) segments.count() * columns);
    }
    return recordTwin(twin, kernel.name(), kernel.scalars(), segments, each, measures, columns, sums, operands);
  }

  @Override
  public <S extends Record> Call<S> measuring(
      MeasuringKernel<S> kernel, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands) {
    Twins.MeasuringTwin twin = Twins.of(kernel);
    checkOperands(kernel.name(), kernel.operands(), segments, operands);
    require(kernel.name() + ".measures", measures, Kind.DOUBLE, (long) segments.count() * columns);
    Checks.that(sums >= 0 && sums + kernel.sums().size() <= columns, "sums", sums, "at most " + (columns - kernel.sums().size()) + " (columns)");
    TornadoCall<S> call = new TornadoCall<>(this, kernel.scalars(), segments.count(), true);
    twin.record(this, call.at(), call.stride(), segments, measures, columns, sums, operands);
    return call;
  }

  private <S extends Record> Call<S> recordTwin(
      Twins.Twin twin, String kernel, Class<S> type, Segments segments, boolean each, DeviceBuffer measures, int columns, int sums,
      DeviceBuffer... operands) {
    TornadoCall<S> call = new TornadoCall<>(this, type, segments.count(), each);
    DeviceBuffer owners = segments.size() == 0 ? null : owners(segments);
    if (segments.size() > 0) {
      record(r -> twin.add(r, new Twins.Arguments(
          r.task(kernel, segments.size(), 256), scalars, call.at(), call.stride(), r.ints(owners), measures == null ? null : r.doubles(measures),
          columns,
          sums, Arrays.stream(operands).map(r::floats).toArray(FloatArray[]::new))));
    }
    return call;
  }

  @Override
  public void measure(
      List<Measure> measures, boolean[] overAll, Map<String, DeviceBuffer> operands, Segments segments, DeviceBuffer values, int columns) {
    SweepGpu.record(this, measures, overAll, operands, segments, values, columns);
  }

  @Override
  public void rows(Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values) {
    SweepGpu.recordRows(this, operation, rows, cols, x, y, values);
  }

  @Override
  public void columns(Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values) {
    SweepGpu.recordColumns(this, operation, rows, cols, x, y, values);
  }

  @Override
  public void product(
      boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer c) {
    ProductGpu.record(this, transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
  }

  @Override
  public void gram(boolean transpose, int m, int k, float alpha, DeviceBuffer x, float beta, DeviceBuffer d, DeviceBuffer c) {
    ProductGpu.recordGram(this, transpose, m, k, alpha, x, beta, d, c);
  }

  @Override
  public void polar(NewtonSchulz method, int rows, int cols, DeviceBuffer in, DeviceBuffer out) {
    NewtonSchulzGpu.record(this, method, rows, cols, in, out);
  }

  @Override
  public void bias(int rows, int cols, DeviceBuffer x, DeviceBuffer bias) {
    BiasGpu.record(this, BiasGpu.Activation.NONE, rows, cols, x, bias);
  }

  @Override
  public void biasTanh(int rows, int cols, DeviceBuffer x, DeviceBuffer bias) {
    BiasGpu.record(this, BiasGpu.Activation.TANH, rows, cols, x, bias);
  }

  @Override
  public void biasRelu(int rows, int cols, DeviceBuffer x, DeviceBuffer bias) {
    BiasGpu.record(this, BiasGpu.Activation.RELU, rows, cols, x, bias);
  }

  @Override
  public void tanhGradient(int n, DeviceBuffer y, DeviceBuffer dy) {
    BiasGpu.recordBack(this, BiasGpu.Activation.TANH, n, y, dy);
  }

  @Override
  public void reluGradient(int n, DeviceBuffer y, DeviceBuffer dy) {
    BiasGpu.recordBack(this, BiasGpu.Activation.RELU, n, y, dy);
  }

  @Override
  public void biasGradient(int rows, int cols, DeviceBuffer dy, DeviceBuffer dBias) {
    BiasGpu.recordGradient(this, rows, cols, dy, dBias);
  }

  @Override
  public void softmaxCrossEntropy(int rows, int cols, DeviceBuffer logits, DeviceBuffer labels, DeviceBuffer losses, DeviceBuffer scales) {
    SoftmaxCrossEntropyGpu.record(this, rows, cols, logits, labels, losses, scales);
  }

  @Override
  public void squaredError(int rows, int cols, DeviceBuffer outputs, DeviceBuffer labels, DeviceBuffer losses, DeviceBuffer scales) {
    SquaredErrorGpu.record(this, rows, cols, outputs, labels, losses, scales);
  }

  @Override
  public void clip(List<Segments> layouts, List<DeviceBuffer> gradients, double norm) {
    ClipGpu.record(this, layouts, gradients, norm);
  }

  @Override
  public void gather(int rows, int cols, DeviceBuffer from, DeviceBuffer indices, DeviceBuffer to) {
    GatherGpu.record(this, rows, cols, from, indices, to);
  }

  @Override
  public void copy(DeviceBuffer from, DeviceBuffer to) {
    CopyGpu.record(this, from, to);
  }

  @Override
  public void rademacher(DeviceBuffer x, long seed, long stream, long first) {
    RademacherGpu.record(this, x, seed, stream, first);
  }

  @Override
  public void gaussian(DeviceBuffer x, long seed, long stream, long first) {
    GaussianGpu.record(this, x, seed, stream, first);
  }

  @Override
  public void run() {
    session.run(this);
  }

  /** The scalars of this run, where the plan takes them from. */
  void sendScalars() {
    for (int i = 0; i < scalarValues.length; i++) {
      scalars.set(i, scalarValues[i]);
    }
  }
}
