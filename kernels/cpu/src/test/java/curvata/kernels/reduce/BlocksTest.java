package curvata.kernels.reduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlocksTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 65_541, 3_000_000, 4_194_304, 4_194_305, 5_000_000, 100_000_007, Integer.MAX_VALUE})
  void coverTheRangeInAtMost1024OfEqualLength(int n) {
    int length = Blocks.length(n);
    int count = Blocks.count(n);
    assertThat(length).isGreaterThanOrEqualTo(4096).matches(l -> l % Blocks.LANES == 0);
    assertThat(count).isBetween(1, 1024);
    assertThat((long) count * length).isGreaterThanOrEqualTo(n);
    assertThat((count - 1L) * length).isLessThan(n);
    assertThat(length == 4096 || length - 16 < (n + 1023L) / 1024).as("no longer than needed").isTrue();
  }

  @Test
  void noElementsHaveNoBlock() {
    assertThat(Blocks.count(0)).isZero();
    assertThat(Blocks.treeSum(new double[0], 0, 0, 1)).isZero();
    assertThat(Blocks.treeMax(new double[0], 0, 0, 1)).isZero();
  }

  @Test
  void lengthsAreThoseOfTheContract() {
    assertThat(Blocks.length(1)).isEqualTo(4096);
    assertThat(Blocks.length(4096 * 1024)).isEqualTo(4096);
    assertThat(Blocks.length(4096 * 1024 + 1)).isEqualTo(4112);
    assertThat(Blocks.count(4096 * 1024 + 1)).isEqualTo(1021);
  }

  @Test
  void treesTouchOnlyTheirStride() {
    for (int count = 1; count < 40; count++) {
      double[] values = new double[3 + count * 5];
      Arrays.fill(values, Double.NaN);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        values[3 + i * 5] = i * i - 70;
        sum += i * i - 70;
      }
      double[] copy = values.clone();
      assertThat(Blocks.treeSum(values, 3, count, 5)).as("sum of %d", count).isEqualTo(sum).isEqualTo(values[3]);
      double largest = Math.max(-70, (count - 1) * (count - 1) - 70);
      assertThat(Blocks.treeMax(copy, 3, count, 5)).as("maximum of %d", count).isEqualTo(largest).isEqualTo(copy[3]);
      for (int i = 0; i < values.length; i++) {
        if (i < 3 || (i - 3) % 5 != 0) {
          assertThat(values[i]).isNaN();
        }
      }
    }
  }
}
