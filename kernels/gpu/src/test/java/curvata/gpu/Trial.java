package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One program on the first device, over slices that lie between canaries.
 *
 * <p>The canaries are NaN of a bit pattern that arithmetic does not make: what reads them comes out NaN, what writes them is seen when a slice is
 * read.
 */
public final class Trial implements AutoCloseable {
  private static final int BEFORE = 5;
  private static final int AFTER = 300; // more than a group: a global size that was rounded up must not write
  private static final int CANARY = 0x7fc0dead;
  private static final long WIDE_CANARY = 0x7ff8dead_0000beefL;

  /** What the words of a test go to. */
  public final Program program;

  private final Session session = Devices.find("gpu").open();
  private final List<DeviceBuffer> wholes = new ArrayList<>();

  /** A session with one program. */
  public Trial() {
    program = session.program("trial");
  }

  /** Floats with this content, between canaries. */
  public DeviceBuffer floats(float... content) {
    float[] all = new float[BEFORE + content.length + AFTER];
    Arrays.fill(all, Float.intBitsToFloat(CANARY));
    System.arraycopy(content, 0, all, BEFORE, content.length);
    return slice(Kind.FLOAT, all, all.length, content.length);
  }

  /** Doubles with this content, between canaries. */
  public DeviceBuffer doubles(double... content) {
    double[] all = new double[BEFORE + content.length + AFTER];
    Arrays.fill(all, Double.longBitsToDouble(WIDE_CANARY));
    System.arraycopy(content, 0, all, BEFORE, content.length);
    return slice(Kind.DOUBLE, all, all.length, content.length);
  }

  /** Integers with this content, between canaries. */
  public DeviceBuffer ints(int... content) {
    int[] all = new int[BEFORE + content.length + AFTER];
    Arrays.fill(all, CANARY);
    System.arraycopy(content, 0, all, BEFORE, content.length);
    return slice(Kind.INT, all, all.length, content.length);
  }

  private DeviceBuffer slice(Kind kind, Object all, int size, int count) {
    DeviceBuffer whole = session.buffer("b" + wholes.size(), kind, size);
    whole.write(all, 0);
    wholes.add(whole);
    return whole.slice(BEFORE, count);
  }

  /** Runs the program; then no canary may have changed. */
  public void run() {
    program.run();
    for (DeviceBuffer whole : wholes) {
      switch (whole.kind()) {
        case FLOAT -> {
          float[] all = new float[whole.size()];
          whole.read(all, 0);
          for (int i = 0; i < BEFORE + AFTER; i++) {
            int at = i < BEFORE ? i : all.length - AFTER + i - BEFORE;
            assertThat(Float.floatToRawIntBits(all[at])).as("canary %d of %s", at, whole).isEqualTo(CANARY);
          }
        }
        case DOUBLE -> {
          double[] all = new double[whole.size()];
          whole.read(all, 0);
          for (int i = 0; i < BEFORE + AFTER; i++) {
            int at = i < BEFORE ? i : all.length - AFTER + i - BEFORE;
            assertThat(Double.doubleToRawLongBits(all[at])).as("canary %d of %s", at, whole).isEqualTo(WIDE_CANARY);
          }
        }
        case INT -> {
          int[] all = new int[whole.size()];
          whole.read(all, 0);
          for (int i = 0; i < BEFORE + AFTER; i++) {
            int at = i < BEFORE ? i : all.length - AFTER + i - BEFORE;
            assertThat(all[at]).as("canary %d of %s", at, whole).isEqualTo(CANARY);
          }
        }
      }
    }
  }

  /** What a slice of floats holds now. */
  public static float[] read(DeviceBuffer slice) {
    float[] x = new float[slice.size()];
    slice.read(x, 0);
    return x;
  }

  /** What a slice of doubles holds now. */
  public static double[] readWide(DeviceBuffer slice) {
    double[] x = new double[slice.size()];
    slice.read(x, 0);
    return x;
  }

  /** What a slice of integers holds now. */
  public static int[] readInts(DeviceBuffer slice) {
    int[] x = new int[slice.size()];
    slice.read(x, 0);
    return x;
  }

  /** The device's session. */
  public Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
  }
}
