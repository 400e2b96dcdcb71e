package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import curvata.kernels.random.Gaussian;
import curvata.optim.Parameter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MlpTest {
  private static final List<List<Integer>> LAYERS =
      List.of(List.of(1, 2), List.of(7, 1), List.of(3, 5, 2), List.of(5, 17, 4, 3), List.of(13, 31, 33, 16, 10), List.of(64, 65, 10));

  private record Case(List<Integer> layers, Activation activation, int rows, long seed, float[] inputs, int[] labels) {
    Mlp model(int capacity) {
      Mlp model = new Mlp(layers, activation, capacity);
      model.initialize(seed);
      for (Parameter p : model.parameters()) {
        if (p.axes() == 1) {
          Gaussian.fill(seed, 100, p.value(), p.offset(), p.offset() + p.size()); // biases are zero at the start, which would hide them
        }
      }
      return model;
    }

    double[][] wideInputs() {
      int cols = layers.getFirst();
      double[][] wide = new double[rows][cols];
      for (int i = 0; i < inputs.length; i++) {
        wide[i / cols][i % cols] = inputs[i];
      }
      return wide;
    }

    Reference reference(double[] theta) {
      return new Reference(layers.stream().mapToInt(i -> i).toArray(), activation, theta).run(wideInputs(), labels);
    }

    @Override
    public String toString() {
      return layers + " " + activation + ", rows " + rows + ", seed " + seed;
    }
  }

  private static Case problem(List<Integer> layers, Activation activation, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] inputs = new float[rows * layers.getFirst()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextGaussian();
    }
    return new Case(layers, activation, rows, seed, inputs, random.ints(rows, 0, layers.getLast()).toArray());
  }

  static Stream<Arguments> problems() {
    List<Arguments> cases = new ArrayList<>();
    long seed = 1;
    for (List<Integer> layers : LAYERS) {
      for (Activation activation : Activation.values()) {
        for (int rows : new int[] {1, 2, 19}) {
          cases.add(Arguments.of(problem(layers, activation, rows, seed++)));
        }
      }
    }
    return cases.stream();
  }

  private static double[] wide(float[] x) {
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    return wide;
  }

  @ParameterizedTest
  @MethodSource("problems")
  void lossAndGradientAreWithinTheirBoundOfTheSameInDouble(Case c) {
    Mlp model = c.model(c.rows());
    float[] gradient = new float[model.size()];
    double loss = model.gradient(c.inputs(), c.labels(), 0, c.rows(), gradient);
    Reference r = c.reference(wide(model.theta()));
    assertThat(r.clearance).as("a hidden sum of %s so near zero that the rectifier's choice is open: take another seed", c).isGreaterThan(1);
    assertThat(loss).as("%s", c).isCloseTo(r.loss, within(r.lossBound));
    for (Parameter p : model.parameters()) {
      for (int i = p.offset(); i < p.offset() + p.size(); i++) {
        assertThat((double) gradient[i]).as("%s, %s, element %d", c, p, i - p.offset()).isCloseTo(r.gradient[i], within(r.bound[i]));
      }
    }
  }

  /** A bound that everything passes would show nothing. */
  @ParameterizedTest
  @MethodSource("problems")
  void theBoundIsSmall(Case c) {
    Reference r = c.reference(wide(c.model(c.rows()).theta()));
    double largest = Arrays.stream(r.gradient).map(Math::abs).max().orElseThrow();
    assertThat(Arrays.stream(r.bound).max().orElseThrow()).as("%s", c).isLessThanOrEqualTo(largest / 100 + Float.MIN_NORMAL);
  }

  /** Central differences of the loss in double; their error is that of the step (seen by halving it) and that of rounding. */
  @ParameterizedTest
  @MethodSource("problems")
  void gradientsOfEveryLayerAreThoseOfTheLoss(Case c) {
    Mlp model = c.model(c.rows());
    float[] gradient = new float[model.size()];
    model.gradient(c.inputs(), c.labels(), 0, c.rows(), gradient);
    double[] theta = wide(model.theta());
    Reference r = c.reference(theta);
    int roundings = c.layers().stream().mapToInt(i -> i + 8).sum();
    SplittableRandom random = new SplittableRandom(c.seed());
    double h = 0x1p-13;
    for (Parameter p : model.parameters()) {
      for (int k = 0; k < 5; k++) {
        int i = p.offset() + random.nextInt(p.size());
        Difference whole = Difference.of(c, theta, i, h);
        Difference half = Difference.of(c, theta, i, h / 2);
        if (whole.crosses) {
          continue; // a rectifier switches on the way, so that no derivative is asked for
        }
        double step = Math.abs(whole.slope - half.slope);
        double rounding = 4 * roundings * 0x1p-53 * (1 + r.loss) / h;
        assertThat((double) gradient[i]).as("%s, %s, element %d", c, p, i - p.offset()).isCloseTo(half.slope, within(step + rounding + r.bound[i]));
      }
    }
  }

  private record Difference(double slope, boolean crosses) {
    static Difference of(Case c, double[] theta, int i, double h) {
      double kept = theta[i];
      theta[i] = kept + h;
      Reference up = c.reference(theta);
      theta[i] = kept - h;
      Reference down = c.reference(theta);
      theta[i] = kept;
      boolean crosses = c.activation() == Activation.RELU && !up.pattern.toString().contentEquals(down.pattern);
      return new Difference((up.loss - down.loss) / (2 * h), crosses);
    }
  }

  @ParameterizedTest
  @MethodSource("problems")
  void capacityAndPlaceOfTheRowsDoNotChangeTheBits(Case c) {
    Mlp tight = c.model(c.rows());
    float[] expected = new float[tight.size()];
    double loss = tight.gradient(c.inputs(), c.labels(), 0, c.rows(), expected);
    int cols = c.layers().getFirst();
    float[] shifted = new float[c.inputs().length + 3 * cols];
    System.arraycopy(c.inputs(), 0, shifted, 3 * cols, c.inputs().length);
    int[] labels = new int[c.rows() + 3];
    System.arraycopy(c.labels(), 0, labels, 3, c.rows());
    Mlp roomy = c.model(c.rows() + 40);
    float[] gradient = new float[roomy.size()];
    assertThat(roomy.gradient(shifted, labels, 3, c.rows(), gradient)).as("%s", c).isEqualTo(loss);
    assertThat(gradient).as("%s", c).isEqualTo(expected);
  }

  @Test
  void aScoreCountsEveryRowWhateverTheCapacity() {
    Case c = problem(List.of(6, 9, 4), Activation.TANH, 101, 7);
    Dataset data = new Dataset(c.inputs(), c.labels(), 6, 4);
    Mlp.Score whole = c.model(101).score(data);
    for (int capacity : new int[] {1, 2, 50, 100, 200}) {
      assertThat(c.model(capacity).score(data)).as("capacity %d", capacity).isEqualTo(whole);
    }
    Reference r = c.reference(wide(c.model(1).theta()));
    assertThat(whole.loss()).isCloseTo(r.loss, within(r.lossBound));
    assertThat(whole.correct()).isBetween(0, 101);
    assertThat(whole.accuracy()).isEqualTo(whole.correct() / 101.0);
  }

  @Test
  void weightsHaveTheirVarianceAndBiasesAreZero() {
    for (Activation activation : Activation.values()) {
      Mlp model = new Mlp(List.of(100, 80, 60), activation, 1);
      model.initialize(3);
      for (Parameter p : model.parameters()) {
        double squares = 0;
        for (int i = p.offset(); i < p.offset() + p.size(); i++) {
          squares += (double) p.value()[i] * p.value()[i];
        }
        double gain = p.name().startsWith("layer1") ? 1 : activation.gain;
        double expected = p.axes() == 1 ? 0 : gain / p.cols();
        double standardError = expected * Math.sqrt(2.0 / p.size());
        assertThat(squares / p.size()).as("%s %s", activation, p).isCloseTo(expected, within(4 * standardError));
      }
    }
  }

  @Test
  void initialWeightsDependOnTheSeedAlone() {
    Mlp a = new Mlp(List.of(5, 4, 3), Activation.TANH, 1);
    Mlp b = new Mlp(List.of(5, 4, 3), Activation.TANH, 9);
    a.initialize(11);
    Arrays.fill(b.theta(), 5);
    b.initialize(11);
    assertThat(a.theta()).isEqualTo(b.theta());
    b.initialize(12);
    assertThat(a.theta()).isNotEqualTo(b.theta());
    assertThat(a.parameters()).extracting(Parameter::toString)
        .containsExactly("layer0.weight[4, 5]", "layer0.bias[4]", "layer1.weight[3, 4]", "layer1.bias[3]");
  }

  @Test
  void labelsAreDrawnFromTheSoftmax() {
    Case c = problem(List.of(4, 3), Activation.TANH, 1, 5);
    Mlp model = c.model(2000);
    float[] inputs = new float[2000 * 4];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = c.inputs()[i % 4];
    }
    int[] labels = new int[2000];
    model.sampleLabels(inputs, 0, 2000, 8, 9, labels);
    double[] z = new double[3];
    double total = 0;
    for (int j = 0; j < 3; j++) {
      z[j] = model.theta()[12 + j];
      for (int i = 0; i < 4; i++) {
        z[j] += (double) model.theta()[4 * j + i] * c.inputs()[i];
      }
      total += Math.exp(z[j]);
    }
    for (int j = 0; j < 3; j++) {
      int label = j;
      double p = Math.exp(z[j]) / total;
      double share = Arrays.stream(labels).filter(l -> l == label).count() / 2000.0;
      assertThat(share).as("label %d", j).isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / 2000)));
    }
    int[] again = new int[2000];
    model.sampleLabels(inputs, 0, 2000, 8, 9, again);
    assertThat(again).isEqualTo(labels);
    model.sampleLabels(inputs, 0, 2000, 8, 10, again);
    assertThat(again).isNotEqualTo(labels);
  }

  @Test
  void aWarmCallAllocatesNothing() {
    Case c = problem(List.of(64, 65, 33, 10), Activation.TANH, 64, 1);
    Mlp model = c.model(64);
    float[] into = new float[model.size()];
    int[] sampled = new int[64];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    long measuring = threads.getCurrentThreadAllocatedBytes() - before;
    long allocated = 1;
    for (int round = 0; round < 300 && allocated > 0; round++) { // until the compiler is done
      before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        model.gradient(c.inputs(), c.labels(), 0, 64 - i % 2, into);
        model.sampleLabels(c.inputs(), 0, 64, 1, i, sampled);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before - measuring;
    }
    assertThat(allocated).isZero();
  }

  @Test
  void notANumberReachesTheLoss() {
    Case c = problem(List.of(4, 5, 3), Activation.TANH, 3, 1);
    Mlp model = c.model(3);
    model.theta()[2] = Float.NaN;
    assertThat(model.gradient(c.inputs(), c.labels(), 0, 3, model.gradient())).isNaN();
  }

  @Test
  void wrongArgumentsAreNamed() {
    Case c = problem(List.of(4, 5, 3), Activation.TANH, 3, 1);
    Mlp model = c.model(3);
    float[] into = new float[model.size()];
    assertThatThrownBy(() -> model.gradient(c.inputs(), c.labels(), 0, 4, into)).hasMessage("rows = 4, expected 1 <= rows <= 3 (capacity)");
    assertThatThrownBy(() -> model.gradient(c.inputs(), c.labels(), 0, 0, into)).hasMessageContaining("rows = 0");
    assertThatThrownBy(() -> model.gradient(c.inputs(), c.labels(), 2, 3, into)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.gradient(c.inputs(), c.labels(), 0, 3, new float[4])).hasMessageContaining("into.length = 4");
    assertThatThrownBy(() -> model.gradient(c.inputs(), c.labels(), 0, 3, model.theta())).hasMessageContaining("an array of its own");
    assertThatThrownBy(() -> new Mlp(List.of(4), Activation.TANH, 1)).hasMessageContaining("layers = [4]");
    assertThatThrownBy(() -> new Mlp(List.of(4, 0, 2), Activation.TANH, 1)).hasMessageContaining("sizes >= 1");
    assertThatThrownBy(() -> new Mlp(List.of(4, 2), Activation.TANH, 0)).hasMessageContaining("capacity = 0");
    assertThatThrownBy(() -> new Mlp(List.of(4, 65536, 65536, 2), Activation.TANH, 1)).hasMessageContaining("parameters");
  }
}
