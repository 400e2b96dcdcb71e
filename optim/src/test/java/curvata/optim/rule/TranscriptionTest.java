package curvata.optim.rule;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The float32 kernels against the papers' equations written out in double precision, element by element and without any of the library's code.
 *
 * <p>The bound: every step rounds each intermediate once, relative error at most u = 2⁻²⁴ each, and a step's displacement has at most 12 of them; the
 * parameter itself is rounded twice. So after T steps |θ − θ₆₄| ≤ u (2 T max|θ| + 16 Σ|displacement|), where errors of the moments carried from earlier
 * steps are inside the 16. Gradients are kept away from zero, because a sign or a quotient of vanishing numbers has no such bound.
 */
class TranscriptionTest {
  private static final double U = 0x1p-24;
  private static final int N = 200;
  private static final int STEPS = 25;

  /** One element's history in double: returns the displacement of step t and keeps its own state. */
  interface Equation {
    double displacement(int t, double theta, double g, double ghat);
  }

  interface Equations {
    Equation element();
  }

  private static Arguments of(Rule<?> rule, Equations equations) {
    return Arguments.of(rule, equations);
  }

  static Stream<Arguments> elementwise() {
    return Stream.of(
        of(Sgd.defaults().withLr(0.1), () -> (t, theta, g, ghat) -> -0.1 * g),
        of(Sgd.defaults().withLr(0.1).with("momentum", 0.9).with("weightDecay", 0.01), () -> sgd(0.1, 0.9, 0, 0.01, false)),
        of(Sgd.defaults().withLr(0.1).with("momentum", 0.8).with("dampening", 0.3), () -> sgd(0.1, 0.8, 0.3, 0, false)),
        of(Sgd.defaults().withLr(0.1).with("momentum", 0.9).with("nesterov", true), () -> sgd(0.1, 0.9, 0, 0, true)),
        of(AdamW.defaults().withLr(0.01).with("weightDecay", 0.1), () -> adamw(0.01, 0.9, 0.999, 1e-8, 0.1, false)),
        of(AdamW.defaults().withLr(0.01).with("beta2", 0.5).with("amsgrad", true), () -> adamw(0.01, 0.9, 0.5, 1e-8, 0.01, true)),
        of(SophiaG.defaults().withLr(0.01).with("every", 3).with("batch", 8), () -> sophia(0.01, 0.965, 0.99, 0.04 * 8, 0.1, 3)),
        of(Adam.defaults().withLr(0.01), () -> adam(0.01, 0.9, 0.999, 1e-8, 0, false)),
        of(Adam.defaults().withLr(0.01).with("weightDecay", 0.02), () -> adam(0.01, 0.9, 0.999, 1e-8, 0.02, false)),
        of(Adam.defaults().withLr(0.01).with("beta2", 0.5).with("amsgrad", true), () -> adam(0.01, 0.9, 0.5, 1e-8, 0, true)),
        of(Lion.defaults().withLr(0.01).with("weightDecay", 0.1), () -> lion(0.01, 0.9, 0.99, 0.1)),
        of(AdaHessian.defaults(), () -> adahessian(0.15, 0.9, 0.999, 1e-4, 0, 1)),
        of(AdaHessian.defaults().with("weightDecay", 0.1).with("hessianPower", 0.5), () -> adahessian(0.15, 0.9, 0.999, 1e-4, 0.1, 0.5)),
        of(AdaHessian.defaults().with("hessianPower", 0.3), () -> adahessian(0.15, 0.9, 0.999, 1e-4, 0, 0.3)));
  }

  /** torch.optim.SGD's documentation, lines of its algorithm. */
  private static Equation sgd(double lr, double mu, double dampening, double lambda, boolean nesterov) {
    return new Equation() {
      private double b;

      @Override
      public double displacement(int t, double theta, double g, double ghat) {
        double d = g + lambda * theta;
        b = t == 1 ? d : mu * b + (1 - dampening) * d;
        return -lr * (nesterov ? d + mu * b : b);
      }
    };
  }

