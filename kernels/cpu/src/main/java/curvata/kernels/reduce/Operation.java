package curvata.kernels.reduce;

/** What a reduction computes from one or two arrays. */
public enum Operation {
  /** Σ x, see {@link Sum}. */
  SUM {
    @Override
    void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at) {
      Sum.accumulate(x, from, to, lanes, at);
    }
  },
  /** Σ x², see {@link SumOfSquares}. */
  SUM_OF_SQUARES {
    @Override
    void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at) {
      SumOfSquares.accumulate(x, from, to, lanes, at);
    }
  },
  /** Σ x·y, see {@link Dot}. */
  DOT {
    @Override
    void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at) {
      Dot.accumulate(x, y, from, to, lanes, at);
    }
  },
  /** max |x|, see {@link MaxAbs}. */
  MAX_ABS {
    @Override
    void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at) {
      MaxAbs.accumulate(x, from, to, lanes, at);
    }
  };

  /** Whether it takes two arrays. */
  public boolean binary() {
    return this == DOT;
  }

  /** The result over two disjoint sets from the results over each: their sum or their maximum. */
  public double combine(double a, double b) {
    return this == MAX_ABS ? Math.max(a, b) : a + b;
  }

  /**
   * Adds elements to the lanes of a block; y is not read unless {@link #binary}.
   *
   * @param from first element, for lane 0: the block so far had a multiple of {@value Blocks#LANES} elements
   */
  abstract void accumulate(float[] x, float[] y, int from, int to, double[] lanes, int at);

  /** Folds the lanes of a block into the first. */
  double fold(double[] lanes, int at) {
    return this == MAX_ABS ? Blocks.foldMax(lanes, at) : Blocks.foldSum(lanes, at);
  }

  /** Folds {@code count} values, {@code stride} apart, into the first, in the fixed order of {@link Blocks}. */
  double tree(double[] values, int at, int count, int stride) {
    return this == MAX_ABS ? Blocks.treeMax(values, at, count, stride) : Blocks.treeSum(values, at, count, stride);
  }
}
