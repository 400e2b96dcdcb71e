package curvata.hessian.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.hessian.CheckedOperator;
import curvata.hessian.Near;
import curvata.hessian.operator.DifferenceHessian.Scheme;
import curvata.hessian.spectrum.ThickRestart;
import curvata.kernels.random.Gaussian;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Differences of a gradient with a known Hessian: f(θ) = Σ_k log cosh(b_kᵀθ), H = Σ_k (1 − tanh²) b_k b_kᵀ. */
class DifferenceHessianTest {
  private static final int N = 30;
  private static final int TERMS = 50;
  private static final float[] B = new float[TERMS * N];

  static {
    Gaussian.fill(1, 0, B, 0, B.length);
  }

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void productsAreCloseToTheExactOnes(Scheme scheme) {
    float[] theta = theta();
    DifferenceHessian h = DifferenceHessian.of(DifferenceHessianTest::gradient, theta, scheme);
    // the relative third derivative along v̂ is about ‖b‖ ≈ √N: central s²‖θ‖²N/6 + 2⁻²⁴/s·…, forward s‖θ‖√N/2; see the specification's table
    double allowed = scheme == Scheme.FORWARD ? 2e-2 : 1e-3;
    for (int stream = 1; stream < 5; stream++) {
      float[] v = random(stream);
      float[] y = new float[N];
      h.apply(v, y);
      double[] exact = exact(theta, v);
      double norm = Math.sqrt(Arrays.stream(exact).map(x -> x * x).sum());
      double[] difference = Near.doubles(y);
      double error = 0;
      for (int i = 0; i < N; i++) {
        error += (difference[i] - exact[i]) * (difference[i] - exact[i]);
      }
      Near.one(scheme + ", direction " + stream, Math.sqrt(error) / norm, 0, allowed);
    }
  }

  @Test
  void lengthsOfDirectionsDoNotMatter() {
    DifferenceHessian h = DifferenceHessian.of(DifferenceHessianTest::gradient, theta());
    float[] v = random(1);
    float[] y = new float[N];
    h.apply(v, y);
    for (float scale : new float[] {1e-20f, 1e15f}) {
      float[] w = new float[N];
      for (int i = 0; i < N; i++) {
        w[i] = scale * v[i];
      }
      float[] z = new float[N];
      h.apply(w, z);
      for (int i = 0; i < N; i++) {
        Near.one("scale " + scale + ", i " + i, z[i] / scale, y[i], 1e-3 * Math.abs(y[i]) + 1e-3);
      }
    }
    h.apply(new float[N], y);
    assertThat(y).containsOnly(0f);
  }

  @Test
  void weightsAreNeverTouchedAndLaterChangesAreNotSeen() {
    float[] theta = theta();
    float[] before = theta.clone();
    DifferenceHessian h = DifferenceHessian.of((x, g) -> {
      assertThat(x).isNotSameAs(theta);
      gradient(x, g);
      Arrays.fill(x, Float.NaN);
    }, theta);
    float[] v = random(1);
    float[] y = new float[N];
    h.apply(v, y);
    assertThat(theta).containsExactly(before);
    assertThat(v).containsExactly(random(1));
    float[] again = new float[N];
    theta[3] = 100;
    h.apply(v, again);
    assertThat(again).containsExactly(y);
  }

  @Test
  void sensitivityTellsAStepThatIsTooLong() {
    float[] v = random(2);
    double usual = DifferenceHessian.of(DifferenceHessianTest::gradient, theta()).stepSensitivity(v);
    double longer = DifferenceHessian.of(DifferenceHessianTest::gradient, theta(), Scheme.CENTRAL, 0.5).stepSensitivity(v);
    assertThat(usual).isLessThan(0.01);
    assertThat(longer).isGreaterThan(0.01);
  }

