package curvata.kernels.matrix;

import curvata.kernels.Workspace;
import curvata.kernels.codec.BFloat16;

/** Orthogonalization of bfloat16 numbers: decoded to scratch, done on floats, encoded. Arguments have been checked. */
final class BFloat16Path {
  private BFloat16Path() {}

  static double apply(
      NewtonSchulz recipe, int rows, int cols, short[] in, int inAt, int inStride, short[] out, int outAt, int outStride, Workspace ws) {
    ws.releaseFloats(ws.takeFloats(Scratch.iteration(recipe, rows, cols, 2)));
    int at = ws.takeFloats(rows * cols);
    try {
      for (int i = 0; i < rows; i++) {
        BFloat16.decode(in, inAt + i * inStride, ws.floats(), at + i * cols, cols);
      }
      double norm = recipe.apply(rows, cols, ws.floats(), at, ws.floats(), at, ws);
      for (int i = 0; i < rows; i++) {
        BFloat16.encode(ws.floats(), at + i * cols, out, outAt + i * outStride, cols);
      }
      return norm;
    } finally {
      ws.releaseFloats(at);
    }
  }
}
