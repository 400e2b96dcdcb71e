package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.Dataset;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.hessian.Probes;
import curvata.kernels.Workspace;
import curvata.kernels.random.Rademacher;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** AdaHessian is fed with z ⊙ (H z) of the step's own rows; seen through its state, which with β₂ = 0 is the square of what it was given. */
class SignalsTest {
  private static final int ROWS = 20;
  private static final int COLS = 4;
  private static final int CLASSES = 3;

  private static Trainer trainer(String batch) {
    SplittableRandom random = new SplittableRandom(3);
    float[] inputs = new float[ROWS * COLS];
    int[] labels = new int[ROWS];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < ROWS; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
    Dataset data = new Dataset(inputs, labels, COLS, CLASSES);
    Map<String, String> options = Map.of(
        "optimizer", "adahessian:lr=0,beta2=0", "hidden", "5", "batch", batch, "steps", "1000", "curvature-every", "none", "seed", "9");
    return new Trainer(Settings.parse(options, ROWS), new Problem("random", data, data, "test"));
  }

  /** The squares that the last step was given. */
  private static double[] squares(Trainer trainer) {
    double[] squares = new double[trainer.model().size()];
    trainer.optimizer().state((parameter, slot, array, offset) -> {
      for (int i = offset; slot.equals("v") && i < offset + parameter.size(); i++) {
        squares[i] = array[i];
      }
    });
    return squares;
  }

  @Test
  void theDiagonalIsOfTheStepsRows() {
    try (Trainer trainer = trainer("8")) { // 8, 8 and 4 rows
      Batches batches = new Batches(trainer.problem().training(), 8, 9);
      for (int step = 0; step < 7; step++) {
        int rows = batches.load(step);
        Dataset data = new Dataset(
            Arrays.copyOf(batches.inputs(), rows * COLS), Arrays.copyOf(batches.labels(), rows), COLS, CLASSES);
        MlpHessian hessian = new MlpHessian(MlpPoint.of(trainer.model(), data));
        trainer.step();
        double[] squares = squares(trainer);
        float[] z = new float[squares.length];
        float[] hz = new float[squares.length];
        Rademacher.fill(9, -1 - step, z, 0, z.length);
        hessian.apply(z, hz);
        for (int i = 0; i < hz.length; i++) {
          assertThat((float) squares[i]).as("step %d, parameter %d", step, i).isEqualTo(hz[i] * hz[i]);
        }
      }
    }
  }

  /** With independent signs, E (z ⊙ H z)ᵢ² = Σⱼ Hᵢⱼ²; the rate is 0, so that every step sees the same Hessian. */
  @Test
  void theMeanSquareIsTheRowsNorm() {
    int steps = 1000;
    try (Trainer trainer = trainer("full")) {
      MlpHessian hessian = new MlpHessian(MlpPoint.of(trainer.model(), trainer.problem().training()));
      int n = hessian.dimension();
      double[] expected = new double[n];
      float[] e = new float[n];
      float[] column = new float[n];
      for (int j = 0; j < n; j++) {
        e[j] = 1;
        hessian.apply(e, column);
        e[j] = 0;
        for (int i = 0; i < n; i++) {
          expected[i] += (double) column[i] * column[i];
        }
      }
      double[] sum = new double[n];
      double[] sumOfSquares = new double[n];
      for (int step = 0; step < steps; step++) {
        trainer.step();
        double[] squares = squares(trainer);
        for (int i = 0; i < n; i++) {
          sum[i] += squares[i];
          sumOfSquares[i] += squares[i] * squares[i];
        }
      }
      double squaredDeviation = 0;
      for (int i = 0; i < n; i++) {
        double mean = sum[i] / steps;
        double error = Math.sqrt((sumOfSquares[i] / steps - mean * mean) / steps);
        assertThat(Math.abs(mean - expected[i])).as("parameter %d, seed 9", i).isLessThanOrEqualTo(5 * error + 1e-6 * expected[i]);
        squaredDeviation += Math.pow((mean - expected[i]) / error, 2);
      }
      assertThat(squaredDeviation / n).as("mean squared deviation in standard errors").isLessThan(4);
    }
  }

  /** The monitor's probes have the streams from 0 up. */
  @Test
  void theSignsAreNotTheMonitors() {
    float[] monitor = new float[64];
    float[] step = new float[64];
    Rademacher.fill(9, -1, step, 0, 64);
    for (int probe = 0; probe < 100; probe++) {
      Probes.rademacher(9).fill(probe, monitor, 0, 64, new Workspace());
      assertThat(monitor).isNotEqualTo(step);
    }
  }
}
