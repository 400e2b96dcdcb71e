package curvata.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Access;
import curvata.kernels.Kernel.Operand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loop that limits are measured with: it leaves what a kernel reads and updates, writes what it writes, and has every shape of the catalog. */
class StreamsTest {
  @BeforeEach
  void vectors() {
    assumeTrue(Streams.available(), "the limits are measured with the Vector API");
  }

  @Test
  void readAndUpdatedArraysKeepTheirBitsAndWrittenOnesGetZeros() {
    for (KernelCase<?> c : KernelCase.all()) {
      for (int n : new int[] {0, 1, 31, 1000, 200_003}) {
        keeps(c.kernel().operands(), n, false);
        keeps(c.kernel().operands(), n, true);
      }
    }
    KernelCase.measuring().forEach(c -> keeps(c.kernel().operands(), 1000, false));
  }

  private static void keeps(List<Operand> operands, int n, boolean allThreads) {
    float[][] arrays = Values.arrays(operands.size(), n, 5);
    float[][] before = Values.arrays(operands.size(), n, 5);
    for (int o = 0; o < arrays.length && n > 0; o++) {
      arrays[o][n / 2] = -0f; // what a loop that adds 0 would change
      before[o][n / 2] = -0f;
    }
    Streams.of(operands, arrays, n, allThreads).run();
    for (int o = 0; o < arrays.length; o++) {
      boolean written = operands.get(o).access() == Access.WRITE;
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToRawIntBits(arrays[o][i]);
        if (!written || bits != 0) { // less than two vectors at the ends are left out
          assertThat(bits).as("%s[%d] of %d", operands.get(o), i, n).isEqualTo(Float.floatToRawIntBits(before[o][i]));
        }
      }
      assertThat(!written || n < 1000 || arrays[o][n / 2 + 1] == 0).as("written").isTrue();
    }
  }

  @Test
  void bytesCountEveryReadAndWrite() {
    assertThat(Streams.bytes(KernelCase.of("adamw").kernel().operands())).isEqualTo(28);
    assertThat(Streams.bytes(List.of(Kernel.read("a"), Kernel.write("b")))).isEqualTo(8);
  }

  @Test
  void aShapeWithoutALoopIsRefused() {
    List<Operand> operands = new ArrayList<>(Collections.nCopies(6, Kernel.update("x")));
    assertThatThrownBy(() -> Streams.of(operands, new float[6][8], 8)).hasMessageContaining("updates=6").hasMessageContaining("expected at most");
  }
}
