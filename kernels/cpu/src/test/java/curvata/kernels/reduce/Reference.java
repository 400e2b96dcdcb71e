package curvata.kernels.reduce;

import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;

/** What a reduction must give: the value in about 106 bits, and the contract's order written out slowly. */
final class Reference {
  /**
   * A sum in two doubles and the sum of magnitudes that its allowed error is relative to.
   *
   * @param value the sum, rounded once
   * @param magnitude Σ of the terms' magnitudes
   */
  record Exact(double value, double magnitude) {}

  private Reference() {}

  /** The term of element i of an operation. */
  static double term(Operation operation, float[] x, float[] y, int i) {
    return switch (operation) {
      case SUM -> x[i];
      case SUM_OF_SQUARES -> (double) x[i] * x[i];
      case DOT -> (double) x[i] * y[i];
      case MAX_ABS -> Math.abs((double) x[i]);
    };
  }

  /** Sum or maximum of the terms; sums by Neumaier's compensation in two stages, error far below 2⁻⁹⁰ of the magnitudes. */
  static Exact exact(Operation operation, float[] x, float[] y, int from, int to) {
    double sum = 0;
    double low = 0;
    double lower = 0;
    double magnitude = 0;
    for (int i = from; i < to; i++) {
      double t = term(operation, x, y, i);
      magnitude += Math.abs(t);
      if (operation == Operation.MAX_ABS) {
        sum = Math.max(sum, t);
        continue;
      }
      double s = sum + t;
      double error = Math.abs(sum) >= Math.abs(t) ? (sum - s) + t : (t - s) + sum;
      sum = s;
      double l = low + error;
      lower += Math.abs(low) >= Math.abs(error) ? (low - l) + error : (error - l) + low;
      low = l;
    }
    return new Exact(sum + (low + lower), magnitude);
  }

  /** The contract, transcribed: blocks, sixteen lanes, the tree of lanes, the tree of blocks. */
  static double ordered(Operation operation, float[] x, float[] y, int from, int to) {
    int n = to - from;
    if (n == 0) {
      return 0;
    }
    DoubleBinaryOperator add = operation == Operation.MAX_ABS ? Math::max : Double::sum;
    int length = Math.max(4096, Math.ceilDiv(Math.ceilDiv(n, 1024), 16) * 16);
    double[] blocks = new double[Math.ceilDiv(n, length)];
    for (int b = 0; b < blocks.length; b++) {
      int start = b * length;
      double[] lanes = new double[16];
      for (int i = start; i < Math.min(n, start + length); i++) {
        int lane = (i - start) % 16;
        lanes[lane] = add.applyAsDouble(lanes[lane], term(operation, x, y, from + i));
      }
      blocks[b] = tree(lanes, 16, add);
    }
    return tree(blocks, blocks.length, add);
  }

  private static double tree(double[] values, int count, DoubleBinaryOperator add) {
    if (count == 1) {
      return values[0];
    }
    int upper = count / 2;
    int kept = count - upper;
    double[] next = new double[kept];
    for (int i = 0; i < kept; i++) {
      next[i] = i < upper ? add.applyAsDouble(values[i], values[kept + i]) : values[i];
    }
    return tree(next, kept, add);
  }

  /** Values over twelve orders of magnitude, both signs. */
  static float[] values(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) ((random.nextDouble() - 0.5) * Math.scalb(1.0, random.nextInt(40) - 20));
    }
    return x;
  }
}
