package curvata.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.internal.Selection;
import org.junit.jupiter.api.Test;

/** The backend is the one that this run of the suite believes it tests. */
class BackendTest {
  @Test
  void isTheExpectedOne() {
    String expected = System.getProperty("curvata.test.expectedBackend", "simd");
    assertThat(Backend.current().name()).as(Backend.reason()).isEqualToIgnoringCase(expected);
    String bits = System.getProperty("curvata.test.expectedBits");
    if (bits != null) {
      assertThat(Backend.vectorBits()).isEqualTo(Integer.parseInt(bits));
    }
    assertThat(Backend.reason()).isNotBlank();
  }

  @Test
  void forcedScalarIsScalar() {
    Selection chosen = Selection.choose("scalar");
    assertThat(chosen.simd()).isFalse();
    assertThat(chosen.error()).isNull();
  }

  @Test
  void anUnknownBackendIsAnErrorThatNamesTheValidOnes() {
    assertThat(Selection.choose("avx").error()).isEqualTo("curvata.backend = avx, expected scalar or simd");
  }

  @Test
  void aForcedBackendIsThereOrAnErrorThatNamesTheFlag() {
    Selection forced = Selection.choose("simd");
    if (Backend.current() == Backend.SIMD) {
      assertThat(forced.simd()).isTrue();
    } else {
      assertThat(forced.simd()).isFalse();
      assertThat(forced.error()).contains("curvata.backend = simd").contains("--add-modules jdk.incubator.vector");
    }
  }
}
