package curvata.gpu.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.gpu.Draw;
import curvata.gpu.Trial;
import curvata.kernels.Workspace;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.Segments;
import curvata.kernels.reduce.Measure;
import curvata.kernels.reduce.Operation;
import curvata.kernels.reduce.Sweep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions against their CPU twins; each within its own bound of the exact sum, so within the sum of both of each other. */
class ReductionsGpuTest {
  private static final double UNIT = 0x1p-53;
  private static final double CPU = 4096 / 16 + 14; // see Blocks, up to 4 million elements
  private static final double SWEEP = 4096 / 256 + 8 + 10; // see SweepGpu, up to 4 million elements
  private static final double ROWS = 4096 / 256 + 4 + 16; // see RowsGpu
  private static final double COLUMNS = 256 / 8 + 3 + 64 + 2; // see ColumnsGpu

  private static double term(Operation operation, double x, double y) {
    return switch (operation) {
      case SUM, MAX_ABS -> Math.abs(x);
      case SUM_OF_SQUARES -> x * x;
      case DOT -> Math.abs(x * y);
    };
  }

  /** How far device and CPU may be apart, times Σ|terms|; maxima not at all. */
  private static double roundings(Operation operation, double device) {
    return operation == Operation.MAX_ABS ? 0 : (CPU + device) * UNIT;
  }

  /** The CPU's result over elements of x and y at from, from + step, …, and Σ|terms|. */
  private static double[] twin(Operation operation, float[] x, float[] y, int from, int step, int count) {
    float[] a = new float[count];
    float[] b = new float[count];
    double terms = 0;
    for (int i = 0; i < count; i++) {
      a[i] = x[from + i * step];
      b[i] = y[from + i * step];
      terms += term(operation, a[i], b[i]);
    }
    Measure measure = new Measure("m", operation, "x", operation.binary() ? "y" : null);
    Sweep sweep = Sweep.of(measure);
    double[] value = new double[1];
    Workspace ws = new Workspace();
    ws.reserve(0, sweep.requiredDoubles(count));
    sweep.run(operation.binary() ? new float[][] {a, b} : new float[][] {a}, 0, count, value, 0, ws);
    return new double[] {value[0], terms};
  }

  private static void assertNear(String what, double actual, double[] twin, double roundings) {
    double error = Math.abs(actual - twin[0]);
    assertThat(error <= roundings * twin[1]).as("%s: %s, twin %s, allowed %s", what, actual, twin[0], roundings * twin[1]).isTrue();
  }