  /** Loshchilov, Hutter, Alg. 2, with ε after the bias correction; Reddi et al. for the maximum. */
  private static Equation adamw(double lr, double b1, double b2, double eps, double lambda, boolean amsgrad) {
    return new Equation() {
      private double m;
      private double v;
      private double max;

      @Override
      public double displacement(int t, double theta, double g, double ghat) {
        m = b1 * m + (1 - b1) * g;
        v = b2 * v + (1 - b2) * g * g;
        max = Math.max(max, v);
        double mHat = m / (1 - Math.pow(b1, t));
        double vHat = (amsgrad ? max : v) / (1 - Math.pow(b2, t));
        return -lr * lambda * theta - lr * mHat / (Math.sqrt(vHat) + eps);
      }
    };
  }

  /** Liu et al., Alg. 3, in the form of the authors' code. */
  private static Equation sophia(double lr, double b1, double b2, double rhoBatch, double lambda, int k) {
    return new Equation() {
      private double m;
      private double h;

      @Override
      public double displacement(int t, double theta, double g, double ghat) {
        if (t % k == 1 || k == 1) {
          h = b2 * h + (1 - b2) * ghat * ghat;
        }
        m = b1 * m + (1 - b1) * g;
        double ratio = Math.min(Math.abs(m) / (rhoBatch * h + 1e-15), 1);
        return -lr * lambda * theta - lr * Math.signum(m) * ratio;
      }
    };
  }

  /** Kingma, Ba, Alg. 1, with the decay in the gradient; Reddi et al. for the maximum. */
  private static Equation adam(double lr, double b1, double b2, double eps, double lambda, boolean amsgrad) {
    Equation undecayed = adamw(lr, b1, b2, eps, 0, amsgrad);
    return (t, theta, g, ghat) -> undecayed.displacement(t, theta, g + lambda * theta, ghat);
  }

  /** Chen et al., Alg. 2. */
  private static Equation lion(double lr, double b1, double b2, double lambda) {
    return new Equation() {
      private double m;

      @Override
      public double displacement(int t, double theta, double g, double ghat) {
        double c = b1 * m + (1 - b1) * g;
        m = b2 * m + (1 - b2) * g;
        return -lr * (Math.signum(c) + lambda * theta);
      }
    };
  }

  /** Yao et al., Alg. 1, with the Hessian's power, and ε after the bias correction. */
  private static Equation adahessian(double lr, double b1, double b2, double eps, double lambda, double power) {
    return new Equation() {
      private double m;
      private double v;

      @Override
      public double displacement(int t, double theta, double g, double diagonal) {
        m = b1 * m + (1 - b1) * g;
        v = b2 * v + (1 - b2) * diagonal * diagonal;
        double mHat = m / (1 - Math.pow(b1, t));
        double d = Math.pow(Math.sqrt(v / (1 - Math.pow(b2, t))), power) + eps;
        return -lr * (mHat / d + lambda * theta);
      }
    };
  }

