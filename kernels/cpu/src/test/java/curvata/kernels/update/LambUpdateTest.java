package curvata.kernels.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Backend;
import curvata.kernels.MeasuringKernel;
import curvata.kernels.reduce.Blocks;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LAMB's first pass: both bodies agree, its sums are those of θ and u, and the trust ratio is safe at its edges. */
class LambUpdateTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 1000, 1024})
  void bothBodiesAgreeBitForBit(int n) {
    assumeTrue(Backend.current() == Backend.SIMD, "the SIMD body is linked only where it was chosen");
    SplittableRandom random = new SplittableRandom(n);
    LambUpdate.Scalars s = UpdateKernels.scalars(LambUpdate.Scalars.class, random);
    float[][] a = random(4, n + 3, random);
    float[][] b = {a[0].clone(), a[1].clone(), a[2].clone(), a[3].clone()};
    float[] u = new float[n];
    float[] w = new float[n];
    LambUpdate.scalarMoments(s, a[0], a[1], a[2], a[3], u, 3, 3, n + 3);
    LambUpdate.Simd.moments(s, b[0], b[1], b[2], b[3], w, 3, 3, n + 3);
    assertThat(w).containsExactly(u);
    assertThat(b).isDeepEqualTo(a);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1023, 1024, 1025, 4096})
  void theSumsAreThoseOfThetaAndU(int n) {
    SplittableRandom random = new SplittableRandom(n);
    LambUpdate.Scalars s = UpdateKernels.scalars(LambUpdate.Scalars.class, random);
    float[][] a = random(4, n, random);
    MeasuringKernel<LambUpdate.Scalars> kernel = LambUpdate.MOMENTS;
    double[] partials = new double[kernel.stride() + 1];
    kernel.block(s, a, new float[MeasuringKernel.CHUNK], 0, n, partials, 1);
    double theta = 0;
    double u = 0;
    for (int i = 0; i < n; i++) {
      float root = Math.fma((float) Math.sqrt(a[3][i]), s.rootScale(), s.eps());
      float ui = Math.fma(a[0][i], s.weightDecay(), (a[2][i] * s.momentScale()) / root);
      theta += (double) a[0][i] * a[0][i];
      u += (double) ui * ui;
    }
    assertThat(Math.abs(partials[1] - theta)).isLessThanOrEqualTo(1e-12 * theta);
    assertThat(Math.abs(partials[1 + Blocks.LANES] - u)).isLessThanOrEqualTo(1e-12 * u);
  }

  @Test
  void trustIsOneWhereANormIsZeroAndClippedWhenAsked() {
    assertThat(LambUpdate.trust(0, 4, false)).isEqualTo(1);
    assertThat(LambUpdate.trust(4, 0, false)).isEqualTo(1);
    assertThat(LambUpdate.trust(16, 4, false)).isEqualTo(2);
    assertThat(LambUpdate.trust(16, 4, true)).isEqualTo(1);
    assertThat(LambUpdate.trust(Double.NaN, 4, false)).isNaN();
  }

  private static float[][] random(int count, int n, SplittableRandom random) {
    float[][] arrays = new float[count][n];
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < n; i++) {
        float x = (float) random.nextGaussian();
        arrays[k][i] = k == 3 ? x * x : x; // v is an average of squares
      }
    }
    return arrays;
  }
}
