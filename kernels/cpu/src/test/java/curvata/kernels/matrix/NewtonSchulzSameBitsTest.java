package curvata.kernels.matrix;

import static curvata.kernels.matrix.Recipes.apply;
import static curvata.kernels.matrix.Recipes.integers;
import static curvata.kernels.matrix.Recipes.recipes;
import static curvata.kernels.matrix.Recipes.transpose;
import static curvata.kernels.matrix.Recipes.workspace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.codec.BFloat16;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not change a bit: strides, places, threads, batches, views, storage, and the symmetries of the problem. */
class NewtonSchulzSameBitsTest {
  @Test
  void stridesAndInPlaceDoNotChangeBits() {
    for (NewtonSchulz recipe : recipes()) {
      for (int[] shape : new int[][] {{7, 13}, {13, 7}, {20, 20}}) {
        checkStrides(recipe, shape[0], shape[1]);
      }
    }
  }

  private static void checkStrides(NewtonSchulz recipe, int rows, int cols) {
    float[] x = Problem.values(new SplittableRandom(rows), rows * cols);
    float[] expected = apply(recipe, rows, cols, x);
    int inStride = cols + 3;
    int outStride = cols + 1;
    float[] in = Problem.garbage(5 + rows * inStride);
    float[] out = Problem.garbage(4 + rows * outStride);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, i * cols, in, 5 + i * inStride, cols);
    }
    float[] before = in.clone();
    Workspace ws = workspace(recipe, rows, cols);
    double norm = recipe.apply(rows, cols, in, 5, inStride, out, 4, outStride, ws);
    assertThat(in).isEqualTo(before);
    checkInside(expected, out, rows, cols, 4, outStride);
    assertThat(recipe.apply(rows, cols, in, 5, inStride, in, 5, inStride, ws)).isEqualTo(norm);
    checkInside(expected, in, rows, cols, 5, inStride);
  }

  private static void checkInside(float[] expected, float[] y, int rows, int cols, int at, int stride) {
    for (int i = 0; i < y.length; i++) {
      int row = Math.floorDiv(i - at, stride);
      int col = Math.floorMod(i - at, stride);
      boolean inside = row >= 0 && row < rows && col < cols;
      assertThat(Float.floatToIntBits(y[i])).isEqualTo(Float.floatToIntBits(inside ? expected[row * cols + col] : Float.NaN));
    }
  }

  @Test
  void threadsDoNotChangeBits() {
    float[] x = Problem.values(new SplittableRandom(12), 120 * 150);
    float[][] inside = new float[2][];
    Threads.run((part, worker) -> inside[part] = apply(NewtonSchulz.muon5(), 120, 150, x), 2);
    float[] expected = apply(NewtonSchulz.muon5(), 120, 150, x);
    assertThat(inside[0]).isEqualTo(expected);
    assertThat(inside[1]).isEqualTo(expected);
  }

  @Test
  void batchesHaveTheBitsOfOneByOne() {
    for (int[] shape : new int[][] {{1, 8, 8}, {50, 12, 20}, {7, 64, 64}, {3, 1, 5}, {3, 300, 260}}) {
      int count = shape[0];
      int rows = shape[1];
      int cols = shape[2];
      float[] x = Problem.values(new SplittableRandom(count), count * rows * cols);
      NewtonSchulz recipe = NewtonSchulz.named("polar5");
      float[] out = new float[x.length];
      Workspace ws = workspace(recipe, rows, cols);
      recipe.applyAll(count, rows, cols, x, 0, out, 0, ws);
      for (int i = 0; i < count; i++) {
        int at = i * rows * cols;
        assertThat(Arrays.copyOfRange(out, at, at + rows * cols))
            .isEqualTo(apply(recipe, rows, cols, Arrays.copyOfRange(x, at, at + rows * cols)));
      }
    }
    float[] many = new float[100 * 32 * 32]; // enough for several threads, which have workspaces of their own
    assertThatThrownBy(() -> NewtonSchulz.muon5().applyAll(100, 32, 32, many, 0, many, 0, new Workspace())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> NewtonSchulz.muon5().applyAll(3, 2, 2, new float[11], 0, new float[12], 0, new Workspace()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void viewsAreTheSame() {
    float[] x = Problem.values(new SplittableRandom(8), 12 * 20);
    NewtonSchulz recipe = NewtonSchulz.muon5();
    float[] expected = apply(recipe, 12, 20, x);
    MatrixView in = MatrixView.of(x.clone(), 12, 20);
    float[] out = new float[12 * 20];
    recipe.apply(in.transpose(), MatrixView.of(out, 12, 20).transpose(), workspace(recipe, 12, 20));
    assertThat(out).isEqualTo(expected);
    assertThatThrownBy(() -> recipe.apply(in, MatrixView.of(new float[240], 20, 12), new Workspace())).hasMessageContaining("expected 12 x 20");
    assertThatThrownBy(() -> recipe.apply(in, MatrixView.of(new float[240], 20, 12).transpose(), new Workspace()))
        .hasMessage("out is 12 x 20 transposed, expected 12 x 20 (as in)");
  }

  /** Rounding the input to bfloat16 is all that differs, and the rounding of the result. */
  @Test
  void bfloat16IsStorageOnly() {
    NewtonSchulz recipe = NewtonSchulz.muon5();
    short[] in = new short[3 + 9 * 20];
    float[] x = new float[9 * 17];
    var random = new SplittableRandom(5);
    for (int i = 0; i < 9; i++) {
      for (int j = 0; j < 17; j++) {
        in[3 + i * 20 + j] = BFloat16.encode((float) random.nextDouble(-1, 1));
        x[i * 17 + j] = BFloat16.decode(in[3 + i * 20 + j]);
      }
    }
    float[] expected = apply(recipe, 9, 17, x);
    short[] out = new short[9 * 18];
    var ws = new Workspace();
    ws.reserve(recipe.requiredBFloat16(9, 17), recipe.requiredDoubles(9, 17));
    recipe.apply(9, 17, in, 3, 20, out, 0, 18, ws);
    recipe.apply(9, 17, in, 3, 20, in, 3, 20, ws);
    for (int i = 0; i < 9; i++) {
      for (int j = 0; j < 17; j++) {
        assertThat(out[i * 18 + j]).isEqualTo(BFloat16.encode(expected[i * 17 + j]));
        assertThat(in[3 + i * 20 + j]).isEqualTo(out[i * 18 + j]);
      }
      assertThat(out[i * 18 + 17]).isZero();
    }
    assertThatThrownBy(() -> recipe.apply(9, 17, in, 3, 20, in, 4, 20, ws)).hasMessageContaining("out overlaps in");
    assertThatThrownBy(() -> recipe.apply(9, 17, in, 30, 20, out, 0, 18, ws)).hasMessageContaining("in holds [30, 207)");
  }

  /** Powers of two change no bit of anything but the norm, which is in double. */
  @ParameterizedTest
  @ValueSource(ints = {-100, -66, -1, 1, 60, 120})
  void scaleInvariantIsInvariant(int exponent) {
    var recipe = NewtonSchulz.muon5().with(Guard.SCALE_INVARIANT, 0);
    float[] x = Problem.values(new SplittableRandom(6), 20 * 33);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(x[i] * 1024) / 1024f; // so that none becomes subnormal
    }
    float[] scaled = x.clone();
    for (int i = 0; i < x.length; i++) {
      scaled[i] = Math.scalb(x[i], exponent);
    }
    assertThat(apply(recipe, 20, 33, scaled)).isEqualTo(apply(recipe, 20, 33, x));
  }

  /** With entries whose squares add up exactly the norms agree, and then every bit. */
  @Test
  void transposeCommutesBitForBit() {
    for (int[] shape : new int[][] {{5, 9}, {33, 12}, {1, 40}, {64, 70}, {130, 20}}) {
      int rows = shape[0];
      int cols = shape[1];
      float[] x = integers(rows * cols);
      for (NewtonSchulz recipe : recipes()) {
        float[] expected = transpose(cols, rows, apply(recipe, cols, rows, transpose(rows, cols, x)));
        assertThat(apply(recipe, rows, cols, x)).as("%d x %d", rows, cols).isEqualTo(expected);
      }
    }
  }

  @Test
  void signCommutes() {
    float[] x = integers(12 * 20);
    float[] minus = x.clone();
    float[] expected = apply(NewtonSchulz.muon5(), 12, 20, x);
    for (int i = 0; i < x.length; i++) {
      minus[i] = -x[i];
      expected[i] = -expected[i] + 0f; // -0 as 0
    }
    float[] actual = apply(NewtonSchulz.muon5(), 12, 20, minus);
    for (int i = 0; i < x.length; i++) {
      assertThat(actual[i] + 0f).isEqualTo(expected[i]);
    }
  }
}
