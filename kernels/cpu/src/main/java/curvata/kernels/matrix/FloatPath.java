package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;

/** Orthogonalization of floats in float32: X moves between the caller's output and one more of scratch. Arguments have been checked. */
final class FloatPath {
  private FloatPath() {}

  static double apply(
      NewtonSchulz recipe, int rows, int cols, float[] in, int inAt, int inStride, float[] out, int outAt, int outStride, Outcome outcome,
      Workspace ws) {
    // All that will be needed is there, before anything is written.
    ws.releaseFloats(ws.takeFloats(Scratch.floats(recipe, rows, cols)));
    ws.releaseDoubles(ws.takeDoubles(Scratch.doubles(recipe, rows, cols)));
    int spareAt = ws.takeFloats(Scratch.held(recipe, rows, cols));
    try {
      double norm = norm(rows, cols, in, inAt, inStride, spareAt, ws);
      if (norm == 0 || !Double.isFinite(norm)) {
        Strided.fill(rows, cols, out, outAt, outStride, norm == 0 ? 0 : Float.NaN);
        return Outcome.none(outcome, norm);
      }
      if (rows == 1 || cols == 1) {
        Strided.scale(rows, cols, VectorPath.factor(recipe, norm, outcome), in, inAt, inStride, out, outAt, outStride);
        return norm;
      }
      iterate(recipe, rows, cols, in, inAt, inStride, norm, out, outAt, outStride, spareAt, outcome, ws);
      return norm;
    } finally {
      ws.releaseFloats(spareAt);
    }
  }

  private static double norm(int rows, int cols, float[] in, int at, int stride, int spareAt, Workspace ws) {
    if (stride == cols) {
      return Math.sqrt(Reductions.sumOfSquares(in, at, at + rows * cols, ws));
    }
    Strided.copy(rows, cols, in, at, stride, ws.floats(), spareAt, cols); // so that the order of the sum does not depend on the stride
    return Math.sqrt(Reductions.sumOfSquares(ws.floats(), spareAt, spareAt + rows * cols, ws));
  }

  private static void iterate(
      NewtonSchulz recipe, int rows, int cols, float[] in, int inAt, int inStride, double norm, float[] out, int outAt, int outStride, int spareAt,
      Outcome outcome, Workspace ws) {
    float[] spare = ws.floats();
    GramPlan plan = recipe.planFor(rows, cols);
    int start = Iteration.start(recipe, plan);
    if (start == Iteration.SPARE) {
      Strided.scale(rows, cols, Iteration.factor(recipe, norm), in, inAt, inStride, spare, spareAt, cols);
    } else {
      Strided.scale(rows, cols, Iteration.factor(recipe, norm), in, inAt, inStride, out, outAt, outStride);
    }
    FloatIteration iteration = ws.task(FloatIteration.class, FloatIteration::new);
    iteration.bind(rows, cols, out, outAt, outStride, spare, spareAt, cols, spareAt + rows * cols, ws);
    iteration.run(recipe, start, norm, plan, outcome);
    iteration.clear();
  }
}
