package curvata.bench.measure;

import curvata.kernels.Backend;
import curvata.kernels.Kernel;
import java.util.Arrays;

/** A kernel, its scalars and its arrays: what the command line and JMH time, and how it is put back and verified. */
public final class KernelSetup<S extends Record> implements Work {
  private static final int SEED = 1;
  private static final int MOST_VERIFIED = 1_000_003; // long enough for every path of a kernel, odd

  private final Kernel<S> kernel;
  private final S scalars;
  private final float[][] arrays;
  private final int n;

  private KernelSetup(KernelCase<S> c, int n) {
    this.kernel = c.kernel();
    this.scalars = c.scalars();
    this.arrays = new float[kernel.operands().size()][n];
    this.n = n;
    reset();
  }

  /** A kernel's arrays of n elements, filled. */
  public static <S extends Record> KernelSetup<S> of(KernelCase<S> c, int n) {
    return new KernelSetup<>(c, n);
  }

  /** Puts the arrays back to their first values; not part of what is measured. */
  public void reset() {
    Values.fill(arrays, SEED);
    for (int o = 0; o < arrays.length; o++) {
      if (kernel.operands().get(o).name().equals("g")) {
        Values.sign(arrays[o]);
      }
    }
  }

  /** The kernel as users call it, on this thread. */
  @Override
  public void run() {
    kernel.run(scalars, arrays, 0, n);
  }

  /** The body of one backend over the whole range. */
  public void run(Backend backend) {
    kernel.body(backend).range(scalars, arrays, 0, n);
  }

  /** The kernel. */
  public Kernel<S> kernel() {
    return kernel;
  }

  /** The arrays in the order of the kernel's operands. */
  public float[][] arrays() {
    return arrays;
  }

  /** The arithmetic-free loop over the same arrays, on this thread. */
  public Streams streams() {
    return Streams.of(kernel.operands(), arrays, n);
  }

  /** What differs from the plain loop after three calls, or null: every bit must be the same. */
  public static <S extends Record> String difference(KernelCase<S> c, int n) {
    KernelSetup<S> kernel = of(c, Math.min(n, MOST_VERIFIED));
    KernelSetup<S> reference = of(c, kernel.n);
    for (int call = 0; call < 3; call++) {
      kernel.run();
      reference.run(Backend.SCALAR);
    }
    for (int o = 0; o < kernel.arrays.length; o++) {
      int at = Arrays.mismatch(kernel.arrays[o], reference.arrays[o]);
      if (at >= 0) {
        return c.kernel().name() + ": " + c.kernel().operands().get(o).name() + "[" + at + "] = " + kernel.arrays[o][at] + ", expected "
            + reference.arrays[o][at] + " (the plain loop)";
      }
    }
    return null;
  }
}
