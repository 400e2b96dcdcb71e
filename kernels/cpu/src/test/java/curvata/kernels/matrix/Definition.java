package curvata.kernels.matrix;

/** The iteration as it is written, on whole matrices and with the transpose taken, in double or with every operation rounded to float. */
enum Definition {
  DOUBLE,
  FLOAT;

  double[] apply(NewtonSchulz recipe, int rows, int cols, float[] in) {
    if (rows > cols) {
      double[] y = apply(recipe, cols, rows, Recipes.transpose(rows, cols, in));
      double[] x = new double[y.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = y[i % cols * rows + i / cols];
      }
      return x;
    }
    double[] x = normalized(recipe, in);
    for (OddPolynomial p : recipe.coefficients().steps()) {
      double[] t = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        t[i % cols * rows + i / cols] = x[i];
      }
      double[] gram = product(rows, rows, cols, x, t);
      double[] square = product(rows, rows, rows, gram, gram);
      double[] inner = sum(p.b(), gram, p.c(), square);
      if (p.degree() > 5) {
        double[] factor = sum(p.d(), gram, p.e(), square);
        for (int i = 0; i < rows; i++) {
          factor[i * rows + i] = rounded(factor[i * rows + i] + rounded(p.c()));
        }
        inner = sum(p.b(), gram, 1, product(rows, rows, rows, factor, square));
      }
      x = sum(p.a(), x, 1, product(rows, cols, rows, inner, x));
    }
    return x;
  }

  private double[] normalized(NewtonSchulz recipe, float[] in) {
    double squares = 0;
    for (float value : in) {
      squares += (double) value * value;
    }
    double norm = Math.sqrt(squares);
    double denominator = switch (recipe.guard()) {
      case SCALE_INVARIANT -> recipe.scale() * norm;
      case ADD -> recipe.scale() * norm + recipe.eps();
      case MAX -> recipe.scale() * Math.max(norm, recipe.eps());
    };
    double[] x = new double[in.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = denominator == 0 ? 0 : rounded(in[i] / denominator);
    }
    return x;
  }

  private double[] product(int m, int n, int k, double[] a, double[] b) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          c[i * n + j] = rounded(c[i * n + j] + rounded(a[i * k + p] * b[p * n + j]));
        }
      }
    }
    return c;
  }

  private double[] sum(double s, double[] x, double t, double[] y) {
    double[] z = new double[x.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = rounded(rounded(rounded(s) * x[i]) + rounded(rounded(t) * y[i]));
    }
    return z;
  }

  private double rounded(double value) {
    return this == FLOAT ? (float) value : value;
  }
}
