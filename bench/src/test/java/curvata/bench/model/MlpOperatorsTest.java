package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import curvata.hessian.LinearOperator;
import curvata.hessian.SymmetryCheck;
import curvata.hessian.spectrum.SymmetricEigen;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with a network's matrices against a second network in double, which knows neither the R-operator nor any kernel. */
class MlpOperatorsTest {
  private static final double U = 0x1p-24;

  /** A small network with everything that is known about it. */
  private record Case(List<Integer> layers, Activation activation, OutputLoss loss, int rows, long seed) {
    Dataset data() {
      SplittableRandom random = new SplittableRandom(seed);
      float[] x = normal(random, rows * layers.getFirst(), 1);
      int[] labels = random.ints(rows, 0, layers.getLast()).toArray();
      return new Dataset(x, labels, layers.getFirst(), layers.getLast());
    }

    float[] theta() {
      return normal(new SplittableRandom(seed + 1), size(), 0.6);
    }

    int size() {
      int size = 0;
      for (int n = 1; n < layers.size(); n++) {
        size += layers.get(n) * (layers.get(n - 1) + 1);
      }
      return size;
    }

    MlpPoint point() {
      MlpPoint point = new MlpPoint(layers, activation, loss, data());
      point.move(theta());
      return point;
    }

    DualNetwork network() {
      return new DualNetwork(layers.stream().mapToInt(i -> i).toArray(), activation, loss, data());
    }

    /** The roundings along the longest path through a product, each of a sum of k terms being k + 4: what may be lost where nothing cancels. */
    double roundings() {
      int longest = 0;
      for (int k : layers) {
        longest += 4 * (k + 4);
      }
      return (longest + 2 * (rows + 4)) * U;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (OutputLoss loss : OutputLoss.values()) {
        cases.add(new Case(List.of(5, 4), activation, loss, 7, 11));
        cases.add(new Case(List.of(5, 4, 3), activation, loss, 1, 12));
        cases.add(new Case(List.of(4, 5, 3, 3), activation, loss, 9, 13));
        cases.add(new Case(List.of(3, 2, 4, 1, 2), activation, loss, 17, 14));
      }
    }
    return cases.stream();
  }

