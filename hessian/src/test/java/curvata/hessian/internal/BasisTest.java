package curvata.hessian.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import curvata.kernels.random.Gaussian;
import org.junit.jupiter.api.Test;

/** Vectors come out orthonormal, projections carry the bits of single dot products. */
class BasisTest {
  private static final int N = 5000;

  @Test
  void nearlyDependentVectorsComeOutOrthonormal() {
    Basis basis = new Basis(N, 21);
    float[] first = random(0);
    basis.append(first, basis.norm(first));
    for (int j = 1; j < 20; j++) {
      float[] w = random(j);
      for (int i = 0; i < N; i++) {
        w[i] = first[i] + 1e-3f * w[i];
      }
      basis.append(w, basis.orthogonalize(w));
    }
    basis.appendRandom(new float[N], 7);
    for (int i = 0; i < basis.size(); i++) {
      for (int j = 0; j <= i; j++) {
        assertThat(basis.dot(basis.vector(i), basis.vector(j))).as("(%d, %d)", i, j).isCloseTo(i == j ? 1 : 0, within(1e-6));
      }
    }
  }

  @Test
  void projectionsCarryTheBitsOfSingleDotProducts() {
    Basis basis = filled(19);
    float[] w = random(99);
    double[] c = new double[19];
    basis.project(w, c);
    for (int j = 0; j < c.length; j++) {
      assertThat(c[j]).as("j = %d", j).isEqualTo(basis.dot(basis.vector(j), w));
    }
  }

  @Test
  void whatIsRemovedAddsUp() {
    Basis basis = filled(9);
    float[] w = new float[N];
    for (int j = 0; j < 9; j++) {
      for (int i = 0; i < N; i++) {
        w[i] += (j + 1) * basis.vector(j)[i];
      }
    }
    float[] rest = random(50);
    double[] expected = new double[9];
    basis.project(rest, expected);
    for (int i = 0; i < N; i++) {
      w[i] += rest[i];
    }
    double norm = basis.orthogonalize(w);
    assertThat(norm).isEqualTo(basis.norm(w));
    for (int j = 0; j < 9; j++) {
      assertThat(basis.removed(j)).as("j = %d", j).isCloseTo(j + 1 + expected[j], within(1e-4));
      assertThat(basis.dot(basis.vector(j), w)).as("left of j = %d", j).isCloseTo(0, within(1e-6 * norm));
    }
  }

  private static Basis filled(int size) {
    Basis basis = new Basis(N, size);
    for (int j = 0; j < size; j++) {
      float[] w = random(j);
      basis.append(w, basis.orthogonalize(w));
    }
    return basis;
  }

  private static float[] random(int stream) {
    float[] x = new float[N];
    Gaussian.fill(1, stream, x, 0, N);
    return x;
  }
}
