package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions, programs and buffers: what travels when, and what is refused. */
class SessionTest {
  private static Session open() {
    return Devices.find("gpu").open();
  }

  private static float[] ramp(int n, float from) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = from + i;
    }
    return x;
  }

  private static float[] read(DeviceBuffer buffer) {
    float[] x = new float[buffer.size()];
    buffer.read(x, 0);
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 1021, 4099})
  void copiesWholeBuffers(int n) {
    try (Session session = open()) {
      DeviceBuffer from = session.buffer("from", Kind.FLOAT, n);
      DeviceBuffer to = session.buffer("to", Kind.FLOAT, n);
      Program program = session.program("copy");
      program.copy(from, to);
      program.copy(from.slice(0, 0), to.slice(0, 0));
      from.write(ramp(n, 3), 0);
      program.run();
      assertThat(read(to)).isEqualTo(ramp(n, 3));
    }
  }

  @Test
  void programsRunInAnyOrderOverTheSameBuffers() {
    try (Session session = open()) {
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 700);
      DeviceBuffer b = session.buffer("b", Kind.FLOAT, 700);
      DeviceBuffer c = session.buffer("c", Kind.FLOAT, 700);
      DeviceBuffer in = session.input("in", Kind.FLOAT, 700);
      Program fill = session.program("in to a");
      fill.copy(in, a);
      Program ab = session.program("a to b");
      ab.copy(a, b);
      Program bc = session.program("b to c");
      bc.copy(b, c);
      in.write(ramp(700, 1), 0);
      fill.run();
      ab.run();
      in.write(ramp(700, 2), 0);
      fill.run();
      bc.run();
      assertThat(read(a)).isEqualTo(ramp(700, 2));
      assertThat(read(b)).isEqualTo(ramp(700, 1));
      assertThat(read(c)).isEqualTo(ramp(700, 1));
      ab.run();
      ab.run();
      bc.run();
      assertThat(read(c)).isEqualTo(ramp(700, 2));
    }
  }

  @Test
  void aSharedInputTravelsOnlyAfterItWasWritten() {
    try (Session session = open()) {
      DeviceBuffer in = session.input("in", Kind.FLOAT, 300);
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 300);
      DeviceBuffer b = session.buffer("b", Kind.FLOAT, 300);
      Program toA = session.program("a");
      toA.copy(in, a);
      Program toB = session.program("b");
      toB.copy(in, b);
      in.write(ramp(300, 5), 0);
      toA.run();
      long before = session.executions();
      toB.run();
      assertThat(session.executions()).isEqualTo(before + 1);
      assertThat(read(b)).isEqualTo(ramp(300, 5));
      in.write(ramp(300, 9), 0);
      toB.run();
      assertThat(session.executions()).isEqualTo(before + 3);
      assertThat(read(b)).isEqualTo(ramp(300, 9));
      assertThat(read(a)).isEqualTo(ramp(300, 5));
    }
  }

  @Test
  void aResidentBufferCanBeWrittenBetweenRuns() {
    try (Session session = open()) {
      DeviceBuffer in = session.input("in", Kind.FLOAT, 100);
      DeviceBuffer shared = session.input("shared", Kind.FLOAT, 100);
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 100);
      DeviceBuffer b = session.buffer("b", Kind.FLOAT, 100);
      Program fill = session.program("fill");
      fill.copy(in, a);
      fill.copy(shared, b);
      Program back = session.program("back");
      back.copy(shared, a);
      in.write(ramp(100, 1), 0);
      shared.write(ramp(100, 2), 0);
      fill.run();
      a.slice(10, 20).write(ramp(20, 1000), 0);
      assertThat(read(a.slice(0, 10))).isEqualTo(ramp(10, 1));
      assertThat(read(a.slice(10, 20))).isEqualTo(ramp(20, 1000));
      back.run();
      assertThat(read(a)).isEqualTo(ramp(100, 2));
      assertThat(read(b)).as("what only the device knew").isEqualTo(ramp(100, 2));
    }
  }

  @Test
  void slicesAreReadAlone() {
    try (Session session = open()) {
      DeviceBuffer in = session.input("in", Kind.FLOAT, 1000);
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 1000);
      Program program = session.program("p");
      program.copy(in, a);
      in.write(ramp(1000, 5), 0);
      program.run();
      for (int[] range : new int[][] {{0, 1}, {1, 1}, {3, 700}, {999, 1}, {1000, 0}, {0, 1000}}) {
        assertThat(read(a.slice(range[0], range[1]))).isEqualTo(ramp(range[1], 5 + range[0]));
      }
      assertThat(read(a)).isEqualTo(ramp(1000, 5));
    }
  }

  @Test
  void refusesWhatCannotWork() {
    try (Session session = open()) {
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 10);
      DeviceBuffer i = session.buffer("i", Kind.INT, 10);
      Program program = session.program("p");
      assertThatThrownBy(() -> program.copy(a, i)).hasMessageContaining("to.kind = INT, expected FLOAT");
      assertThatThrownBy(() -> program.copy(a.slice(0, 5), a.slice(4, 5))).hasMessageContaining("expected apart from from");
      assertThatThrownBy(() -> a.slice(5, 6)).hasMessageContaining("expected within [0, 10)");
      assertThatThrownBy(() -> a.write(new float[9], 0)).hasMessageContaining("at most 9 elements");
      assertThatThrownBy(() -> a.write(new int[10], 0)).hasMessageContaining("expected an array of the kind FLOAT");
      assertThatThrownBy(() -> session.buffer("a", Kind.INT, 1)).hasMessageContaining("a name not used before");
      program.copy(a.slice(0, 5), a.slice(5, 5));
      program.run();
      assertThatThrownBy(() -> session.program("q")).hasMessageContaining("frozen");
      assertThatThrownBy(() -> program.copy(a.slice(0, 5), a.slice(5, 5))).hasMessageContaining("frozen");
    }
  }
}