  private static float[] normal(SplittableRandom random, int n, double scale) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (scale * random.nextGaussian());
    }
    return x;
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> x[i]);
    return y;
  }

  private static double[] unit(int n, int j) {
    double[] e = new double[n];
    e[j] = 1;
    return e;
  }

  private static double[][] dense(LinearOperator a) {
    int n = a.dimension();
    double[][] columns = new double[n][];
    for (int j = 0; j < n; j++) {
      float[] y = new float[n];
      float[] x = new float[n];
      x[j] = 1;
      a.apply(x, y);
      columns[j] = doubles(y);
    }
    return columns;
  }

  private static double frobenius(double[][] a) {
    return Math.sqrt(Arrays.stream(a).flatMapToDouble(Arrays::stream).map(x -> x * x).sum());
  }

  private static double distance(double[][] a, double[][] b) {
    double[][] difference = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        difference[i][j] = a[i][j] - b[i][j];
      }
    }
    return frobenius(difference);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hessianIsThatOfDualNumbers(Case c) {
    double[] theta = doubles(c.theta());
    double[][] exact = new double[theta.length][];
    for (int j = 0; j < theta.length; j++) {
      exact[j] = Arrays.stream(c.network().gradient(theta, unit(theta.length, j))).mapToDouble(Dual::tangent).toArray();
    }
    double[][] h = dense(new MlpHessian(c.point()));
    assertThat(distance(h, exact)).as("%s", c).isLessThanOrEqualTo(c.roundings() * frobenius(exact));
    double[] gradient = Arrays.stream(c.network().gradient(theta, new double[theta.length])).mapToDouble(Dual::value).toArray();
    double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    for (int i = 0; i < gradient.length; i++) {
      assertThat((double) c.point().gradient()[i]).as("%s, gradient %d", c, i).isCloseTo(gradient[i], within(c.roundings() * norm));
    }
  }

  /** Error of a central difference with step s: s² / 6 of a third derivative of order ‖H‖ and rounding 2⁻⁵² / s; s = 1e-5 balances them. */
  @ParameterizedTest
  @MethodSource("cases")
  void hessianIsTheDifferenceOfGradients(Case c) {
    double step = 1e-5;
    double[] theta = doubles(c.theta());
    float[] v = normal(new SplittableRandom(c.seed + 2), theta.length, 1);
    float[] hv = new float[v.length];
    new MlpHessian(c.point()).apply(v, hv);
    double[] plus = theta.clone();
    double[] minus = theta.clone();
    for (int i = 0; i < v.length; i++) {
      plus[i] += step * v[i];
      minus[i] -= step * v[i];
    }
    Dual[] up = c.network().gradient(plus, new double[v.length]);
    Dual[] down = c.network().gradient(minus, new double[v.length]);
    double scale = frobenius(dense(new MlpHessian(c.point()))) * Math.sqrt(v.length);
    for (int i = 0; i < v.length; i++) {
      assertThat((double) hv[i]).as("%s, element %d", c, i)
          .isCloseTo((up[i].value() - down[i].value()) / (2 * step), within(c.roundings() * scale + 1e-8 * (1 + scale)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gaussNewtonAndFisherAreSumsOverRows(Case c) {
    double[] theta = doubles(c.theta());
    int n = theta.length;
    double[][] gaussNewton = new double[n][n];
    double[][] fisher = new double[n][n];
    for (int r = 0; r < c.rows; r++) {
      double[] g = c.network().rowGradient(theta, r);
      double[] p = c.network().probabilities(theta, r);
      double[][] jacobian = new double[n][];
      for (int j = 0; j < n; j++) {
        jacobian[j] = c.network().outputTangent(theta, unit(n, j), r);
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          fisher[i][j] += g[i] * g[j] / c.rows;
          gaussNewton[i][j] += curved(c.loss, p, jacobian[i], jacobian[j]) / c.rows;
        }
      }
    }
    assertSemidefinite(c, new MlpGaussNewton(c.point()), gaussNewton);
    assertSemidefinite(c, new MlpFisher(c.point()), fisher);
  }

  private static double curved(OutputLoss loss, double[] p, double[] a, double[] b) {
    double sum = 0;
    double meanA = 0;
    double meanB = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (loss == OutputLoss.SQUARED_ERROR ? 1 : p[k]) * a[k] * b[k];
      meanA += p[k] * a[k];
      meanB += p[k] * b[k];
    }
    return loss == OutputLoss.SQUARED_ERROR ? sum : sum - meanA * meanB;
  }

  private static void assertSemidefinite(Case c, LinearOperator a, double[][] exact) {
    double[][] computed = dense(a);
    double allowed = c.roundings() * frobenius(exact);
    assertThat(distance(computed, exact)).as("%s", c).isLessThanOrEqualTo(allowed);
    assertThat(SymmetricEigen.of(computed).value(0)).as("smallest eigenvalue, %s", c).isGreaterThanOrEqualTo(-allowed);
    assertThat(SymmetryCheck.of(a, c.seed).holds()).as("symmetry, %s", c).isTrue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hessianIsSymmetricAndItsBitsAreItsOwn(Case c) {
    MlpPoint point = c.point();
    MlpHessian hessian = new MlpHessian(point);
    assertThat(SymmetryCheck.of(hessian, c.seed).holds()).as("%s", c).isTrue();
    int n = hessian.dimension();
    float[] x = normal(new SplittableRandom(c.seed + 3), 3 * n, 1);
    float[] block = new float[3 * n];
    hessian.applyBlock(x, block, 3);
    new MlpGaussNewton(point).apply(x, new float[n]);
    point.move(new float[n]);
    point.move(c.theta());
    for (int j = 0; j < 3; j++) {
      float[] y = new float[n];
      hessian.apply(Arrays.copyOfRange(x, j * n, (j + 1) * n), y);
      assertThat(y).as("vector %d, %s", j, c).containsExactly(Arrays.copyOfRange(block, j * n, (j + 1) * n));
    }
  }

  /** K and the matrix of all outputs' gradients' inner products are the same; so are the traces of JᵀJ and JJᵀ. */
  @ParameterizedTest
  @MethodSource("cases")
  void tangentKernelIsTheGramMatrixOfTheJacobian(Case c) {
    double[] theta = doubles(c.theta());
    int outputs = c.layers.getLast();
    double[][] exact = new double[c.rows * outputs][c.rows * outputs];
    for (int j = 0; j < theta.length; j++) {
      double[] column = new double[exact.length];
      for (int r = 0; r < c.rows; r++) {
        System.arraycopy(c.network().outputTangent(theta, unit(theta.length, j), r), 0, column, r * outputs, outputs);
      }
      for (int a = 0; a < exact.length; a++) {
        for (int b = 0; b < exact.length; b++) {
          exact[a][b] += column[a] * column[b];
        }
      }
    }
    assertSemidefinite(c, new MlpTangentKernel(c.point()), exact);
  }

  @Test
  void pointOfAModelHasItsLossGradientAndAccuracy() {
    Mlp model = new Mlp(List.of(64, 9, 10), Activation.TANH, 40);
    model.initialize(3);
    Dataset rows = Digits.load().all().where(i -> i < 40);
    MlpPoint point = MlpPoint.of(model, rows);
    float[] gradient = new float[model.size()];
    double loss = model.gradient(rows.inputs(), rows.labels(), 0, 40, gradient);
    assertThat(point.loss()).isEqualTo(loss);
    assertThat(point.gradient()).containsExactly(gradient);
    assertThat(point.accuracy()).isEqualTo(model.score(rows).accuracy());
    assertThat(point.size()).isEqualTo(model.size());
    int[] blocks = {0, 576, 585, 675, 685};
    for (int b = 0; b < blocks.length; b++) {
      assertThat(point.blockAt(b)).as("block %d", b).isEqualTo(blocks[b]);
    }
  }

  @Test
  void warmProductsAllocateNothing() {
    MlpPoint point = new Case(List.of(13, 7, 5), Activation.TANH, OutputLoss.SOFTMAX_CROSS_ENTROPY, 33, 5).point();
    float[] theta = new float[point.size()];
    float[] x = normal(new SplittableRandom(4), point.size(), 1);
    float[] y = new float[x.length];
    List<LinearOperator> operators = List.of(new MlpHessian(point), new MlpGaussNewton(point), new MlpFisher(point));
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    long deadline = System.nanoTime() + 60_000_000_000L; // vector code that is not compiled yet allocates
    while (least > 0 && System.nanoTime() < deadline) {
      long before = bean.getThreadAllocatedBytes(id);
      point.move(theta);
      for (int i = 0; i < operators.size(); i++) {
        operators.get(i).apply(x, y);
      }
      least = Math.min(least, bean.getThreadAllocatedBytes(id) - before);
    }
    assertThat(least).isZero();
  }

  /** A sure prediction: the second derivative is a tiny number, relatively exact all the same. */
  @Test
  void curvatureOfASurePredictionDoesNotCancel() {
    Dataset row = new Dataset(new float[] {1}, new int[] {0}, 1, 2);
    MlpPoint point = new MlpPoint(List.of(1, 2), Activation.TANH, OutputLoss.SOFTMAX_CROSS_ENTROPY, row);
    point.move(new float[] {20, 0, 0, 0});
    float[] y = new float[4];
    new MlpHessian(point).apply(new float[] {1, 0, 0, 0}, y);
    double p = Math.exp(-20) / (1 + Math.exp(-20));
    assertThat((double) y[0]).isCloseTo(p * (1 - p), within(40 * U * p)); // the softmax errs by (D + 3) 2⁻²³, D = 20
    assertThat((double) y[1]).isCloseTo(-p * (1 - p), within(40 * 2 * U * p));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Dataset rows = new Dataset(new float[6], new int[] {0, 2}, 3, 3);
    assertThatThrownBy(() -> new MlpPoint(List.of(4, 3), Activation.TANH, OutputLoss.SQUARED_ERROR, rows)).hasMessageContaining("3 inputs");
    assertThatThrownBy(() -> new MlpPoint(List.of(3, 2), Activation.TANH, OutputLoss.SQUARED_ERROR, rows)).hasMessageContaining("at least 3 outputs");
    assertThatThrownBy(() -> new MlpPoint(List.of(3), Activation.TANH, OutputLoss.SQUARED_ERROR, rows)).hasMessageContaining("layers");
    MlpPoint point = new MlpPoint(List.of(3, 3), Activation.TANH, OutputLoss.SQUARED_ERROR, rows);
    assertThatThrownBy(() -> point.move(new float[3])).hasMessageContaining("12 (parameters)");
    assertThatThrownBy(() -> new MlpHessian(point).apply(new float[11], new float[12])).hasMessageContaining("of x");
  }
}