  /** One, and many, blocks; blocks that end with a group; tensors without elements; gaps that hold NaN. */
  @Test
  void measuresOfSeveralTensors() {
    Segments segments = Segments.of(0, 1, 255, 256, 257, 4095, 4096, 4097, 0, 10_007, 1021);
    Draw draw = new Draw(11);
    List<Measure> measures = new ArrayList<>();
    Map<String, float[]> arrays = new java.util.LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "d")) {
      float[] x = new float[segments.size()];
      Arrays.fill(x, Float.NaN);
      for (int s = 0; s < segments.count(); s++) {
        System.arraycopy(draw.spread(segments.length(s)), 0, x, segments.offset(s), segments.length(s));
      }
      arrays.put(name, x);
    }
    measures.addAll(List.of(Measure.sum("1", "a"), Measure.sumOfSquares("2", "b"), Measure.dot("3", "a", "b"), Measure.maxAbs("4", "c")));
    measures.addAll(List.of(Measure.dot("5", "c", "d"), Measure.sumOfSquares("6", "a"), Measure.maxAbs("7", "b"), Measure.sum("8", "d")));
    boolean[] overAll = {false, true, false, true, false, false, false, true};
    int columns = 10;
    try (Trial trial = new Trial()) {
      Map<String, DeviceBuffer> buffers = new java.util.HashMap<>();
      arrays.forEach((name, x) -> buffers.put(name, trial.floats(x)));
      DeviceBuffer values = trial.doubles(new double[segments.count() * columns]);
      trial.program.measure(measures, overAll, buffers, segments, values, columns);
      trial.run();
      double[] actual = Trial.readWide(values);
      for (int j = 0; j < measures.size(); j++) {
        Measure m = measures.get(j);
        float[] x = arrays.get(m.left());
        float[] y = arrays.get(m.operation().binary() ? m.right() : m.left());
        for (int s = 0; s < segments.count(); s++) {
          double[] twin = overAll[j] ? overAll(m.operation(), x, y, segments) : twin(m.operation(), x, y, segments.offset(s), 1, segments.length(s));
          double roundings = roundings(m.operation(), SWEEP) * (overAll[j] ? 2 : 1); // the twin adds tensors besides
          assertNear(m + " of tensor " + s, actual[s * columns + j], twin, roundings);
        }
      }
      for (int s = 0; s < segments.count(); s++) {
        assertThat(actual[s * columns + 8]).as("columns of others").isZero();
      }
    }
  }

  private static double[] overAll(Operation operation, float[] x, float[] y, Segments segments) {
    double[] all = new double[2];
    for (int s = 0; s < segments.count(); s++) {
      double[] one = twin(operation, x, y, segments.offset(s), 1, segments.length(s));
      all[0] = operation.combine(all[0], one[0]);
      all[1] += one[1];
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void rowsAndColumns(Operation operation) {
    int[][] shapes = {{1, 1}, {1, 8193}, {3, 4097}, {257, 31}, {1021, 33}, {0, 5}, {5, 0}, {2, 256}};
    try (Trial trial = new Trial()) {
      Draw draw = new Draw(5);
      List<float[][]> data = new ArrayList<>();
      List<DeviceBuffer[]> results = new ArrayList<>();
      for (int[] shape : shapes) {
        int n = shape[0] * shape[1];
        float[][] xy = {draw.spread(n), draw.spread(n)};
        DeviceBuffer x = trial.floats(xy[0]);
        DeviceBuffer y = operation.binary() ? trial.floats(xy[1]) : null;
        DeviceBuffer[] result = {trial.doubles(new double[shape[0]]), trial.doubles(new double[shape[1]])};
        trial.program.rows(operation, shape[0], shape[1], x, y, result[0]);
        trial.program.columns(operation, shape[0], shape[1], x, y, result[1]);
        data.add(xy);
        results.add(result);
      }
      trial.run();
      for (int s = 0; s < shapes.length; s++) {
        int rows = shapes[s][0];
        int cols = shapes[s][1];
        float[][] xy = data.get(s);
        double[] byRow = Trial.readWide(results.get(s)[0]);
        double[] byColumn = Trial.readWide(results.get(s)[1]);
        for (int i = 0; i < rows; i++) {
          assertNear(rows + "x" + cols + ", row " + i, byRow[i], twin(operation, xy[0], xy[1], i * cols, 1, cols), roundings(operation, ROWS));
        }
        for (int j = 0; j < cols; j++) {
          assertNear(rows + "x" + cols + ", column " + j, byColumn[j], twin(operation, xy[0], xy[1], j, cols, rows), roundings(operation, COLUMNS));
        }
      }
    }
  }

  @Test
  void nanAndInfinityPropagate() {
    float[] nan = new Draw(9).floats(6000, 1);
    float[] infinite = nan.clone();
    nan[5000] = Float.NaN;
    nan[100] = Float.POSITIVE_INFINITY;
    infinite[4500] = Float.NEGATIVE_INFINITY;
    List<Measure> measures = List.of(Measure.sum("1", "a"), Measure.maxAbs("2", "a"), Measure.sum("3", "b"), Measure.maxAbs("4", "b"));
    try (Trial trial = new Trial()) {
      DeviceBuffer values = trial.doubles(new double[4]);
      DeviceBuffer a = trial.floats(nan);
      DeviceBuffer row = trial.doubles(0);
      DeviceBuffer column = trial.doubles(0);
      trial.program.measure(measures, new boolean[4], Map.of("a", a, "b", trial.floats(infinite)), Segments.of(6000), values, 4);
      trial.program.rows(Operation.MAX_ABS, 1, 6000, a, null, row);
      trial.program.columns(Operation.MAX_ABS, 6000, 1, a, null, column);
      trial.run();
      assertThat(Trial.readWide(values)).containsExactly(Double.NaN, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
      assertThat(Trial.readWide(row)).containsExactly(Double.NaN);
      assertThat(Trial.readWide(column)).containsExactly(Double.NaN);
    }
  }

  @Test
  void badArgumentsAreRefused() {
    try (Trial trial = new Trial()) {
      DeviceBuffer x = trial.floats(new float[12]);
      DeviceBuffer values = trial.doubles(new double[2]);
      List<Measure> sum = List.of(Measure.sum("s", "x"));
      Segments segments = Segments.of(12);
      assertThatThrownBy(() -> trial.program.measure(sum, new boolean[2], Map.of("x", x), segments, values, 1))
          .hasMessageContaining("overAll.length");
      assertThatThrownBy(() -> trial.program.measure(sum, new boolean[1], Map.of("x", x), Segments.of(13), values, 1))
          .hasMessageContaining("at least 13");
      assertThatThrownBy(() -> trial.program.measure(sum, new boolean[1], Map.of(), segments, values, 1)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> trial.program.rows(Operation.DOT, 3, 4, x, null, values)).hasMessageContaining("y");
      assertThatThrownBy(() -> trial.program.columns(Operation.SUM, 3, 4, x, null, values)).hasMessageContaining("at least 4");
    }
  }
}
