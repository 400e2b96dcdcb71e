package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.bench.model.Dataset;
import curvata.bench.model.Digits;
import curvata.bench.model.Mlp;
import curvata.bench.model.MlpHessian;
import curvata.bench.model.MlpPoint;
import curvata.hessian.Interval;
import curvata.hessian.LinearOperator;
import curvata.hessian.OperatorException;
import curvata.hessian.spectrum.SymmetricEigen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitorTest {
  private static final double ERRORS = 4.8; // Student's 99.9 % with 9 degrees of freedom

  @TempDir
  private Path folder;

  private static double[][] dense(Mlp model, Dataset data) {
    LinearOperator hessian = new MlpHessian(MlpPoint.of(model, data));
    int n = hessian.dimension();
    double[][] a = new double[n][n];
    float[] x = new float[n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 1;
      hessian.apply(x, y);
      for (int j = 0; j < n; j++) {
        a[i][j] = y[j];
      }
      x[i] = 0;
    }
    return a;
  }

  private static double trace(double[][] a, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += a[i][i];
    }
    return sum;
  }

  private static Offset<Double> errors(double standardError) {
    return Offset.offset(ERRORS * standardError);
  }

  @Test
  void whatARunReportsAtItsEndAgreesWithTheDenseHessian() throws IOException {
    for (String optimizer : new String[] {"muon", "adamw:lr=0.01"}) {
      Map<String, String> options = Map.of("hidden", "4", "steps", "60", "optimizer", optimizer, "curvature-every", "20");
      try (Run run = Run.start(options, folder.resolve(optimizer.substring(0, 4)))) {
        Curvature c = run.finish((step, steps, loss) -> {}).curvature().getLast();
        Dataset data = run.trainer().problem().training();
        double[][] a = dense(run.trainer().model(), data);
        double[] values = SymmetricEigen.of(a).values();
        int n = values.length;
        assertThat(c.rows()).isEqualTo(data.rows());
        assertThat(c.sharpness()).as(optimizer).isCloseTo(values[n - 1], Offset.offset(c.residual()));
        assertThat(c.residual()).isLessThanOrEqualTo(0.01 * c.sharpness());
        assertThat(c.trace()).as(optimizer).isCloseTo(trace(a, 0, n), errors(c.traceError()));
        double frobenius = Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
        assertThat(c.frobenius()).as(optimizer).isCloseTo(frobenius, errors(c.frobeniusError()));
        int split = 4 * 65;
        assertThat(c.layers().get(0).trace()).as(optimizer).isCloseTo(trace(a, 0, split), errors(c.layers().get(0).error()));
        assertThat(c.layers().get(1).trace()).as(optimizer).isCloseTo(trace(a, split, n), errors(c.layers().get(1).error()));
        counts(c, values);
      }
    }
  }

  /** The bounds are the probe's for certain; sampling adds its error. */
  private static void counts(Curvature c, double[] values) {
    int n = values.length;
    for (double share : new double[] {0.05, 0.2, 0.5}) {
      double x = share * c.sharpness();
      Interval below = c.density().count(x);
      long exact = Arrays.stream(values).filter(v -> v <= x).count();
      double sampling = ERRORS * n * Math.sqrt(2.0 * exact / n * (n - exact) / n / (n + 2));
      assertThat((double) exact).as("eigenvalues below %s of the largest", share).isBetween(below.lower() - sampling, below.upper() + sampling);
    }
  }

  @Test
  void rowsAreChosenBySeedAndStayTheSame() {
    Dataset data = Digits.load().training();
    Mlp model = new Mlp(java.util.List.of(64, 6, 10), curvata.bench.model.Activation.TANH, 1);
    model.initialize(3);
    float[] theta = model.theta().clone();
    Curvature a = new Monitor(model, data, 50, 7).measure(0, 0.1, model.theta(), false);
    Monitor again = new Monitor(model, data, 50, 7);
    Curvature b = again.measure(0, 0.1, model.theta(), false);
    assertThat(b.sharpness()).isEqualTo(a.sharpness());
    assertThat(b.trace()).isEqualTo(a.trace()).isNotEqualTo(new Monitor(model, data, 50, 8).measure(0, 0.1, model.theta(), false).trace());
    assertThat(model.theta()).containsExactly(theta);
    Curvature warm = again.measure(1, 0.1, model.theta(), false);
    assertThat(warm.sharpness()).isCloseTo(a.sharpness(), Offset.offset(a.residual() + warm.residual()));
    assertThat(warm.products()).isLessThan(a.products());
  }

  @Test
  void aHessianThatIsNotFiniteIsSaid() {
    Mlp model = new Mlp(java.util.List.of(64, 6, 10), curvata.bench.model.Activation.TANH, 1);
    model.initialize(3);
    model.theta()[5] = Float.NaN;
    Monitor monitor = new Monitor(model, Digits.load().training(), 20, 7);
    assertThatThrownBy(() -> monitor.measure(0, 0.1, model.theta(), true)).isInstanceOf(OperatorException.class);
  }
}
