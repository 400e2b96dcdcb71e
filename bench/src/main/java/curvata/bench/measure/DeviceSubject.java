package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Access;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.device.Call;
import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Program;
import curvata.kernels.device.Segments;
import curvata.kernels.device.Session;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.kernels.reduce.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something to measure on a device.
 *
 * @param name of the row
 * @param n its size; of launches the kernels in one execution
 * @param elements what times are divided by
 * @param amount bytes, or operations where {@code flops}; NaN where neither counts
 * @param flops whether operations are counted
 * @param recorder declares buffers and records one run
 */
record DeviceSubject(String name, int n, double elements, double amount, boolean flops, Recorder recorder) {
  private static final int MATRIX = 1024;
  private static final int SMALL_MATRIX = 256; // five steps of 1024 take seconds where a device is the processor itself
  private static final int MANY = 16;

  /** Declares buffers and records one run. */
  interface Recorder {
    void record(Session session, Program program);
  }

  /** The names of all subjects for a device. */
  static List<String> names(Device device) {
    return all(device, List.of()).stream().map(DeviceSubject::name).distinct().toList();
  }

  /** All subjects at these sizes; without sizes, at their own. */
  static List<DeviceSubject> all(Device device, List<Integer> sizes) {
    List<DeviceSubject> all = new ArrayList<>();
    for (int kernels : new int[] {1, MANY}) {
      all.add(launches(kernels));
    }
    for (int n : sizes.isEmpty() ? List.of(1_000_000) : sizes) {
      for (KernelCase<?> c : KernelCase.all()) {
        if (device.kernels().contains(c.kernel().name()) && !c.kernel().name().equals("lamb")) {
          all.add(update(c, n));
        }
      }
      all.add(reduction(Measure.sumOfSquares("sumOfSquares", "x"), n));
      all.add(reduction(Measure.dot("dot", "x", "y"), n));
      all.add(reduction(Measure.maxAbs("maxAbs", "x"), n));
    }
    for (int n : matrices(sizes, MATRIX)) {
      all.add(new DeviceSubject("product", n, (double) n * n, 2.0 * n * n * n, true, (s, p) -> {
        p.product(false, false, n, n, n, 1f, matrix(s, "a", n), matrix(s, "b", n), 0f, matrix(s, "c", n));
      }));
      all.add(new DeviceSubject("gram", n, (double) n * n, (double) n * n * (n + 1), true, (s, p) -> {
        DeviceBuffer c = matrix(s, "c", n);
        p.gram(false, n, n, 1f, matrix(s, "x", n), 0f, c, c);
      }));
    }
    for (int n : matrices(sizes, device.onProcessor() ? SMALL_MATRIX : MATRIX)) {
      all.add(new DeviceSubject("muon5", n, (double) n * n, muon(n), true, (s, p) -> {
        p.polar(NewtonSchulz.muon5(), n, n, matrix(s, "in", n), matrix(s, "out", n));
      }));
    }
    return all;
  }

  private static List<Integer> matrices(List<Integer> sizes, int own) {
    return sizes.isEmpty() ? List.of(own) : sizes.stream().filter(s -> s <= 8192).toList();
  }

  /** What an execution costs whose kernels have next to nothing to do: copies of one float. */
  private static DeviceSubject launches(int kernels) {
    return new DeviceSubject("launch", kernels, kernels, Double.NaN, false, (session, program) -> {
      DeviceBuffer from = session.buffer("from", Kind.FLOAT, 1);
      DeviceBuffer to = session.buffer("to", Kind.FLOAT, 1);
      for (int i = 0; i < kernels; i++) {
        program.copy(from, to);
      }
    });
  }

  /** Operations of five steps: two symmetric products and a whole one each. */
  private static double muon(int n) {
    return 5 * (2.0 * n * n * (n + 1) + 2.0 * n * n * n);
  }

  private static DeviceBuffer matrix(Session session, String name, int n) {
    return filled(session, name, n * n);
  }

  private static DeviceBuffer filled(Session session, String name, int n) {
    DeviceBuffer buffer = session.buffer(name, Kind.FLOAT, n);
    buffer.write(Values.arrays(1, n, name.hashCode())[0], 0);
    return buffer;
  }

  private static <S extends Record> DeviceSubject update(KernelCase<S> c, int n) {
    Kernel<S> kernel = c.kernel();
    double bytes = 0;
    for (Operand operand : kernel.operands()) {
      bytes += operand.access() == Access.UPDATE ? 8 : 4;
    }
    return new DeviceSubject(kernel.name(), n, n, bytes * n, false, (session, program) -> {
      Segments segments = Segments.of(n);
      DeviceBuffer[] operands = kernel.operands().stream().map(o -> {
        DeviceBuffer buffer = session.buffer(o.name(), Kind.FLOAT, segments.size());
        buffer.slice(0, n).write(Values.arrays(1, n, o.name().hashCode())[0], 0);
        return buffer;
      }).toArray(DeviceBuffer[]::new);
      Call<S> call = program.update(kernel, segments, operands);
      call.set(c.scalars());
    });
  }

  private static DeviceSubject reduction(Measure measure, int n) {
    boolean binary = measure.operation().binary();
    return new DeviceSubject(measure.name(), n, n, (binary ? 8.0 : 4.0) * n, false, (session, program) -> {
      Map<String, DeviceBuffer> operands = new LinkedHashMap<>();
      for (String name : binary ? List.of("x", "y") : List.of("x")) {
        operands.put(name, filled(session, name, n));
      }
      boolean[] overAll = new boolean[1];
      Arrays.fill(overAll, false);
      program.measure(List.of(measure), overAll, operands, Segments.of(n), session.buffer("value", Kind.DOUBLE, 1), 1);
    });
  }
}
