package curvata.optim.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClipTest {
  private static double factorFor(double norm, double sumOfSquares) {
    double[] factor = {1};
    new Clip(norm).apply(new GradientTransform.Gradients() {
      @Override
      public double sumOfSquares() {
        return sumOfSquares;
      }

      @Override
      public void scale(double f) {
        factor[0] = f;
      }
    });
    return factor[0];
  }

  @Test
  void scalesOnlyWhatIsTooLong() {
    assertThat(factorFor(2, 16)).isEqualTo(2 / (4 + 1e-6));
    assertThat(factorFor(5, 16)).isEqualTo(1);
    assertThat(factorFor(5, 0)).isEqualTo(1);
    assertThat(factorFor(1, Double.POSITIVE_INFINITY)).isEqualTo(0);
    assertThat(factorFor(1, Double.NaN)).isNaN();
  }

  @Test
  void aNormThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> new Clip(0)).hasMessage("norm = 0.0, expected norm > 0");
    assertThatThrownBy(() -> Transforms.CATALOG.parse("clip:norm=-1")).hasMessage("clip: norm = -1.0, expected norm > 0");
    assertThatThrownBy(() -> Transforms.CATALOG.parse("clap")).hasMessageStartingWith("unknown transform \"clap\", nearest: clip");
  }
}
