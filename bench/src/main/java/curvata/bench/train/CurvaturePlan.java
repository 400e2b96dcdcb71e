package curvata.bench.train;

import curvata.bench.model.Mlp;
import curvata.optim.Rule;

/**
 * How often and on how many rows the curvature is looked at, so that it takes a bounded share of a run's work.
 *
 * <pre>
 *   training   steps · (3 rows · P + rule) + evaluations · all rows · P          multiply-adds, P parameters
 *   looks      Σ products · (rows · (6 P − 4 P₀) + {@value #VECTORS} P)         P₀ those of the first layer
 *   looks ≤ max(training · share / (1 − share), {@value #FREE}),   share = {@value #SHARE}
 * </pre>
 *
 * <p>Work is counted, not timed, so the plan is a function of the settings and the data alone: a run repeated or resumed looks at the same steps and
 * rows. There are at most {@value #LOOKS} looks and those at start, middle and end; where the share does not allow so many on
 * {@value #LEAST_ROWS} rows, there are fewer, and where it does not allow even start, middle and end, it is exceeded. Where every step takes all rows,
 * so does the curvature: its limit is that of their loss. What was asked for by name is done.
 *
 * @param every steps from one look to the next; 0 for none at all
 * @param rows training rows whose mean loss the curvature is of
 */
record CurvaturePlan(long every, int rows) {
  private static final double SHARE = 0.25;
  private static final double FREE = 4e9; // multiply-adds: a tenth of a second or two, which nobody misses
  private static final int LOOKS = 10;
  private static final int LEAST_ROWS = 128;
  private static final int PRODUCTS = 21; // of a look: the largest eigenvalues from those before, and a trace
  private static final int DENSITY_PRODUCTS = 76; // of a look with a density
  private static final int VECTORS = 320; // operations per parameter that come with a product: probes, dots, a Krylov basis
  private static final int ORTHOGONALIZATION = 12; // products m² n that a rule for matrices takes, m the smaller side: five iterations
  private static final int ELEMENTWISE = 10; // operations per parameter that any rule takes

  /** The plan of a run. */
  static CurvaturePlan of(Settings settings, Problem problem, Mlp model) {
    int all = problem.training().rows();
    if (settings.curvatureEvery() == 0) {
      return new CurvaturePlan(0, all);
    }
    boolean whole = settings.batch() == all;
    int least = settings.curvatureRows() > 0 ? settings.curvatureRows() : whole ? all : Math.min(all, LEAST_ROWS);
    double work = Math.max(FREE, training(settings, problem, model) * SHARE / (1 - SHARE));
    long every = settings.curvatureEvery();
    if (every == Settings.AUTO) {
      int looks = LOOKS;
      while (looks > 1 && products(settings.steps(), every(settings.steps(), looks)) * product(model, least) > work) {
        looks--;
      }
      every = every(settings.steps(), looks);
    }
    if (settings.curvatureRows() > 0 || whole) {
      return new CurvaturePlan(every, least);
    }
    double rows = (work / products(settings.steps(), every) - product(model, 0)) / (product(model, 1) - product(model, 0));
    return new CurvaturePlan(every, (int) Math.max(least, Math.min(all, rows)));
  }

  /** Whether there is a look after so many steps of a run. */
  boolean due(long step, long steps) {
    return every > 0 && (mark(step, steps) || step % every == 0);
  }

  /** Whether it is one with a density: at start, middle and end. */
  static boolean mark(long step, long steps) {
    return step == 0 || step == steps / 2 || step == steps;
  }

  private static long every(long steps, int looks) {
    return looks == 1 ? steps : (steps - 1) / looks + 1;
  }

  /** Hessian-vector products of a whole run. */
  private static double products(long steps, long every) {
    long marks = steps > 1 ? 3 : 2;
    long multiples = steps / every + 1; // 0 among them
    long shared = 1 + (steps / 2 > 0 && steps / 2 % every == 0 ? 1 : 0) + (steps % every == 0 ? 1 : 0);
    return marks * (double) DENSITY_PRODUCTS + Math.max(0, multiples - shared) * (double) PRODUCTS;
  }

  /** Multiply-adds of one product on so many rows, and of what comes with it. */
  private static double product(Mlp model, int rows) {
    int[] layers = model.layers();
    return rows * (6.0 * model.size() - 4.0 * layers[0] * layers[1]) + VECTORS * (double) model.size();
  }

  private static double training(Settings s, Problem problem, Mlp model) {
    double step = 3.0 * s.batch() * model.size() + ELEMENTWISE * (double) model.size() + orthogonalization(s.optimizer(), model);
    double evaluation = (double) (problem.training().rows() + problem.heldOut().rows()) * model.size();
    return s.steps() * step + (s.steps() / s.evaluateEvery() + 1) * evaluation;
  }

  /** Of the hidden matrices, where the rule is for matrices. */
  private static double orthogonalization(Rule<?> rule, Mlp model) {
    double sum = 0;
    int[] layers = model.layers();
    for (int n = 0; n < layers.length - 2 && !rule.accepts(1); n++) {
      double small = Math.min(layers[n], layers[n + 1]);
      sum += ORTHOGONALIZATION * small * small * Math.max(layers[n], layers[n + 1]);
    }
    return sum;
  }
}
