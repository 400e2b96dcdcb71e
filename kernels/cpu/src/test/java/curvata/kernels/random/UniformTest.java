package curvata.kernels.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UniformTest {
  @ParameterizedTest
  @CsvSource({"0,0,0,1f290712", "1,0,0,259b5cbc", "0,1,0,3ed0c706", "-1,-1,12345,a35ab3b5", "42,7,21474836489,6db90809"})
  void wordsAreThoseOfTheDefinition(long seed, long stream, long index, String expected) {
    assertThat(Integer.toHexString(Uniform.bits(seed, stream, index))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0,0,0,0x1.f290712dc2fa0p-4", "42,7,1099511627776,0x1.5bdc59369e550p-1", "-5,3,99,0x1.2159b4fff8f88p-3"})
  void numbersAreThoseOfTheDefinition(long seed, long stream, long index, String expected) {
    assertThat(Uniform.at(seed, stream, index)).isEqualTo(Double.parseDouble(expected));
  }

  @Test
  void momentsAreWithinFiveStandardErrors() {
    int n = 200_000;
    for (long seed = 0; seed < 3; seed++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        double u = Uniform.at(seed, 9, i);
        assertThat(u >= 0 && u < 1).isTrue();
        sum += u - 0.5;
        squares += (u - 0.5) * (u - 0.5);
      }
      assertThat(Math.abs(sum / n)).as("mean, seed %d", seed).isLessThan(5 * Math.sqrt(1 / 12.0 / n));
      assertThat(Math.abs(squares / n - 1 / 12.0)).as("variance, seed %d", seed).isLessThan(5 * Math.sqrt(1 / 180.0 / n));
    }
  }

  @Test
  void lowAndHighBytesFillTheirCellsEvenly() {
    int n = 1 << 17;
    for (int shift = 0; shift < 64; shift += 8) {
      int[] counts = new int[256];
      for (int i = 0; i < n; i++) {
        long word = (long) Uniform.bits(3, 1, 2L * i) << 32 | Uniform.bits(3, 1, 2L * i + 1) & 0xffffffffL;
        counts[(int) (word >>> shift) & 255]++;
      }
      Statistics.assertEven("byte " + shift / 8, counts);
    }
  }
}
