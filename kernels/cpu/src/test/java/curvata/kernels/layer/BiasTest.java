package curvata.kernels.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.Workspace;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BiasTest {
  private static final int PAD = 3;

  @Test
  void addsTheBiasToEveryRowAndTouchesNothingElse() {
    for (int[] shape : LayerData.SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      var random = new SplittableRandom(1);
      float[] x = LayerData.gaussian(random, rows * cols + 2 * PAD, 1);
      float[] bias = LayerData.gaussian(random, cols + PAD, 1);
      float[] before = x.clone();
      Bias.add(x, PAD, rows, cols, bias, PAD);
      for (int i = 0; i < x.length; i++) {
        boolean inside = i >= PAD && i < PAD + rows * cols;
        double b = inside ? bias[PAD + (i - PAD) % cols] : 0; // the sum of two floats in double, rounded to float, is the float sum
        assertThat(x[i]).as("seed 1, %d x %d, index %d", rows, cols, i).isEqualTo((float) (before[i] + b));
      }
    }
  }

  @Test
  void gradientIsTheColumnSumsRoundedOnce() {
    for (int[] shape : LayerData.SHAPES) {
      int rows = shape[0];
      int cols = shape[1];
      float[] dy = LayerData.gaussian(new SplittableRandom(2), rows * cols + 2 * PAD, 1);
      float[] dBias = new float[cols + 2 * PAD];
      var ws = new Workspace();
      ws.reserve(0, Bias.requiredDoubles(cols));
      Bias.gradient(dy, PAD, rows, cols, dBias, PAD, ws);
      assertThat(ws.takeDoubles(cols)).as("scratch given back").isZero();
      for (int j = -PAD; j < cols + PAD; j++) {
        var exact = BigDecimal.ZERO;
        double size = 0;
        for (int i = 0; i < rows && j >= 0 && j < cols; i++) {
          exact = exact.add(new BigDecimal(dy[PAD + i * cols + j]));
          size += Math.abs(dy[PAD + i * cols + j]);
        }
        double want = exact.doubleValue();
        double allowed = Math.abs(want) * 0x1p-24 + rows * size * 0x1p-53;
        assertThat((double) dBias[PAD + j]).as("seed 2, %d x %d, column %d", rows, cols, j).isCloseTo(want, within(allowed));
      }
    }
  }

  @Test
  void badBlocksAreRefusedBeforeAnythingIsWritten() {
    float[] x = {1, 1, 1, 1, 1, 1};
    float[] b = {5, 5, 5};
    var ws = new Workspace();
    assertThatThrownBy(() -> Bias.add(x, 1, 2, 3, b, 0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x.offset = 1, expected >= 0 and 6 values from there within x.length = 6");
    assertThatThrownBy(() -> Bias.add(x, 0, 2, 3, b, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("bias.offset = 1");
    assertThatThrownBy(() -> Bias.add(x, -1, 1, 3, b, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("x.offset = -1");
    assertThatThrownBy(() -> Bias.add(x, 0, -1, 3, b, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rows, cols = -1, 3");
    assertThatThrownBy(() -> Bias.add(x, 0, 65536, 65536, b, 0))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4294967296 values");
    assertThatThrownBy(() -> Bias.add(x, 0, 1, 3, x, 2)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no overlap");
    assertThatThrownBy(() -> Bias.add(null, 0, 1, 3, b, 0)).isInstanceOf(NullPointerException.class).hasMessage("x");
    assertThatThrownBy(() -> Bias.add(x, 0, 1, 3, null, 0)).isInstanceOf(NullPointerException.class).hasMessage("bias");
    assertThatThrownBy(() -> Bias.gradient(x, 0, 2, 3, b, 0, ws)).isInstanceOf(IllegalStateException.class).hasMessageContaining("workspace");
    assertThatThrownBy(() -> Bias.gradient(x, 0, 2, 3, b, 0, null)).isInstanceOf(NullPointerException.class).hasMessage("ws");
    assertThatThrownBy(() -> Bias.requiredDoubles(-1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cols = -1");
    assertThat(x).containsOnly(1);
    assertThat(b).containsOnly(5);
    Bias.add(x, 0, 1, 3, x, 3); // one array, side by side: a flat buffer
    assertThat(x).containsExactly(2, 2, 2, 1, 1, 1);
  }
}
