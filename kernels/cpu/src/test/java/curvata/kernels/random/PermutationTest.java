package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.elementary.Allocation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PermutationTest {
  private static int[] shuffled(long seed, long stream, int n) {
    int[] p = new int[n];
    Arrays.fill(p, -1);
    Permutation.shuffle(seed, stream, p);
    return p;
  }

  /** Computed from the javadoc by a program in another language. */
  @Test
  void ordersAreThoseOfTheDefinition() {
    assertThat(shuffled(0, 0, 10)).containsExactly(9, 0, 8, 2, 6, 1, 7, 3, 5, 4);
    assertThat(shuffled(42, 7, 10)).containsExactly(8, 1, 7, 3, 9, 2, 5, 0, 4, 6);
    assertThat(shuffled(42, 8, 10)).containsExactly(5, 7, 1, 6, 3, 9, 0, 4, 8, 2);
  }

  @Test
  void everyNumberOccursOnce() {
    for (int n : new int[] {0, 1, 2, 3, 100, 1797, 100_000}) {
      int[] p = shuffled(5, n, n);
      Arrays.sort(p);
      for (int i = 0; i < n; i++) {
        assertThat(p[i]).isEqualTo(i);
      }
    }
  }

  @Test
  void allOrdersOfFiveAreEquallyOften() {
    int[] counts = new int[120];
    for (int s = 0; s < 60_000; s++) {
      counts[rank(shuffled(1, s, 5))]++;
    }
    Statistics.assertEven("orders of five over streams", counts);
    Arrays.fill(counts, 0);
    for (int s = 0; s < 60_000; s++) {
      counts[rank(shuffled(s, 1, 5))]++;
    }
    Statistics.assertEven("orders of five over seeds", counts);
  }

  private static int rank(int[] p) {
    int rank = 0;
    for (int i = 0; i < p.length; i++) {
      int smaller = 0;
      for (int j = i + 1; j < p.length; j++) {
        smaller += p[j] < p[i] ? 1 : 0;
      }
      rank = rank * (p.length - i) + smaller;
    }
    return rank;
  }

  @Test
  void everyPlaceSeesEveryNumber() {
    int n = 20;
    int[] counts = new int[n * n];
    for (int s = 0; s < 20_000; s++) {
      int[] p = shuffled(2, s, n);
      for (int i = 0; i < n; i++) {
        counts[i * n + p[i]]++;
      }
    }
    double chi = 0;
    for (int i = 0; i < counts.length; i++) {
      chi += (counts[i] - 1000.0) * (counts[i] - 1000.0) / 1000;
    }
    double degrees = (n - 1.0) * (n - 1); // each row and each column adds up
    double scaled = chi * (n - 1) / n; // a place meets a number with variance 1/n (1 − 1/n)
    assertThat(Math.abs(scaled - degrees)).isLessThan(Statistics.SIGMAS * Math.sqrt(2 * degrees));
  }

  @Test
  void warmCallsAllocateNothing() {
    int[] p = new int[100];
    Allocation.assertNone("shuffle", () -> Permutation.shuffle(1, 2, p));
  }
}
