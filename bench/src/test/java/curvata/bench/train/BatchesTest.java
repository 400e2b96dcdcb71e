package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.bench.model.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
  /** Row i holds i twice, and its label is i mod 3. */
  private static Dataset rows(int count) {
    float[] inputs = new float[2 * count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      inputs[2 * i] = i;
      inputs[2 * i + 1] = i;
      labels[i] = i % 3;
    }
    return new Dataset(inputs, labels, 2, 3);
  }

  private static List<Integer> load(Batches batches, long step) {
    int rows = batches.load(step);
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int row = (int) batches.inputs()[2 * i];
      assertThat(batches.inputs()[2 * i + 1]).isEqualTo(row);
      assertThat(batches.labels()[i]).isEqualTo(row % 3);
      seen.add(row);
    }
    return seen;
  }

  @ParameterizedTest
  @CsvSource({"10,3", "10,5", "10,9", "1,1", "37,36", "64,64", "7,1"})
  void everyEpochGoesOnceThroughAllRows(int rows, int batch) {
    Batches batches = new Batches(rows(rows), batch, 5);
    int perEpoch = (rows + batch - 1) / batch;
    for (int epoch = 0; epoch < 4; epoch++) {
      List<Integer> seen = new ArrayList<>();
      for (int b = 0; b < perEpoch; b++) {
        seen.addAll(load(batches, (long) epoch * perEpoch + b));
      }
      assertThat(seen).as("epoch %d", epoch).hasSize(rows).doesNotHaveDuplicates().allMatch(i -> i >= 0 && i < rows);
    }
  }

  @Test
  void theRowsOfAStepDependOnSeedAndStepAlone() {
    Batches inOrder = new Batches(rows(50), 8, 1);
    List<List<Integer>> steps = new ArrayList<>();
    for (int step = 0; step < 30; step++) {
      steps.add(load(inOrder, step));
    }
    for (int step : new int[] {29, 0, 13, 14, 7, 6, 28}) {
      assertThat(load(new Batches(rows(50), 8, 1), step)).as("step %d", step).isEqualTo(steps.get(step));
      assertThat(load(inOrder, step)).as("step %d again", step).isEqualTo(steps.get(step));
    }
    assertThat(load(new Batches(rows(50), 8, 2), 0)).isNotEqualTo(steps.get(0));
    assertThat(steps.get(7)).as("the next epoch's order").isNotEqualTo(steps.get(0));
  }

  @Test
  void aBatchOfAllRowsKeepsTheirOrder() {
    assertThat(load(new Batches(rows(5), 5, 9), 3)).isEqualTo(Arrays.asList(0, 1, 2, 3, 4));
  }
}