  @ParameterizedTest
  @MethodSource
  void elementwise(Rule<?> rule, Equations equations) {
    SplittableRandom random = new SplittableRandom(11);
    Parameter p = Parameter.of("p", new float[N], new float[N], N);
    double[] truth = new double[N];
    Equation[] element = new Equation[N];
    for (int i = 0; i < N; i++) {
      p.value()[i] = (float) random.nextGaussian();
      truth[i] = p.value()[i];
      element[i] = equations.element();
    }
    double[] travelled = new double[N];
    double[] largest = new double[N];
    try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(p)).build()) {
      for (int t = 1; t <= STEPS; t++) {
        float[] ghat = new float[N];
        for (int i = 0; i < N; i++) {
          p.grad()[i] = away(random, i);
          ghat[i] = away(random, i);
        }
        for (Optimizer.Need need : opt.needs()) {
          opt.supply("p", need.signal(), ghat);
        }
        opt.step();
        for (int i = 0; i < N; i++) {
          double d = element[i].displacement(t, truth[i], p.grad()[i], ghat[i]);
          truth[i] += d;
          travelled[i] += Math.abs(d);
          largest[i] = Math.max(largest[i], Math.abs(truth[i]));
          double allowed = U * (2 * t * largest[i] + 16 * travelled[i]);
          assertThat(Math.abs(p.value()[i] - truth[i])).as("%s, step %d, element %d, seed 11", rule, t, i).isLessThanOrEqualTo(allowed);
        }
      }
    }
  }

  /** A gradient of one sign per element, so that averages do not cancel. */
  private static float away(SplittableRandom random, int i) {
    return (float) ((0.1 + random.nextDouble()) * (i % 2 == 0 ? 1 : -1));
  }

  static Stream<Arguments> lambs() {
    return Stream.of(
        Arguments.of(Lamb.defaults().withLr(0.02).with("weightDecay", 0.05), 1.0, 0.05, true, false, false),
        Arguments.of(Lamb.defaults().withLr(0.02).with("maxGradNorm", 0), 0.0, 0.01, true, false, false),
        Arguments.of(
            Lamb.defaults().withLr(0.02).with("weightDecay", 0).with("alwaysAdapt", true).with("trustClip", true).with("biasCorrection", false),
            1.0, 0.0, false, true, true));
  }

  /** You et al., Alg. 2 with φ = identity, and the clip by the global norm; norms are sums in double here too, but over double values. */
  @ParameterizedTest
  @MethodSource("lambs")
  void lamb(Lamb rule, double clip, double lambda, boolean corrected, boolean adapt, boolean trustClip) {
    SplittableRandom random = new SplittableRandom(12);
    Parameter[] parameters = {Parameter.of("a", new float[30], new float[30], 5, 6), Parameter.of("b", new float[N], new float[N], N)};
    double[][] theta = new double[2][];
    double[][] m = new double[2][N];
    double[][] v = new double[2][N];
    for (int k = 0; k < 2; k++) {
      theta[k] = new double[parameters[k].size()];
      for (int i = 0; i < theta[k].length; i++) {
        parameters[k].value()[i] = (float) random.nextGaussian();
        theta[k][i] = parameters[k].value()[i];
      }
    }
    double travelled = 0;
    double largest = 0;
    try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(parameters)).build()) {
      for (int t = 1; t <= STEPS; t++) {
        double norm = 0;
        for (Parameter p : parameters) {
          for (int i = 0; i < p.size(); i++) {
            p.grad()[i] = away(random, i);
            norm += (double) p.grad()[i] * p.grad()[i];
          }
        }
        double c = clip == 0 ? 1 : Math.max(Math.sqrt(norm) / clip, 1);
        opt.step();
        double step = 0;
        for (int k = 0; k < 2; k++) {
          double[] u = new double[theta[k].length];
          double thetaNorm = 0;
          double uNorm = 0;
          for (int i = 0; i < u.length; i++) {
            double g = parameters[k].grad()[i] / c;
            m[k][i] = 0.9 * m[k][i] + (1 - 0.9) * g;
            v[k][i] = 0.999 * v[k][i] + (1 - 0.999) * g * g;
            double mHat = corrected ? m[k][i] / (1 - Math.pow(0.9, t)) : m[k][i];
            double vHat = corrected ? v[k][i] / (1 - Math.pow(0.999, t)) : v[k][i];
            u[i] = mHat / (Math.sqrt(vHat) + 1e-6) + lambda * theta[k][i];
            thetaNorm += theta[k][i] * theta[k][i];
            uNorm += u[i] * u[i];
          }
          double r = lambda != 0 || adapt ? Math.sqrt(thetaNorm / uNorm) : 1;
          r = trustClip ? Math.min(r, 1) : r;
          for (int i = 0; i < u.length; i++) {
            theta[k][i] -= 0.02 * r * u[i];
            step = Math.max(step, Math.abs(0.02 * r * u[i]));
            largest = Math.max(largest, Math.abs(theta[k][i]));
          }
        }
        travelled += step;
        for (int k = 0; k < 2; k++) {
          for (int i = 0; i < theta[k].length; i++) {
            assertThat(Math.abs(parameters[k].value()[i] - theta[k][i])).as("%s, step %d, %d[%d], seed 12", rule, t, k, i)
                .isLessThanOrEqualTo(U * (2 * t * largest + 24 * travelled)); // 12 more roundings at most: clip, norms, trust ratio
          }
        }
      }
    }
  }

  static Stream<Muon> muons() {
    return Stream.of(
        Muon.defaults().with("weightDecay", 0.1),
        Muon.defaults().with("nesterov", false).with("momentum", 0.9).with("scaling", "match-rms-adamw"),
        Muon.defaults().with("guard", "add"),
        Muon.defaults().with("guard", "max"));
  }

  /**
   * Jordan et al.'s code in double. The iteration multiplies relative errors of the direction by its slope, at most 3.4445⁵ ≈ 485 where singular values
   * vanish; entries of O are at most 1.2 and k is below 2, so each step adds at most 2 · 485 · 8 u η to the element.
   */
  @ParameterizedTest
  @MethodSource("muons")
  void muon(Muon rule) {
    for (int[] shape : new int[][] {{12, 20}, {20, 12}, {1, 8}}) {
      muon(rule, shape[0], shape[1]);
    }
  }

  private static void muon(Muon rule, int rows, int cols) {
    SplittableRandom random = new SplittableRandom(13);
    Parameter p = Parameter.of("p", new float[rows * cols], new float[rows * cols], rows, cols);
    double[] theta = new double[rows * cols];
    double[] b = new double[rows * cols];
    for (int i = 0; i < theta.length; i++) {
      p.value()[i] = (float) random.nextGaussian();
      theta[i] = p.value()[i];
    }
    double mu = rule.momentum();
    double k = rule.scaling() == Muon.Scaling.MATCH_RMS_ADAMW ? 0.2 * Math.sqrt(Math.max(rows, cols)) : Math.sqrt(Math.max(1, (double) rows / cols));
    try (Optimizer opt = Optimizer.builder().group("all", rule, List.of(p)).build()) {
      for (int t = 1; t <= 10; t++) {
        double[] u = new double[theta.length];
        for (int i = 0; i < theta.length; i++) {
          p.grad()[i] = (float) random.nextGaussian();
          b[i] = mu * b[i] + (1 - mu) * p.grad()[i];
          u[i] = rule.nesterov() ? (1 - mu) * p.grad()[i] + mu * b[i] : b[i];
        }
        opt.step();
        double[] o = newtonSchulz(u, rows, cols, rule.guard());
        double allowed = 2 * t * U * 8 + t * rule.lr() * 2 * 485 * 8 * U;
        for (int i = 0; i < theta.length; i++) {
          theta[i] = theta[i] * (1 - rule.lr() * rule.weightDecay()) - rule.lr() * k * o[i];
          assertThat(Math.abs(p.value()[i] - theta[i])).as("%s, %d x %d, step %d, element %d, seed 13", rule, rows, cols, t, i)
              .isLessThanOrEqualTo(allowed);
        }
      }
    }
  }

  private static double[] newtonSchulz(double[] u, int rows, int cols, Muon.Guard guard) {
    double norm = 0;
    for (double x : u) {
      norm += x * x;
    }
    norm = Math.sqrt(norm);
    double divisor = switch (guard) {
      case SCALE_INVARIANT -> norm;
      case ADD -> norm + 1e-7;
      case MAX -> Math.max(norm, 1e-7);
    };
    double[] x = u.clone();
    for (int i = 0; i < x.length; i++) {
      x[i] /= divisor;
    }
    for (int step = 0; step < 5; step++) {
      double[] a = times(x, transpose(x, rows, cols), rows, cols, rows);
      double[] a2 = times(a, a, rows, rows, rows);
      double[] s = new double[a.length];
      for (int i = 0; i < s.length; i++) {
        s[i] = -4.7750 * a[i] + 2.0315 * a2[i];
      }
      double[] sx = times(s, x, rows, rows, cols);
      for (int i = 0; i < x.length; i++) {
        x[i] = 3.4445 * x[i] + sx[i];
      }
    }
    return x;
  }

  private static double[] transpose(double[] x, int rows, int cols) {
    double[] t = new double[x.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        t[j * rows + i] = x[i * cols + j];
      }
    }
    return t;
  }

  private static double[] times(double[] a, double[] b, int m, int k, int n) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          c[i * n + j] += a[i * k + p] * b[p * n + j];
        }
      }
    }
    return c;
  }
}
