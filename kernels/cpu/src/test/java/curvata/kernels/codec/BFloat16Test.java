package curvata.kernels.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BFloat16Test {
  @Test
  void everyStoredValueSurvives() {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    float[] decoded = new float[all.length];
    BFloat16.decode(all, 0, decoded, 0, all.length);
    short[] encoded = new short[all.length];
    BFloat16.encode(decoded, 0, encoded, 0, all.length);
    for (int i = 0; i < all.length; i++) {
      assertThat(Float.floatToRawIntBits(decoded[i]) >>> 16).isEqualTo(i);
      boolean nan = Float.isNaN(decoded[i]);
      assertThat(encoded[i]).isEqualTo(nan ? (short) (i | 0x40) : (short) i);
    }
  }

  /** Nearest of the two neighbours in exact arithmetic, ties to the even one. */
  @Test
  void roundsToNearestTiesToEven() {
    var random = new SplittableRandom(4);
    for (int trial = 0; trial < 200_000; trial++) {
      int bits = random.nextInt();
      if (trial % 4 == 0) {
        bits = bits & 0xffff_0000 | 0x8000; // ties
      }
      float x = Float.intBitsToFloat(bits);
      if (!Float.isFinite(x)) {
        continue;
      }
      double below = neighbour(bits >>> 16);
      double above = neighbour((bits >>> 16) + 1);
      short actual = BFloat16.encode(x);
      double down = Math.abs(x - below);
      double up = Math.abs(above - x);
      int expected = down < up || down == up && (bits >>> 16) % 2 == 0 ? bits >>> 16 : (bits >>> 16) + 1;
      assertThat(actual & 0xffff).as("bits %08x", bits).isEqualTo(expected);
    }
  }

  /** The number that the upper bits stand for; the one behind the largest counts as 2¹²⁸. */
  private static double neighbour(int upper) {
    float value = Float.intBitsToFloat(upper << 16);
    return Float.isInfinite(value) ? Math.copySign(0x1p128, value) : value;
  }

  @Test
  void specialValues() {
    assertThat(BFloat16.decode(BFloat16.encode(Float.MAX_VALUE))).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(BFloat16.decode(BFloat16.encode(Float.NEGATIVE_INFINITY))).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(BFloat16.decode(BFloat16.encode(-0f))).isEqualTo(-0f);
    assertThat(BFloat16.encode(Float.intBitsToFloat(0x7f80_0001)) & 0xffff).isEqualTo(0x7fc0); // a NaN, not infinity
  }

  /** All lengths and offsets give the bits of one by one, and nothing else is touched. */
  @Test
  void rangesHaveTheBitsOfOneByOne() {
    var random = new SplittableRandom(9);
    for (int count : new int[] {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 64, 100, 1000}) {
      for (int offset : new int[] {0, 1, 3}) {
        float[] x = new float[count + 5];
        for (int i = 0; i < x.length; i++) {
          x[i] = Float.intBitsToFloat(random.nextInt());
        }
        short[] h = new short[count + 5];
        BFloat16.encode(x, offset, h, 5 - offset, count);
        float[] y = new float[count + 5];
        BFloat16.decode(h, 5 - offset, y, offset, count);
        for (int i = 0; i < count + 5; i++) {
          boolean inside = i >= 5 - offset && i < 5 - offset + count;
          assertThat(h[i]).isEqualTo(inside ? BFloat16.encode(x[offset + i - (5 - offset)]) : 0);
          inside = i >= offset && i < offset + count;
          assertThat(Float.floatToRawIntBits(y[i])).isEqualTo(inside ? h[5 - offset + i - offset] << 16 : 0);
        }
      }
    }
    assertThatThrownBy(() -> BFloat16.encode(new float[3], 1, new short[3], 0, 3)).hasMessage("range [1, 4) of from, expected within [0, 3)");
    assertThatThrownBy(() -> BFloat16.decode(new short[3], 0, new float[2], 0, 3)).hasMessage("range [0, 3) of to, expected within [0, 2)");
    assertThatThrownBy(() -> BFloat16.decode(null, 0, new float[2], 0, 0)).hasMessage("from");
  }
}
