package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;

/** How much scratch a recipe takes for a shape, which has been checked; refuses what would exceed an array. */
final class Scratch {
  private static final int MOST = Integer.MAX_VALUE - 64;

  private Scratch() {}

  /** Makes room for one call on floats. */
  static void reserve(NewtonSchulz recipe, int rows, int cols, Workspace ws) {
    ws.reserve(floats(recipe, rows, cols), doubles(recipe, rows, cols));
  }

  /** Floats of a call on floats. */
  static int floats(NewtonSchulz recipe, int rows, int cols) {
    return recipe.usesDouble(rows, cols) ? 0 : iteration(recipe, rows, cols, 1);
  }

  /** Doubles of a call on floats. */
  static int doubles(NewtonSchulz recipe, int rows, int cols) {
    return recipe.usesDouble(rows, cols) ? wide(recipe, rows, cols) : Reductions.requiredDoubles(rows * cols) + Math.min(rows, cols);
  }

  /** Floats of the iteration in float: so many X besides the caller's, the squares, and what products take. */
  static int iteration(NewtonSchulz recipe, int rows, int cols, int xs) {
    return matrices(recipe, rows, cols, xs, products(rows, cols));
  }

  /** Floats that the iteration itself holds, while products take theirs. */
  static int held(NewtonSchulz recipe, int rows, int cols) {
    return matrices(recipe, rows, cols, 1, 0);
  }

  /** Doubles of the iteration in double: X in both places, the squares, a row, and what products take. */
  static int wide(NewtonSchulz recipe, int rows, int cols) {
    return matrices(recipe, rows, cols, 2, Math.min(rows, cols) + DoubleProduct.required());
  }

  /** Doubles that the iteration in double itself holds. */
  static int wideHeld(NewtonSchulz recipe, int rows, int cols) {
    return matrices(recipe, rows, cols, 2, 0);
  }

  /** Doubles of an iteration on so many squares alone. */
  static int squares(int count, int m) {
    long total = (long) count * m * m + DoubleProduct.required();
    if (m < 0 || total > MOST) {
      throw new IllegalArgumentException("m = " + m + ", expected 0 or more, and a scratch of " + total + " doubles to fit an array");
    }
    return (int) total;
  }

  private static int matrices(NewtonSchulz recipe, int rows, int cols, int xs, int more) {
    long m = Math.min(rows, cols);
    long total = (long) xs * rows * cols + squares(recipe, rows, cols) * m * m + more;
    if (total > MOST) {
      throw new IllegalArgumentException("scratch for " + rows + " x " + cols + " = " + total + " numbers, expected at most 2^31 - 65");
    }
    return (int) total;
  }

  private static int squares(NewtonSchulz recipe, int rows, int cols) {
    int forNorm = recipe.norm() == Norm.SCHATTEN_8 ? 2 : 1;
    return recipe.usesGram(rows, cols) ? Iteration.GRAM_SQUARES : Math.max(forNorm, Iteration.plainSquares(recipe.coefficients().degree()));
  }

  private static int products(int rows, int cols) {
    int m = Math.min(rows, cols);
    int n = Math.max(rows, cols);
    return Math.max(Product.scratch(m, m, n), Product.scratch(rows, cols, m));
  }
}
