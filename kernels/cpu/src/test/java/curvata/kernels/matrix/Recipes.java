package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** What tests orthogonalize with, and how they call and compare. */
final class Recipes {
  static final double ATOL = 2e-6; // accepted for float32 by the specification, or 4 times what plain float32 loops miss

  private Recipes() {}

  /** Three that need no other tolerance than {@link #ATOL}. */
  static List<NewtonSchulz> recipes() {
    return List.of(
        NewtonSchulz.muon5(),
        NewtonSchulz.of(Coefficients.cubic(5)).with(Guard.ADD, 1e-7),
        NewtonSchulz.of(Coefficients.quintic(10)).with(Guard.ADD, 1e-7));
  }

  /** Every published set, and one of degree 7. */
  static List<NewtonSchulz> everyRecipe() {
    String names = "cubic5 quintic10 muon5 you5 polar5 polar8 polar105_5 polar_speedrun5 polar_l1e-6_10 degree9_3 degree9_4 degree9_6 septic";
    return Arrays.stream(names.split(" ")).map(Recipes::recipe).toList();
  }

  static NewtonSchulz recipe(String name) {
    return name.equals("septic") ? NewtonSchulz.of(Minimax.delta(name, 7, 3, 0.3)) : NewtonSchulz.named(name).with(Guard.ADD, 1e-7);
  }

  static float[] apply(NewtonSchulz recipe, int rows, int cols, float[] x) {
    float[] y = Problem.garbage(rows * cols);
    recipe.apply(rows, cols, x, 0, y, 0, workspace(recipe, rows, cols));
    return y;
  }

  static double[] applyWide(NewtonSchulz recipe, int rows, int cols, double[] x) {
    double[] y = new double[x.length];
    var ws = new Workspace();
    ws.reserve(0, recipe.requiredWide(rows, cols));
    Arrays.fill(ws.doubles(), Double.NaN);
    recipe.apply(rows, cols, x, 0, y, 0, null, ws);
    return y;
  }

  static Workspace workspace(NewtonSchulz recipe, int rows, int cols) {
    var ws = new Workspace();
    ws.reserve(Math.max(recipe.required(rows, cols), Orthogonality.required(rows, cols)), recipe.requiredDoubles(rows, cols));
    Arrays.fill(ws.floats(), Float.NaN);
    return ws;
  }

  static float[] integers(int count) {
    var random = new SplittableRandom(count);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextInt(-100, 101);
    }
    return x;
  }

  static float[] transpose(int rows, int cols, float[] x) {
    float[] y = new float[rows * cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        y[j * rows + i] = x[i * cols + j];
      }
    }
    return y;
  }

  static double largestDifference(float[] actual, double[] expected) {
    double[] wide = new double[actual.length];
    for (int i = 0; i < actual.length; i++) {
      wide[i] = actual[i];
    }
    return largestDifference(wide, expected);
  }

  static double largestDifference(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i])); // NaN stays
    }
    return largest;
  }
}
