package curvata.optim;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Threads;
import curvata.optim.io.Checkpoint;
import curvata.optim.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every rule of the catalog: the same bits in every arrangement, a resume that changes nothing, and a minimum that is found. */
class EveryRuleTest {
  private static final int[][] SMALL = {{24, 40}, {40, 24}, {3, 5}};
  private static final int[][] LARGE = {{180, 200}, {200, 30}, {7, 3}}; // more than Threads.MIN_ELEMENTS together, and in the first alone

  static Stream<Rule<?>> rules() {
    return Rules.CATALOG.all().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void oneThreadAndSeveralGiveTheSameBits(Rule<?> rule) {
    Problem several = new Problem(3, LARGE);
    assertThat(several.parameters.getFirst().size()).isGreaterThanOrEqualTo(Threads.MIN_ELEMENTS);
    Problem one = new Problem(3, LARGE);
    try (Optimizer a = several.optimizer(rule); Optimizer b = one.optimizer(rule)) {
      for (int t = 0; t < 3; t++) {
        several.step(a);
        onOneThread(() -> one.step(b));
      }
    }
    assertThat(one.values()).containsExactly(several.values());
  }

  /** Inside a part, the library stays on that part's thread. */
  private static void onOneThread(Runnable work) {
    Threads.run((part, worker) -> {
      if (part == 0) {
        work.run();
      }
    }, 2);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void slicesOfAFlatBufferGiveTheSameBits(Rule<?> rule) {
    Problem separate = new Problem(4, SMALL);
    Problem flat = Problem.flat(4, SMALL);
    try (Optimizer a = separate.optimizer(rule); Optimizer b = flat.optimizer(rule)) {
      for (int t = 0; t < 5; t++) {
        separate.step(a);
        flat.step(b);
      }
    }
    assertThat(flat.values()).containsExactly(separate.values());
    float[] buffer = flat.parameters.getFirst().value();
    assertThat(new float[] {buffer[0], buffer[6], buffer[buffer.length - 1]}).as("what is between the slices").containsOnly(0f);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aResumedRunContinuesBitForBit(Rule<?> rule, @TempDir Path folder) throws IOException {
    Problem whole = new Problem(5, SMALL);
    Problem first = new Problem(5, SMALL);
    Problem second = new Problem(6, SMALL); // other values, replaced by the checkpoint's
    Problem data = new Problem(5, SMALL);
    try (Optimizer a = scheduled(whole, rule); Optimizer b = scheduled(first, rule); Optimizer c = scheduled(second, rule)) {
      for (int t = 0; t < 9; t++) {
        whole.step(a);
      }
      for (int t = 0; t < 4; t++) {
        first.step(b);
      }
      Path file = folder.resolve("checkpoint.safetensors");
      Checkpoint.write(file, b);
      Checkpoint.read(file).into(c);
      assertThat(c.steps()).isEqualTo(4);
      Problem resumed = new Problem(5, second.parameters);
      for (int t = 4; t < 9; t++) {
        resumed.step(c);
      }
      assertThat(resumed.values()).containsExactly(whole.values());
    }
    assertThat(data.values()).isNotEqualTo(whole.values());
  }

  private static Optimizer scheduled(Problem problem, Rule<?> rule) {
    return Optimizer.builder().group("all", rule, problem.parameters).schedule(Schedules.warmup(3).then(Schedules.cosine(10))).build();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void zeroGradientsAreGradients(Rule<?> rule) {
    Problem problem = new Problem(7, SMALL);
    try (Optimizer opt = problem.optimizer(rule)) {
      problem.step(opt);
      opt.zeroGrad();
      for (Optimizer.Need need : opt.needs()) {
        opt.supply(need.parameter().name(), need.signal(), new float[need.parameter().size()]);
      }
      opt.step();
      assertThat(opt.steps()).isEqualTo(2);
      for (float x : problem.values()) {
        assertThat(x).isFinite();
      }
    }
  }

  /** Some rate of four decades must bring the rule to the minimum: rules differ by orders of magnitude in what a rate means. */
  @ParameterizedTest
  @MethodSource("rules")
  void walksDownAParabolaAndRosenbrocksValley(Rule<?> rule) {
    assertThat(bestLoss(rule, Valley.PARABOLA, 400)).as("parabola").isLessThan(1e-3 * Valley.PARABOLA.loss(start()));
    assertThat(bestLoss(rule, Valley.ROSENBROCK, 6000)).as("Rosenbrock").isLessThan(1e-2 * Valley.ROSENBROCK.loss(start()));
  }

  private static float[] start() {
    return new float[] {-1f, 1.5f, 0.5f, -0.5f};
  }

  private static double bestLoss(Rule<?> rule, Valley valley, int steps) {
    double best = Double.POSITIVE_INFINITY;
    for (double lr : List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0)) {
      Parameter p = Parameter.of("x", start(), new float[4], 2, 2);
      Rule<?> tried = withoutDecay(rule).withLr(lr);
      try (Optimizer opt = Optimizer.builder().group("all", tried, List.of(p)).schedule(Schedules.linearDecay(steps)).build()) {
        for (int t = 0; t < steps; t++) {
          valley.gradient(p.value(), p.grad());
          for (Optimizer.Need need : opt.needs()) {
            opt.supply("x", need.signal(), p.grad().clone());
          }
          opt.step();
        }
      }
      double loss = valley.loss(p.value());
      best = loss < best ? loss : best;
    }
    return best;
  }

  private static Rule<?> withoutDecay(Rule<?> rule) {
    boolean decays = Rules.CATALOG.options(rule.name()).stream().anyMatch(o -> o.name().equals("weightDecay"));
    return decays ? rule.with("weightDecay", 0.0) : rule;
  }

  private enum Valley {
    PARABOLA {
      @Override
      double loss(float[] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
          sum += 0.5 * (i + 1) * x[i] * x[i];
        }
        return sum;
      }

      @Override
      void gradient(float[] x, float[] g) {
        for (int i = 0; i < x.length; i++) {
          g[i] = (i + 1) * x[i];
        }
      }
    },
    ROSENBROCK {
      @Override
      double loss(float[] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i += 2) {
          double a = x[i + 1] - (double) x[i] * x[i];
          double b = 1 - (double) x[i];
          sum += 10 * a * a + b * b;
        }
        return sum;
      }

      @Override
      void gradient(float[] x, float[] g) {
        for (int i = 0; i < x.length; i += 2) {
          double a = x[i + 1] - (double) x[i] * x[i];
          g[i] = (float) (-40 * a * x[i] - 2 * (1 - (double) x[i]));
          g[i + 1] = (float) (20 * a);
        }
      }
    };

    abstract double loss(float[] x);

    abstract void gradient(float[] x, float[] g);
  }
}
