package curvata.bench.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compares a descent with the recorded one: step by step as long as the problem is predictable, afterwards only the level of sharpness.
 *
 * <pre>
 *   to step 300     1e-3 of the largest recorded magnitude, of each column where columns are different quantities
 *   from step 400   0.85 ≤ sharpness / (2/η) ≤ 1.25
 * </pre>
 *
 * <p>A start that passes the edge early is thrown apart early. So steps are compared no further than two descents in floats agree among themselves, which
 * the replay measures; on the recordings at hand that is beyond step 300.
 *
 * <p>The recorded smallest eigenvalues are Ritz values that had not converged: as far above the true ones as 30 steps of Lanczos leave them. So ours
 * may be below by what such an iteration may leave (with probability 0.99), ε (λmax − λmin) with 1.648 √n exp(−(2k − 1) √ε) = 0.01, but not above.
 *
 * @see <a href="https://doi.org/10.1137/0613066">Kuczyński, Woźniakowski: Estimating the largest eigenvalue by the power and Lanczos algorithms</a>
 */
final class EdgeJudge implements Recording.Judge {
  private static final int PREDICTABLE = 300;
  private static final int SETTLED = 400;
  private static final double SHARE = 1e-3;
  private static final double LOWEST = 0.85;
  private static final double HIGHEST = 1.25;
  private static final int SMALLEST = 2; // its column
  private static final int RITZ_STEPS = 30;
  private static final String LEVEL = "sharpness from step " + SETTLED;
  private static final Set<String> NOT_JUDGED = Set.of("weights_init", "sensitivity");

  private final GoldenFile.Tensors golden;
  private final Closeness closeness;
  private final double threshold;
  private final int every;
  private final int n;

  EdgeJudge(GoldenFile.Tensors golden, double threshold, int every, int n) {
    this.golden = golden;
    this.closeness = new Closeness(golden);
    this.threshold = threshold;
    this.every = every;
    this.n = n;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    List<Check> checks = new ArrayList<>();
    int predictable = (int) Math.min(PREDICTABLE, results.get(EdgeReplay.PREDICTABLE).values()[0]);
    for (Results.Tensor ours : results.tensors()) {
      if (!ours.name().equals(EdgeReplay.PREDICTABLE)) {
        checks.add(closeness.recorded(ours.name()) ? check(ours, predictable) : closeness.missing(ours.name()));
      }
    }
    Results.Tensor rows = results.get(EdgeReplay.SHARPNESS);
    if (rows.values()[rows.values().length - rows.shape()[1]] >= SETTLED) {
      checks.add(level(rows));
    }
    for (String name : golden.tensors().names()) {
      if (results.get(name) == null && !NOT_JUDGED.contains(name)) {
        checks.add(closeness.unsupported(name, "not computed by this version"));
      }
    }
    return checks;
  }

  private Check check(Results.Tensor ours, int predictable) throws IOException {
    return switch (ours.name()) {
      case EdgeReplay.LOSS -> closeness.within(ours, predictable + 1, SHARE * Closeness.largest(closeness.truth(ours.name()), 0, 1));
      case EdgeReplay.SHARPNESS -> sharpness(ours, predictable);
      default -> closeness.relative(ours, SHARE);
    };
  }

  private Check sharpness(Results.Tensor ours, int predictable) throws IOException {
    Check wrong = closeness.shape(ours);
    if (wrong != null) {
      return wrong;
    }
    double[] truth = closeness.truth(ours.name());
    int cols = ours.shape()[1];
    double unconverged = StrictMath.pow(StrictMath.log(164.8 * Math.sqrt(n)) / (2 * RITZ_STEPS - 1), 2);
    Worst worst = new Worst();
    for (int i = 0; i < Math.min(truth.length, (predictable / every + 1) * cols); i++) {
      double allowed = SHARE * Closeness.largest(truth, i % cols, cols);
      double above = ours.values()[i] - truth[i];
      if (i % cols == SMALLEST && above < 0) {
        allowed = Math.max(allowed, unconverged * (ours.values()[i - 1] - ours.values()[i]));
      }
      worst.add(Math.abs(above), allowed, i);
    }
    return closeness.compared(ours.name(), worst, "row " + worst.index() / cols + ", column " + worst.index() % cols);
  }

  private Check level(Results.Tensor rows) {
    double middle = (LOWEST + HIGHEST) / 2;
    int cols = rows.shape()[1];
    Worst worst = new Worst();
    for (int i = 0; i < rows.shape()[0]; i++) {
      if (rows.values()[i * cols] >= SETTLED) {
        worst.add(Math.abs(rows.values()[i * cols + 1] / threshold - middle), (HIGHEST - LOWEST) / 2, i);
      }
    }
    return closeness.compared(LEVEL, worst, "step " + worst.index() * every + ", distance of sharpness / threshold from " + middle);
  }
}
