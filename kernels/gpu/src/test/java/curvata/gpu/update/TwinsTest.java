package curvata.gpu.update;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.gpu.Running;
import curvata.kernels.Backend;
import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.device.Call;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.device.Session;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every twin against the equation, with the bound that its javadoc states; the CPU's scalar body is held to the same. */
class TwinsTest {
  private static final int[] LENGTHS = {0, 1, 255, 256, 257, 0, 1021, 4099, 7};
  private static final int CANARIES = 67;
  private static final float CANARY = 12345.678f;

  static Stream<Kernel<?>> kernels() {
    return Formulas.ALL.keySet().stream();
  }

  @Test
  void everyTwinHasAFormula() {
    List<String> names = kernels().map(Kernel::name).sorted().toList();
    assertThat(Devices.find("gpu").kernels()).containsAll(names);
    assertThat(names).containsAll(Devices.find("gpu").kernels().stream().filter(n -> !n.startsWith("lamb")).toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  <S extends Record> void oneRecordForAll(Kernel<S> kernel) {
    check(kernel, false, 17);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kernels")
  <S extends Record> void oneRecordForEachTensor(Kernel<S> kernel) {
    check(kernel, true, 23);
  }

  private static <S extends Record> void check(Kernel<S> kernel, boolean each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Segments segments = Segments.of(LENGTHS);
    float[][] start = values(kernel, segments, random);
    List<S> scalars = Stream.generate(() -> scalars(kernel.scalars(), random)).limit(LENGTHS.length).toList();
    float[][] got = new float[start.length][segments.size() + CANARIES];
    try (Session session = Devices.find("gpu").open()) {
      DeviceBuffer[] buffers = new DeviceBuffer[start.length];
      for (int o = 0; o < buffers.length; o++) {
        buffers[o] = session.buffer(kernel.operands().get(o).name(), Kind.FLOAT, segments.size() + CANARIES);
        buffers[o].write(start[o], 0);
      }
      Program program = session.program("step");
      Call<S> call = each ? program.updateEach(kernel, segments, null, 0, 0, buffers) : program.update(kernel, segments, buffers);
      call.set(scalars.get(0));
      for (int t = 0; each && t < LENGTHS.length; t++) {
        call.set(t, scalars.get(t));
      }
      program.run();
      for (int o = 0; o < buffers.length; o++) {
        buffers[o].read(got[o], 0);
      }
    }
    for (int t = 0; t < LENGTHS.length; t++) {
      compare(kernel, each ? scalars.get(t) : scalars.get(0), segments.offset(t), segments.length(t), start, got, "seed " + seed);
    }
    for (int o = 0; o < start.length; o++) {
      for (int i = segments.size(); i < segments.size() + CANARIES; i++) {
        assertThat(got[o][i]).as("canary %d of %s", i - segments.size(), kernel.operands().get(o)).isEqualTo(CANARY);
      }
    }
  }

  private static <S extends Record> void compare(Kernel<S> kernel, S scalars, int from, int length, float[][] start, float[][] got, String seed) {
    float[][] cpu = Stream.of(start).map(float[]::clone).toArray(float[][]::new);
    kernel.body(Backend.SCALAR).range(scalars, cpu, from, from + length);
    float[] s = Formulas.floats(scalars);
    for (int i = from; i < from + length; i++) {
      Running[] old = new Running[start.length];
      for (int o = 0; o < old.length; o++) {
        old[o] = Running.of(start[o][i]);
      }
      Running[] next = Formulas.ALL.get(kernel).next(s, old);
      for (int o = 0; o < old.length; o++) {
        String what = kernel.name() + ": " + kernel.operands().get(o).name() + "[" + i + "] from " + show(start, i) + " with " + scalars + ", " + seed
            + ": device " + got[o][i] + ", CPU " + cpu[o][i] + ", exact " + next[o];
        if (start[o][i] == got[o][i] && kernel.operands().get(o).access() == Kernel.Access.READ) {
          continue;
        }
        assertThat(Float.isNaN(got[o][i])).as(what).isEqualTo(Float.isNaN(cpu[o][i]));
        assertThat(Float.isNaN(cpu[o][i]) || next[o].admits(cpu[o][i])).as(what).isTrue();
        assertThat(Float.isNaN(got[o][i]) || got[o][i] == cpu[o][i] || next[o].admits(got[o][i])).as(what).isTrue();
      }
    }
  }

  private static String show(float[][] start, int i) {
    return java.util.Arrays.toString(Stream.of(start).map(a -> a[i]).toArray());
  }

  /** Ordinary numbers, a few zeros, huge and tiny ones, infinities and NaN; squares' averages are not negative. */
  private static float[][] values(Kernel<?> kernel, Segments segments, SplittableRandom random) {
    float[][] values = new float[kernel.operands().size()][segments.size() + CANARIES];
    for (int o = 0; o < values.length; o++) {
      Operand operand = kernel.operands().get(o);
      boolean positive = List.of("v", "w", "a", "h").contains(operand.name());
      for (int i = 0; i < values[o].length; i++) {
        float x = value(random);
        values[o][i] = i >= segments.size() ? CANARY : positive ? Math.abs(x) : x;
      }
    }
    return values;
  }

  private static float value(SplittableRandom random) {
    return switch (random.nextInt(40)) {
      case 0 -> 0f;
      case 1 -> (float) random.nextGaussian() * 1e12f;
      case 2 -> (float) random.nextGaussian() * 1e-12f;
      case 3 -> random.nextInt(20) == 0 ? Float.NaN : random.nextInt(20) == 0 ? Float.POSITIVE_INFINITY : 1f;
      default -> (float) random.nextGaussian();
    };
  }

  /** Scalars as a step might have them: rates and weights between 0 and 1. */
  private static <S extends Record> S scalars(Class<S> type, SplittableRandom random) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.01f + 0.98f * (float) random.nextDouble();
      types[i] = float.class;
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
