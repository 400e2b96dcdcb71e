package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterTest {
  /** Computed from the javadoc by a program in another language; other values would change every recorded run. */
  @ParameterizedTest
  @CsvSource({"0,0,0,0", "1,2,3,53eb753f", "12345678,9abcdef0,ffffffff,16d5f51a", "ffffffff,ffffffff,80000000,e6625d1b"})
  void bitsAreThoseOfTheDefinition(String k0, String k1, String counter, String expected) {
    int bits = Counter.bits(Integer.parseUnsignedInt(k0, 16), Integer.parseUnsignedInt(k1, 16), Integer.parseUnsignedInt(counter, 16));
    assertThat(Integer.toHexString(bits)).isEqualTo(expected);
  }

  @Test
  void keysOfNeighboursDiffer() {
    Set<Long> keys = new HashSet<>();
    int count = 0;
    for (long seed = -2; seed <= 2; seed++) {
      for (long stream = -2; stream <= 50; stream++) {
        for (int domain = 1; domain <= 4; domain++) {
          for (long high = 0; high < 5; high++) {
            keys.add(Counter.key(seed, stream, domain, high));
            count++;
          }
        }
      }
    }
    assertThat(keys).hasSize(count);
  }

  /** Each flipped bit of counter or key flips each bit of the result half of the time: 5 standard errors for each of the 96 · 32 pairs. */
  @Test
  void everyInputBitReachesEveryOutputBit() {
    int samples = 1 << 14;
    int allowed = (int) (Statistics.SIGMAS * Math.sqrt(samples) / 2);
    for (int flip = 0; flip < 96; flip++) {
      int[] flips = new int[32];
      for (int i = 0; i < samples; i++) {
        long key = Counter.key(flip, i, Counter.UNIFORMS, 0);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int bit = 1 << flip;
        int difference =
            Counter.bits(k0, k1, i) ^ Counter.bits(flip / 32 == 0 ? k0 ^ bit : k0, flip / 32 == 1 ? k1 ^ bit : k1, flip / 32 == 2 ? i ^ bit : i);
        for (int b = 0; b < 32; b++) {
          flips[b] += difference >>> b & 1;
        }
      }
      for (int b = 0; b < 32; b++) {
        assertThat(Math.abs(flips[b] - samples / 2)).as("input bit %d, output bit %d", flip, b).isLessThanOrEqualTo(allowed);
      }
    }
  }
}
