package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import java.util.Arrays;

/** Orthogonalization in double, of doubles or with floats outside: everything happens in the workspace. Arguments have been checked. */
final class DoublePath {
  private DoublePath() {}

  static double apply(NewtonSchulz recipe, int rows, int cols, double[] in, int inAt, double[] out, int outAt, Outcome outcome, Workspace ws) {
    int at = take(recipe, rows, cols, ws);
    try {
      System.arraycopy(in, inAt, ws.doubles(), at, rows * cols);
      double norm = inPlace(recipe, rows, cols, at, outcome, ws);
      System.arraycopy(ws.doubles(), at, out, outAt, rows * cols);
      return norm;
    } finally {
      ws.releaseDoubles(at);
    }
  }

  static double apply(
      NewtonSchulz recipe, int rows, int cols, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride, Outcome outcome,
      Workspace ws) {
    int at = take(recipe, rows, cols, ws);
    try {
      Strided.widen(rows, cols, in, inAt, inStride, ws.doubles(), at);
      double norm = inPlace(recipe, rows, cols, at, outcome, ws);
      Strided.narrow(rows, cols, ws.doubles(), at, out, outAt, outStride);
      return norm;
    } finally {
      ws.releaseDoubles(at);
    }
  }

  private static int take(NewtonSchulz recipe, int rows, int cols, Workspace ws) {
    ws.releaseDoubles(ws.takeDoubles(Scratch.wide(recipe, rows, cols))); // all that will be needed is there, before anything is written
    return ws.takeDoubles(Scratch.wideHeld(recipe, rows, cols));
  }

  /** The first of two matrices at {@code at} becomes its result. */
  private static double inPlace(NewtonSchulz recipe, int rows, int cols, int at, Outcome outcome, Workspace ws) {
    double[] x = ws.doubles();
    int end = at + rows * cols;
    double norm = norm(x, at, end);
    if (norm == 0 || !Double.isFinite(norm)) {
      Arrays.fill(x, at, end, norm == 0 ? 0 : Double.NaN);
      return Outcome.none(outcome, norm);
    }
    if (rows == 1 || cols == 1) {
      scale(VectorPath.factor(recipe, norm, outcome), x, at, end, at);
      return norm;
    }
    GramPlan plan = recipe.planFor(rows, cols);
    int start = Iteration.start(recipe, plan);
    DoubleIteration iteration = ws.task(DoubleIteration.class, DoubleIteration::new);
    iteration.bind(rows, cols, at, ws);
    scale(Iteration.factor(recipe, norm), x, at, end, iteration.x(start));
    iteration.run(recipe, start, norm, plan, outcome);
    iteration.clear();
    return norm;
  }

  private static double norm(double[] x, int from, int end) {
    double square = 0;
    for (int i = from; i < end; i++) {
      square += x[i] * x[i];
    }
    return Math.sqrt(square);
  }

  private static void scale(double factor, double[] x, int from, int end, int to) {
    for (int i = from; i < end; i++) {
      x[to + i - from] = x[i] * factor;
    }
  }
}
