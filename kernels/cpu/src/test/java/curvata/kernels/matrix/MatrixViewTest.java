package curvata.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MatrixViewTest {
  @Test
  void transposeSeesTheSameElements() {
    float[] data = new float[20];
    var view = new MatrixView(data, 2, 3, 4, 6, false);
    MatrixView transpose = view.transpose();
    assertThat(transpose.rows()).isEqualTo(4);
    assertThat(transpose.cols()).isEqualTo(3);
    assertThat(transpose.transposed()).isTrue();
    assertThat(transpose.data()).isSameAs(data);
    assertThat(transpose.transpose()).isEqualTo(view);
  }

  @Test
  void theLastRowNeedsNoPadding() {
    assertThat(new MatrixView(new float[18], 2, 3, 4, 6, false).rows()).isEqualTo(3);
    assertThatThrownBy(() -> new MatrixView(new float[17], 2, 3, 4, 6, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data holds [2, 18) (3 x 4, stride 6), expected within [0, 17)");
  }

  @Test
  void impossibleShapesAreRefused() {
    assertThatThrownBy(() -> MatrixView.of(null, 1, 1)).isInstanceOf(NullPointerException.class).hasMessage("data");
    assertThatThrownBy(() -> MatrixView.of(new float[4], -1, 1)).hasMessage("shape of data = -1 x 1, expected dimensions >= 0");
    assertThatThrownBy(() -> new MatrixView(new float[4], 0, 2, 2, 1, false)).hasMessageContaining("stride of data = 1, expected >= 2");
    assertThatThrownBy(() -> new MatrixView(new float[4], 5, 0, 0, 0, false)).hasMessageContaining("expected within [0, 4)");
    assertThatThrownBy(() -> MatrixView.of(new float[4], 65_536, 65_536)).hasMessageContaining("data holds [0, 4294967296)");
    assertThat(MatrixView.of(new float[0], 0, 5).cols()).isEqualTo(5);
  }
}
