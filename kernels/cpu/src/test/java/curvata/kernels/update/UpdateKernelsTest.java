package curvata.kernels.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import curvata.kernels.Backend;
import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Access;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every update kernel: scalar and SIMD agree bit for bit, nothing outside the range is touched, bad operands are refused. */
class UpdateKernelsTest {
  private static final int[] SIZES = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1000, 1021, 4095, 4097};
  private static final int[] OFFSETS = {0, 1, 3};
  private static final int CANARIES = 5;

  static Stream<Kernel<?>> kernels() {
    return UpdateKernels.kernels().stream();
  }

  @Test
  void everyPublicClassOfThePackageHasAKernel() {
    List<Class<?>> classes = UpdateKernels.classes();
    assertThat(classes).hasSizeGreaterThanOrEqualTo(6);
    for (Class<?> c : classes) {
      assertThat(Stream.of(c.getDeclaredFields()).map(f -> f.getType().getSimpleName())).as(c.getSimpleName()).contains("Kernel");
    }
  }

  @Test
  void namesAreUnique() {
    assertThat(kernels().map(Kernel::name)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  <S extends Record> void scalarAndSimdAgreeBitForBit(Kernel<S> kernel) {
    assumeTrue(Backend.current() == Backend.SIMD, "the SIMD body is linked only where it was chosen");
    for (int size : SIZES) {
      for (int offset : OFFSETS) {
        agree(kernel, size, offset, 31L * size + offset);
      }
    }
  }

  private static <S extends Record> void agree(Kernel<S> kernel, int size, int offset, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    S scalars = UpdateKernels.scalars(kernel.scalars(), random);
    float[][] plain = operands(kernel, offset + size + CANARIES, random);
    float[][] vector = copy(plain);
    float[][] before = copy(plain);
    kernel.body(Backend.SCALAR).range(scalars, plain, offset, offset + size);
    kernel.body(Backend.SIMD).range(scalars, vector, offset, offset + size);
    for (int o = 0; o < plain.length; o++) {
      boolean written = kernel.operands().get(o).access() != Access.READ;
      for (int i = 0; i < plain[o].length; i++) {
        String where = kernel.name() + " " + kernel.operands().get(o).name() + "[" + i + "], size " + size + ", offset " + offset + ", seed " + seed;
        assertThat(bits(vector[o][i])).as(where).isEqualTo(bits(plain[o][i]));
        if (!written || i < offset || i >= offset + size) {
          assertThat(Float.floatToRawIntBits(vector[o][i])).as(where).isEqualTo(Float.floatToRawIntBits(before[o][i]));
        }
      }
    }
  }

  /** All NaNs are one: which payload survives an operation of two is the processor's choice. */
  private static int bits(float x) {
    return Float.floatToIntBits(x);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  <S extends Record> void aRangeInPiecesIsTheWholeRange(Kernel<S> kernel) {
    int n = 4099;
    for (long seed = 0; seed < 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      S scalars = UpdateKernels.scalars(kernel.scalars(), random);
      float[][] whole = operands(kernel, n, random);
      float[][] pieces = copy(whole);
      kernel.run(scalars, whole, 0, n);
      for (int at = 0; at < n;) {
        int end = Math.min(n, at + 1 + random.nextInt(700));
        kernel.run(scalars, pieces, at, end);
        at = end;
      }
      for (int o = 0; o < whole.length; o++) {
        for (int i = 0; i < n; i++) {
          assertThat(bits(pieces[o][i])).as("%s operand %d, element %d, seed %d", kernel.name(), o, i, seed).isEqualTo(bits(whole[o][i]));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  <S extends Record> void badOperandsAreRefusedAndNothingIsWritten(Kernel<S> kernel) {
    SplittableRandom random = new SplittableRandom(1);
    S scalars = UpdateKernels.scalars(kernel.scalars(), random);
    float[][] operands = operands(kernel, 8, random);
    float[][] before = copy(operands);
    String last = kernel.operands().getLast().name();
    assertThatThrownBy(() -> kernel.run(scalars, new float[kernel.operands().size() + 1][8], 0, 8))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected " + kernel.operands().size());
    float[][] shorter = operands.clone();
    shorter[shorter.length - 1] = new float[7];
    assertThatThrownBy(() -> kernel.run(scalars, shorter, 0, 8)).hasMessage("range [0, 8) of " + last + ", expected within [0, 7)");
    float[][] missing = operands.clone();
    missing[missing.length - 1] = null;
    assertThatThrownBy(() -> kernel.run(scalars, missing, 0, 8)).isInstanceOf(NullPointerException.class).hasMessage(last);
    if (operands.length > 1) {
      float[][] aliased = operands.clone();
      aliased[aliased.length - 1] = aliased[0];
      assertThatThrownBy(() -> kernel.run(scalars, aliased, 0, 8)).hasMessageContaining("same array").hasMessageContaining("expected distinct");
    }
    assertThatThrownBy(() -> kernel.run(null, operands, 0, 8)).isInstanceOf(NullPointerException.class).hasMessage("scalars");
    for (int o = 0; o < operands.length; o++) {
      assertThat(java.util.Arrays.equals(operands[o], before[o])).as("operand %d is as before", o).isTrue();
    }
  }

  private static float[][] operands(Kernel<?> kernel, int length, SplittableRandom random) {
    float[][] operands = new float[kernel.operands().size()][length];
    for (float[] operand : operands) {
      for (int i = 0; i < length; i++) {
        operand[i] = UpdateKernels.value(random);
      }
    }
    return operands;
  }

  private static float[][] copy(float[][] arrays) {
    return Stream.of(arrays).map(float[]::clone).toArray(float[][]::new);
  }
}
