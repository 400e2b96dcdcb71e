package curvata.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private final Digits digits = Digits.load();

  @Test
  void theRowsAreThoseOfTheFileDividedBySixteen() {
    Dataset all = digits.all();
    assertThat(all.rows()).isEqualTo(1797);
    assertThat(all.cols()).isEqualTo(64);
    assertThat(Arrays.copyOf(all.labels(), 12)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    assertThat(Arrays.copyOf(all.inputs(), 8)).containsExactly(0, 0, 5 / 16f, 13 / 16f, 9 / 16f, 1 / 16f, 0, 0);
    for (float x : all.inputs()) {
      assertThat(x * 16).isBetween(0f, 16f).isEqualTo((float) Math.rint(x * 16));
    }
    int[] counts = new int[10];
    Arrays.stream(all.labels()).forEach(label -> counts[label]++);
    assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
  }

  @Test
  void testRowsAreThoseWhoseIndexIsDivisibleByFive() {
    Dataset test = digits.test();
    assertThat(test.rows()).isEqualTo(360);
    for (int i = 0; i < test.rows(); i++) {
      assertRow(test, i, 5 * i);
    }
  }

  @Test
  void trainingRowsAreTheOthersInOrder() {
    Dataset training = digits.training();
    assertThat(training.rows()).isEqualTo(1437);
    for (int i = 0; i < training.rows(); i++) {
      assertRow(training, i, i / 4 * 5 + i % 4 + 1);
    }
  }

  @Test
  void validationRowsAreTrainingRows() {
    Dataset validation = digits.validation();
    Dataset reduced = digits.reducedTraining();
    assertThat(validation.rows()).isEqualTo(360);
    assertThat(reduced.rows()).isEqualTo(1077);
    for (int i = 0; i < validation.rows(); i++) {
      assertRow(validation, i, 5 * i + 1);
    }
    for (int i = 0; i < reduced.rows(); i++) {
      assertRow(reduced, i, i / 3 * 5 + i % 3 + 2);
    }
  }

  private void assertRow(Dataset part, int i, int index) {
    Dataset all = digits.all();
    assertThat(part.labels()[i]).as("row %d", i).isEqualTo(all.labels()[index]);
    assertThat(Arrays.copyOfRange(part.inputs(), 64 * i, 64 * i + 64)).as("row %d", i)
        .isEqualTo(Arrays.copyOfRange(all.inputs(), 64 * index, 64 * index + 64));
  }

  @Test
  void aDatasetWhosePartsDoNotFitIsRefused() {
    assertThatThrownBy(() -> new Dataset(new float[5], new int[2], 3, 4)).hasMessage("inputs.length = 5, expected 6 (labels.length * cols)");
    assertThatThrownBy(() -> new Dataset(new float[6], new int[] {0, 4}, 3, 4)).hasMessage("label of row 1 = 4, expected 0 <= label < 4");
  }
}
