package curvata.bench.measure;

import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures a device: each kernel in turn with a copy of the same bytes on the device, and what travels between host and device.
 *
 * <p>A round runs a program so often that it takes milliseconds, then reads one number back, for which the device must have finished.
 */
public final class DeviceBench {
  private static final double ROUND = 4e6; // nanoseconds
  private static final int COPY = 1 << 24; // floats of a copy at most

  private final Device device;
  private final List<DeviceSubject> subjects;

  /**
   * The rows of a device.
   *
   * @param kernels names; empty for all
   * @param sizes elements, and for products up to 8192 the rows of a square matrix; empty for a million and 1024, for muon5 256 where the device is the processor itself
   */
  public DeviceBench(Device device, List<String> kernels, List<Integer> sizes) {
    this.device = device;
    subjects = DeviceSubject.all(device, sizes).stream().filter(s -> kernels.isEmpty() || kernels.contains(s.name())).toList();
  }

  /** The names of all rows. */
  public static List<String> names(Device device) {
    return DeviceSubject.names(device);
  }

  /** Number of rows. */
  public int count() {
    return subjects.size();
  }

  /** Measures all rows. */
  public void run(int rounds, Consumer<DeviceRow> each) {
    subjects.forEach(s -> each.accept(row(s, rounds)));
  }

  /** GB/s up to the device and down, with n floats, median of some rounds. */
  public double[] transfers(int n, int rounds) {
    try (Session session = device.open()) {
      DeviceBuffer in = session.input("in", Kind.FLOAT, n);
      DeviceBuffer out = session.buffer("out", Kind.FLOAT, n);
      Program program = session.program("up");
      program.copy(in.slice(0, 1), out.slice(0, 1));
      float[] host = new float[n];
      DeviceBuffer one = out.slice(0, 1);
      program.run();
      double[] up = new double[rounds];
      double[] down = new double[rounds];
      for (int r = 0; r < rounds; r++) {
        long start = System.nanoTime();
        program.run();
        one.read(host, 0);
        long half = System.nanoTime();
        out.read(host, 0);
        up[r] = half - start;
        down[r] = System.nanoTime() - half;
      }
      return new double[] {4.0 * n / Rounds.median(up), 4.0 * n / Rounds.median(down)};
    }
  }

  private DeviceRow row(DeviceSubject subject, int rounds) {
    try (Session session = device.open()) {
      Program program = session.program("subject");
      subject.recorder().record(session, program);
      int copied = Math.min(COPY, (int) (subject.flops() || Double.isNaN(subject.amount()) ? 1 : subject.amount() / 8));
      DeviceBuffer from = session.buffer("copy.from", Kind.FLOAT, copied);
      DeviceBuffer to = session.buffer("copy.to", Kind.FLOAT, copied);
      Program copy = session.program("copy");
      copy.copy(from, to);
      DeviceBuffer fence = session.buffer("fence", Kind.FLOAT, 1);
      long start = System.nanoTime();
      time(program, 1, fence);
      double first = (System.nanoTime() - start) * 1e-9;
      time(copy, 1, fence);
      int repeats = repeats(program, fence);
      int copies = repeats(copy, fence);
      double[] nanos = new double[rounds];
      double[] limits = new double[rounds];
      double[] fractions = new double[rounds];
      for (int r = 0; r < rounds; r++) {
        nanos[r] = time(program, repeats, fence);
        limits[r] = 8.0 * copied / time(copy, copies, fence);
        fractions[r] = subject.amount() / nanos[r] / limits[r];
      }
      boolean bytes = !subject.flops() && !Double.isNaN(subject.amount());
      return new DeviceRow(
          subject.name(), subject.n(), device.name(), device.backend(), first, Rounds.median(nanos) / subject.elements(),
          Rounds.least(nanos) / subject.elements(), subject.amount() / Rounds.median(nanos), subject.flops(),
          bytes ? Rounds.median(limits) : Double.NaN, bytes ? Rounds.median(fractions) : Double.NaN, Rounds.spread(nanos));
    }
  }

  private static int repeats(Program program, DeviceBuffer fence) {
    double once = time(program, 3, fence);
    return (int) Math.max(1, Math.min(1000, ROUND / once));
  }

  /** Nanoseconds of one run. */
  private static double time(Program program, int repeats, DeviceBuffer fence) {
    float[] one = new float[1];
    long start = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      program.run();
    }
    fence.read(one, 0);
    return (System.nanoTime() - start) / (double) repeats;
  }
}
