package curvata.kernels.device;

import curvata.kernels.Kernel;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Operation;
import java.util.List;
import java.util.Map;

/**
 * A sequence of kernels, recorded once and run many times, each run as one execution of the device.
 *
 * <p>Every word records; nothing moves before {@link #run}. Shapes are checked when a word is recorded: a word that throws recorded nothing. Matrices are
 * row-major without gaps. Words throw {@link IllegalArgumentException} where a buffer has another kind or too few elements, and
 * {@link IllegalStateException} once the session is frozen. A word with nothing to do (no elements) records nothing.
 *
 * <p>Results are not the CPU's bit for bit: a device may fuse a product and a sum. Each kernel's twin states its bound.
 */
public interface Program {
  /**
   * An element-wise kernel over all elements, with one record of scalars for all tensors.
   *
   * @param segments the layout of all operands
   * @param operands in the order of {@link Kernel#operands}, each of {@link Segments#size} elements
   * @throws DeviceException if the device has no twin of the kernel; the line names those that it has
   */
  <S extends Record> Call<S> update(Kernel<S> kernel, Segments segments, DeviceBuffer... operands);

  /**
   * An element-wise kernel with a record of scalars for each tensor.
   *
   * @param measures what the twin reads on the device: doubles, one row of {@code columns} for each tensor; null where it reads none
   * @param columns values in a row
   * @param sums the first column that a measuring kernel wrote
   */
  <S extends Record> Call<S> updateEach(
      Kernel<S> kernel, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands);

  /**
   * The first pass of a two-pass update: an element-wise kernel that also writes its sums for each tensor, to the columns from {@code sums} on.
   *
   * @param measures doubles, one row of {@code columns} for each tensor; also read where the twin needs what was measured before
   */
  <S extends Record> Call<S> measuring(
      MeasuringKernel<S> kernel, Segments segments, DeviceBuffer measures, int columns, int sums, DeviceBuffer... operands);

  /**
   * Reductions of each tensor, in one sweep.
   *
   * @param operands the buffers behind the measures' names
   * @param overAll which of the measures are taken over all tensors together; their value is then written to every row
   * @param values doubles, one row of {@code columns} for each tensor; measure j is written to column j
   */
  void measure(List<Measure> measures, boolean[] overAll, Map<String, DeviceBuffer> operands, Segments segments, DeviceBuffer values, int columns);

  /** One reduction of each row of a rows × cols matrix; {@code values}: rows doubles. DOT takes {@code y} of the same shape, others null. */
  void rows(Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values);

  /** One reduction of each column of a rows × cols matrix; {@code values}: cols doubles. DOT takes {@code y} of the same shape, others null. */
  void columns(Operation operation, int rows, int cols, DeviceBuffer x, DeviceBuffer y, DeviceBuffer values);

  /**
   * C ← α op(A) op(B) + β C, with op(A) m × k and op(B) k × n; C must not be A or B. β = 0 does not read C.
   *
   * @param transposeA whether A is stored k × m; likewise {@code transposeB}: n × k
   */
  void product(
      boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer c);

  /** C ← α X Xᵀ + β D for X m × k, or XᵀX for X stored k × m ({@code transpose}); symmetric bit for bit where D is. D may be C; β = 0: D is not read. */
  void gram(boolean transpose, int m, int k, float alpha, DeviceBuffer x, float beta, DeviceBuffer d, DeviceBuffer c);

  /** Newton–Schulz orthogonalization of a rows × cols matrix; {@code out} may not be {@code in}. */
  void polar(NewtonSchulz method, int rows, int cols, DeviceBuffer in, DeviceBuffer out);

  /** x_ij ← x_ij + b_j. */
  void bias(int rows, int cols, DeviceBuffer x, DeviceBuffer bias);

  /** x_ij ← tanh(x_ij + b_j). */
  void biasTanh(int rows, int cols, DeviceBuffer x, DeviceBuffer bias);

  /** x_ij ← max(x_ij + b_j, 0). */
  void biasRelu(int rows, int cols, DeviceBuffer x, DeviceBuffer bias);

  /** dy ← dy (1 − y²): back through tanh, y its output. */
  void tanhGradient(int n, DeviceBuffer y, DeviceBuffer dy);

  /** dy ← dy where y &gt; 0, else 0: back through max(·, 0), y its output. */
  void reluGradient(int n, DeviceBuffer y, DeviceBuffer dy);

  /** ∂b_j ← Σ_i dy_ij. */
  void biasGradient(int rows, int cols, DeviceBuffer dy, DeviceBuffer dBias);

  /**
   * The logits of row i become scales_i · (softmax − one-hot(label)), and {@code losses} the loss of each row in nats, unscaled.
   *
   * @param labels rows ints from 0 to cols − 1: not checked on the device, so check them before writing them
   * @param losses rows floats
   * @param scales rows floats: 1 / rows of the batch for the gradient of the mean; 0 leaves a row out, so that one program serves a smaller batch, too
   */
  void softmaxCrossEntropy(int rows, int cols, DeviceBuffer logits, DeviceBuffer labels, DeviceBuffer losses, DeviceBuffer scales);

  /**
   * Row i of the outputs becomes scales_i · (z − one-hot(label)), and {@code losses} half the squared distance from the label's unit vector, unscaled.
   * Labels, losses and scales as for {@link #softmaxCrossEntropy}.
   */
  void squaredError(int rows, int cols, DeviceBuffer outputs, DeviceBuffer labels, DeviceBuffer losses, DeviceBuffer scales);

  /**
   * g ← c g with c = {@link curvata.kernels.update.Scale#clip}(Σ g², norm), the sum being over all tensors of all buffers; c stays on the device.
   *
   * @param gradients one buffer for each layout, of {@link Segments#size} elements
   */
  void clip(List<Segments> layouts, List<DeviceBuffer> gradients, double norm);

  /** Row i of {@code to} ← row {@code indices[i]} of {@code from}; indices are not checked on the device. */
  void gather(int rows, int cols, DeviceBuffer from, DeviceBuffer indices, DeviceBuffer to);

  /** {@code to} ← {@code from}, of the same size. */
  void copy(DeviceBuffer from, DeviceBuffer to);

  /**
   * x_i ← ±1, value index + i of {@link curvata.kernels.random.Rademacher}: the same bits as on the CPU. Seed, stream and index are fixed when the word is
   * recorded: every {@link #run} writes the same numbers. For others record the word again, in this program or in another one, with another stream or
   * index.
   */
  void rademacher(DeviceBuffer x, long seed, long stream, long index);

  /**
   * x_i ← standard normal, value index + i of {@link curvata.kernels.random.Gaussian}; the integers behind it are the CPU's. Seed, stream and index are
   * fixed when the word is recorded, as for {@link #rademacher}: every {@link #run} writes the same numbers.
   */
  void gaussian(DeviceBuffer x, long seed, long stream, long index);

  /**
   * Runs all of it once; the first run of a session freezes it, compiles and uploads (seconds).
   *
   * @throws DeviceFailedException if the device has not enough memory (the line says how much was needed) or a kernel failed
   * @throws IllegalStateException if the session is closed, or this is not its thread
   */
  void run();
}
