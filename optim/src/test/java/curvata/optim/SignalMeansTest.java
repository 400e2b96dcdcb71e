package curvata.optim;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Threads;
import curvata.optim.rule.AdaHessian;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rule that averages a signal over neighbours sees the means, wherever the parameter lies and however many threads there are. */
class SignalMeansTest {
  private static final int[][] SHAPES = {{3, 5}, {180, 30, 3, 3}, {7}, {4, 2, 5, 1}, {2, 3, 4}, {0, 2, 3, 3}}; // the second in several parts

  /** Three steps; each parameter's signal as it is, or averaged over its windows beforehand. */
  private static float[] run(Problem problem, int[] windows, double power) {
    try (Optimizer opt = problem.optimizer(AdaHessian.defaults().with("hessianPower", power))) {
      for (int t = 0; t < 3; t++) {
        assertThat(opt.needs()).allMatch(n -> n.signal().equals("diagonal")).hasSize(SHAPES.length);
        for (int k = 0; k < SHAPES.length; k++) {
          Parameter p = problem.parameters.get(k);
          float[] signal = new float[p.offset() + p.size()];
          for (int i = 0; i < p.size(); i++) {
            p.grad()[p.offset() + i] = (float) Math.sin(1 + i + t);
            signal[p.offset() + i] = (float) Math.cos(3 * i + t);
          }
          opt.supply(p.name(), "diagonal", windows == null ? signal : averaged(signal, windows[k]));
        }
        opt.step();
      }
    }
    return problem.values();
  }

  private static float[] averaged(float[] signal, int window) {
    float[] means = signal.clone();
    for (int i = 0; window > 1 && i < means.length; i++) {
      double sum = 0;
      for (int j = i / window * window; j < i / window * window + window; j++) {
        sum += Math.abs((double) signal[j]);
      }
      means[i] = (float) (sum / window);
    }
    return means;
  }

  /** Vectors have no windows: the same values with the means handed in. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.6})
  void theKernelSeesMeansOverTheLastTwoOfFourAxes(double power) {
    List<Parameter> vectors = new Problem(8, SHAPES).parameters.stream()
        .map(p -> Parameter.of(p.name(), p.value(), p.grad(), p.size())).toList();
    float[] expected = run(new Problem(8, vectors), new int[] {1, 9, 1, 5, 1, 1}, power);
    assertThat(run(new Problem(8, SHAPES), null, power)).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.6})
  void slicesAndThreadsGiveTheSameBits(double power) {
    float[] several = run(new Problem(8, SHAPES), null, power);
    assertThat(several.length).isGreaterThanOrEqualTo(Threads.MIN_ELEMENTS);
    float[][] one = new float[1][];
    Threads.run((part, worker) -> { // inside a part, the library stays on that part's thread
      if (part == 0) {
        one[0] = run(new Problem(8, SHAPES), null, power);
      }
    }, 2);
    assertThat(one[0]).containsExactly(several);
    assertThat(run(Problem.flat(8, SHAPES), null, power)).containsExactly(several);
  }

  @Test
  void theCallersArrayIsOnlyRead() {
    Problem problem = new Problem(8, new int[][] {{2, 2, 2, 2}});
    float[] signal = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16};
    float[] before = signal.clone();
    try (Optimizer opt = problem.optimizer(AdaHessian.defaults())) {
      opt.supply("p0", "diagonal", signal);
      opt.step();
    }
    assertThat(signal).containsExactly(before);
  }
}
