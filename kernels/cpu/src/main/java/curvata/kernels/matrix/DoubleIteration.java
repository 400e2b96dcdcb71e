package curvata.kernels.matrix;

import curvata.kernels.Threads;
import curvata.kernels.Workspace;

/** The iteration in double: everything in the workspace, X in two places, then the squares. Sums are in ascending order. */
final class DoubleIteration extends Iteration {
  private int rows;
  private int cols;
  private double[] data;
  private int dataAt;

  // One pass of combine on its way to other threads.
  private double alpha;
  private double beta;
  private int first;
  private int second;
  private int result;

  /** Where everything is: two matrices, then the squares. */
  void bind(int rowCount, int colCount, int at, Workspace workspace) {
    rows = rowCount;
    cols = colCount;
    tall = rows > cols;
    m = Math.min(rows, cols);
    n = Math.max(rows, cols);
    ws = workspace;
    data = workspace.doubles();
    dataAt = at;
  }

  /** Squares alone, one after the other. */
  private void bindSquares(int size, int at, Workspace workspace) {
    rows = 0;
    cols = 0;
    tall = false;
    m = size;
    n = size;
    ws = workspace;
    data = workspace.doubles();
    dataAt = at;
  }

  /**
   * Takes so many squares from the workspace, the first of which becomes a symmetric matrix; {@link #end} gives them back.
   *
   * @param a on and below the diagonal, row-major
   */
  static DoubleIteration begin(int count, int m, double[] a, int at, Workspace ws) {
    DoubleIteration t = take(count, m, ws);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        t.set(i, j, a[at + i * m + j]);
      }
    }
    return t;
  }

  /** The same of a matrix of floats. */
  static DoubleIteration begin(int count, int m, float[] a, int at, Workspace ws) {
    DoubleIteration t = take(count, m, ws);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j <= i; j++) {
        t.set(i, j, a[at + i * m + j]);
      }
    }
    return t;
  }

  private static DoubleIteration take(int count, int m, Workspace ws) {
    ws.releaseDoubles(ws.takeDoubles(Scratch.squares(count, m))); // all that will be needed is there
    DoubleIteration t = ws.task(DoubleIteration.class, DoubleIteration::new);
    t.bindSquares(m, ws.takeDoubles(count * m * m), ws);
    return t;
  }

  private void set(int i, int j, double value) {
    data[dataAt + i * m + j] = value;
    data[dataAt + j * m + i] = value;
  }

  /** Gives back the squares. */
  void end() {
    ws.releaseDoubles(dataAt);
    clear();
  }

  /** Lets go of the arrays. */
  void clear() {
    data = null;
    ws = null;
  }

  /** Where the matrix in a place begins. */
  int x(int place) {
    return dataAt + place * rows * cols;
  }

  /** Where a square begins. */
  int at(int s) {
    return dataAt + 2 * rows * cols + s * m * m;
  }

  @Override
  void gram(int from, int s) {
    DoubleProduct.multiply(
        tall, !tall, m, m, n, 1, data, x(from), cols, data, x(from), cols, 0, data, at(s), m, data, at(s), m, true, ws);
  }

  @Override
  void symmetric(double by, int a, int b, double plus, int d, int c) {
    DoubleProduct.multiply(
        false, false, m, m, m, by, data, at(a), m, data, at(b), m, plus, data, at(d), m, data, at(c), m, true, ws);
  }

  /** C ← A B on squares that need not be symmetric. */
  void multiply(int a, int b, int c) {
    DoubleProduct.multiply(
        false, false, m, m, m, 1, data, at(a), m, data, at(b), m, 0, data, at(c), m, data, at(c), m, false, ws);
  }

  /** S ← (S + Sᵀ)/2. */
  void symmetrize(int s) {
    int from = at(s);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (data[from + i * m + j] + data[from + j * m + i]) / 2;
        data[from + i * m + j] = mean;
        data[from + j * m + i] = mean;
      }
    }
  }

  @Override
  void apply(double by, int s, int from, double plus, int y) {
    if (tall) {
      DoubleProduct.multiply(
          false, false, rows, cols, cols, by, data, x(from), cols, data, at(s), m, plus, data, x(from), cols, data, x(y), cols, false, ws);
    } else {
      DoubleProduct.multiply(
          false, false, rows, cols, rows, by, data, at(s), m, data, x(from), cols, plus, data, x(from), cols, data, x(y), cols, false, ws);
    }
  }

  @Override
  void combine(double by, int a, double plus, int b, double gamma, int c) {
    alpha = by;
    beta = plus;
    first = at(a);
    second = at(b);
    result = at(c);
    Threads.run(this, parts(), m * m);
    shift(c, gamma);
  }

  @Override
  public void run(int part, int worker) {
    int to = Math.min((part + 1) * PART, m * m);
    for (int i = part * PART; i < to; i++) {
      data[result + i] = alpha * data[first + i] + beta * data[second + i];
    }
  }

  @Override
  void shift(int s, double gamma) {
    for (int i = 0, at = at(s); i < m; i++, at += m + 1) {
      data[at] += gamma;
    }
  }

  @Override
  void copy(int from, int to) {
    System.arraycopy(data, at(from), data, at(to), m * m);
  }

  @Override
  void move(int from, int to) {
    System.arraycopy(data, x(from), data, x(to), rows * cols);
  }

  @Override
  double sumOfSquares(int s) {
    double sum = 0;
    for (int i = at(s), end = i + m * m; i < end; i++) {
      sum += data[i] * data[i];
    }
    return sum;
  }

  @Override
  double sumOfSquaresFrom(int s, double gamma) {
    double sum = 0;
    for (int i = 0, at = at(s); i < m; i++) {
      for (int j = 0; j < m; j++, at++) {
        double off = i == j ? data[at] - gamma : data[at];
        sum += off * off;
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
      sum += Math.abs(data[at]);
    }
    return sum;
  }

  @Override
  void rescaleRows(int s, int from) {
    int mark = ws.takeDoubles(m);
    for (int i = 0; i < m; i++) {
      double sum = rowSum(s, i);
      data[mark + i] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    }
    for (int i = 0; i < m; i++) {
      for (int j = 0, at = at(s) + i * m; j < m; j++, at++) {
        data[at] *= data[mark + i] * data[mark + j];
      }
    }
    for (int i = 0, at = x(from); i < rows; i++) {
      for (int j = 0; j < cols; j++, at++) {
        data[at] *= data[mark + (tall ? j : i)];
      }
    }
    ws.releaseDoubles(mark);
  }
}