  /** e^{cθ₀}/c² + Σ θᵢ²/2000, c θ changes by 0.6 over the default step: sinh(0.6)/0.6 − 1 = 6 % too much. */
  @Test
  void aTunedStepFitsALossThatBendsWithinTheDefaultOne() {
    float[] theta = new float[N];
    theta[1] = 1;
    GradientFunction bending = (x, g) -> {
      for (int i = 0; i < N; i++) {
        g[i] = i == 0 ? (float) (Math.exp(600.0 * x[0]) / 600) : x[i] / 1000;
      }
    };
    float[] e = new float[N];
    e[0] = 1;
    float[] y = new float[N];
    DifferenceHessian.of(bending, theta).apply(e, y);
    assertThat(y[0]).as("default").isBetween(1.05f, 1.07f);
    for (Scheme scheme : new Scheme[] {Scheme.CENTRAL, Scheme.RICHARDSON}) {
      DifferenceHessian tuned = DifferenceHessian.tuned(bending, theta, scheme);
      tuned.apply(e, y);
      Near.one(scheme + " of step " + tuned.step(), y[0], 1, DifferenceHessian.RELATIVE_ERROR);
      assertThat(tuned.relativeError()).isEqualTo(DifferenceHessian.RELATIVE_ERROR);
    }
    assertThat(DifferenceHessian.tuned(DifferenceHessianTest::gradient, theta()).step()).isEqualTo(DifferenceHessian.STEP);
    DifferenceHessian flat = DifferenceHessian.tuned((x, g) -> Arrays.fill(g, 1f), theta);
    flat.apply(e, y);
    assertThat(y).containsOnly(0f);
  }

  /** Gradients that jump have no step that fits: the error says so. */
  @Test
  void aNoisyGradientIsNotPromisedAway() {
    GradientFunction noisy = (x, g) -> {
      for (int i = 0; i < N; i++) {
        g[i] = x[i] + 0.01f * (Float.floatToRawIntBits(x[i]) * 0x9E3779B9 >> 20 & 7);
      }
    };
    assertThat(DifferenceHessian.tuned(noisy, theta()).relativeError()).isGreaterThan(DifferenceHessian.RELATIVE_ERROR);
  }

  @Test
  void estimatorsAcceptItAndFindItsSharpness() {
    float[] theta = theta();
    DifferenceHessian h = DifferenceHessian.of(DifferenceHessianTest::gradient, theta);
    double sharpness = ThickRestart.top(1).solve(CheckedOperator.of(h)).top().getFirst().value();
    float[] dense = new float[N * N];
    for (int i = 0; i < N; i++) {
      float[] e = new float[N];
      e[i] = 1;
      double[] column = exact(theta, e);
      for (int j = 0; j <= i; j++) {
        dense[i * N + j] = (float) column[j];
        dense[j * N + i] = (float) column[j];
      }
    }
    double exact = ThickRestart.top(1).solve(new DenseOperator(dense, N)).top().getFirst().value();
    Near.one("sharpness", sharpness, exact, DifferenceHessian.RELATIVE_ERROR * exact);
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> DifferenceHessian.of(null, new float[1])).isInstanceOf(NullPointerException.class).hasMessage("gradient");
    assertThatThrownBy(() -> DifferenceHessian.of((x, g) -> {}, new float[0])).hasMessage("theta.length = 0, expected >= 1");
    assertThatThrownBy(() -> DifferenceHessian.of((x, g) -> {}, new float[] {Float.NaN})).hasMessage("norm of theta = NaN, expected a finite number");
    assertThatThrownBy(() -> DifferenceHessian.of((x, g) -> {}, new float[1], Scheme.CENTRAL, 0)).hasMessage("step = 0.0, expected 0 < step <= 1");
  }

  private static float[] theta() {
    float[] theta = random(0);
    for (int i = 0; i < N; i++) {
      theta[i] *= 0.2f;
    }
    return theta;
  }

  private static void gradient(float[] theta, float[] g) {
    double[] sum = new double[N];
    for (int k = 0; k < TERMS; k++) {
      double t = Math.tanh(dot(k, Near.doubles(theta)));
      for (int i = 0; i < N; i++) {
        sum[i] += t * B[k * N + i];
      }
    }
    for (int i = 0; i < N; i++) {
      g[i] = (float) sum[i];
    }
  }

  private static double[] exact(float[] theta, float[] v) {
    double[] y = new double[N];
    for (int k = 0; k < TERMS; k++) {
      double t = Math.tanh(dot(k, Near.doubles(theta)));
      double c = (1 - t * t) * dot(k, Near.doubles(v));
      for (int i = 0; i < N; i++) {
        y[i] += c * B[k * N + i];
      }
    }
    return y;
  }

  private static double dot(int k, double[] x) {
    double sum = 0;
    for (int i = 0; i < N; i++) {
      sum += B[k * N + i] * x[i];
    }
    return sum;
  }

  private static float[] random(int stream) {
    float[] x = new float[N];
    Gaussian.fill(9, stream, x, 0, N);
    return x;
  }
}
