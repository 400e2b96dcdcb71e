package curvata.kernels.matrix;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;

/** The iteration in float32: products by {@link Product}, norms in double. */
final class FloatIteration extends Iteration {
  private final float[][] x = new float[2][];
  private final int[] xAt = new int[2];
  private final int[] xStride = new int[2];
  private int rows;
  private int cols;
  private float[] squares;
  private int squaresAt;

  // One pass of combine on its way to other threads.
  private float alpha;
  private float beta;
  private int first;
  private int second;
  private int result;

  /** Where everything is: X in one of two places, squares one after the other. */
  void bind(
      int rowCount, int colCount, float[] out, int outAt, int outStride, float[] spare, int spareAt, int spareStride, int squaresFrom,
      Workspace workspace) {
    rows = rowCount;
    cols = colCount;
    tall = rows > cols;
    m = Math.min(rows, cols);
    n = Math.max(rows, cols);
    x[OUT] = out;
    xAt[OUT] = outAt;
    xStride[OUT] = outStride;
    x[SPARE] = spare;
    xAt[SPARE] = spareAt;
    xStride[SPARE] = spareStride;
    ws = workspace;
    squares = workspace.floats();
    squaresAt = squaresFrom;
  }

  /** Lets go of the arrays, so that a workspace keeps nothing alive. */
  void clear() {
    x[OUT] = null;
    x[SPARE] = null;
    squares = null;
    ws = null;
  }

  private int at(int s) {
    return squaresAt + s * m * m;
  }

  @Override
  void gram(int from, int s) {
    Product.gram(tall, m, n, 1, x[from], xAt[from], xStride[from], 0, squares, at(s), m, ws);
  }

  @Override
  void symmetric(double by, int a, int b, double plus, int d, int c) {
    Product.symmetric(
        false, false, m, m, (float) by, squares, at(a), m, squares, at(b), m, (float) plus, squares, at(d), m, squares, at(c), m, ws);
  }

  @Override
  void apply(double by, int s, int from, double plus, int y) {
    float[] in = x[from];
    float[] out = x[y];
    if (tall) {
      Product.multiply(
          false, false, rows, cols, cols, (float) by, in, xAt[from], xStride[from], squares, at(s), m, (float) plus, in, xAt[from], xStride[from],
          out, xAt[y], xStride[y], ws);
    } else {
      Product.multiply(
          false, false, rows, cols, rows, (float) by, squares, at(s), m, in, xAt[from], xStride[from], (float) plus, in, xAt[from], xStride[from],
          out, xAt[y], xStride[y], ws);
    }
  }

  @Override
  void combine(double by, int a, double plus, int b, double gamma, int c) {
    alpha = (float) by;
    beta = (float) plus;
    first = at(a);
    second = at(b);
    result = at(c);
    Threads.run(this, parts(), m * m);
    shift(c, gamma);
  }

  @Override
  public void run(int part, int worker) {
    int from = part * PART;
    combine(squares, alpha, first, beta, second, result, from, Math.min(from + PART, m * m));
  }

  /** A plain loop of two products and a sum, each rounded: the compiler vectorizes it. */
  private static void combine(float[] s, float alpha, int a, float beta, int b, int c, int from, int to) {
    for (int i = from; i < to; i++) {
      s[c + i] = alpha * s[a + i] + beta * s[b + i];
    }
  }

  @Override
  void shift(int s, double gamma) {
    float by = (float) gamma;
    for (int i = 0, at = at(s); i < m; i++, at += m + 1) {
      squares[at] += by;
    }
  }

  @Override
  void copy(int from, int to) {
    System.arraycopy(squares, at(from), squares, at(to), m * m);
  }

  @Override
  void move(int from, int to) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x[from], xAt[from] + i * xStride[from], x[to], xAt[to] + i * xStride[to], cols);
    }
  }

  @Override
  double sumOfSquares(int s) {
    return Reductions.sumOfSquares(squares, at(s), at(s) + m * m, ws);
  }

  /** The runs between diagonal elements are m long each and add up without cancellation. */
  @Override
  double sumOfSquaresFrom(int s, double gamma) {
    double sum = 0;
    int at = at(s);
    for (int i = 0; i < m; i++, at += m + 1) {
      double off = squares[at] - gamma;
      sum += off * off;
      if (i < m - 1) {
        sum += Reductions.sumOfSquares(squares, at + 1, at + 1 + m, ws);
      }
    }
    return sum;
  }

  @Override
  double largestRowSum(int s) {
    double largest = 0;
    for (int i = 0; i < m; i++) {
      largest = Math.max(largest, rowSum(s, i));
    }
    return largest;
  }

  private double rowSum(int s, int row) {
    double sum = 0;
    for (int j = 0, at = at(s) + row * m; j < m; j++, at++) {
      sum += Math.abs(squares[at]);
    }
    return sum;
  }

  @Override
  void rescaleRows(int s, int from) {
    int mark = ws.takeDoubles(m);
    double[] t = ws.doubles();
    for (int i = 0; i < m; i++) {
      double sum = rowSum(s, i);
      t[mark + i] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0, at = at(s) + i * m; j < m; j++, at++) {
        squares[at] = (float) (squares[at] * (t[mark + i] * t[mark + j]));
      }
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0, at = xAt[from] + i * xStride[from]; j < cols; j++, at++) {
        x[from][at] = (float) (x[from][at] * t[mark + (tall ? j : i)]);
      }
    }
    ws.releaseDoubles(mark);
  }
}
