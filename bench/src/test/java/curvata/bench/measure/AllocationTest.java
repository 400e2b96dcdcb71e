package curvata.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.Threads;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.Rule;
import curvata.optim.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What warm code allocates, with every kernel of the catalog in one JVM: nothing per kernel call on one thread, a small constant per optimizer step.
 *
 * <p>Vector code that is not compiled yet allocates, and when it is compiled is the JVM's choice; so a call is repeated until it allocates what it
 * may, and fails after a time in which everything has long been compiled.
 */
class AllocationTest {
  private static final int N = 4099; // vectors, and a tail
  private static final int CALLS = 1000;
  private static final int STEPS = 20;
  private static final long STEP_BYTES = 1024;
  private static final long DEADLINE = 60_000_000_000L;

  /** A piece of work with the name it fails under. */
  private record Named(String name, Work work) {}

  @Test
  void kernelsAllocateNothingWhateverRanBefore() {
    List<Named> kernels = kernels();
    assertThat(kernels).hasSizeGreaterThanOrEqualTo(Rules.CATALOG.all().size());
    kernels.forEach(AllocationTest::allocatesNothing);
    Pollution.run();
    kernels.forEach(AllocationTest::allocatesNothing);
    kernels.reversed().forEach(AllocationTest::allocatesNothing);
  }

  private static List<Named> kernels() {
    List<Named> kernels = new ArrayList<>();
    for (KernelCase<?> c : KernelCase.all()) {
      kernels.add(new Named(c.kernel().name(), KernelSetup.of(c, N)));
    }
    for (KernelCase.Measuring<?> c : KernelCase.measuring()) {
      kernels.add(new Named(c.kernel().name(), new MeasuringSubject<>(c, N).prepare().work()));
    }
    for (ReductionSubject.Reduction r : ReductionSubject.Reduction.values()) {
      kernels.add(new Named(r.name(), new ReductionSubject(r, N).prepare().work()));
    }
    products().filter(c -> c.count() == 1).forEach(c -> kernels.add(new Named(c.toString(), new ProductSubject(c).prepare().work())));
    kernels.add(new Named("muon5", new OrthogonalizationSubject(48).prepare().work()));
    return kernels;
  }

  /** Tiles of every width, whole and not, where operands lie and packed, with one block of k and with several; all on one thread. */
  private static Stream<ProductCase> products() {
    Stream<ProductCase> small = IntStream.of(3, 5, 13, 29, 48, 61).boxed().flatMap(side -> ProductCase.all(side).stream());
    Stream<ProductCase> deep = Stream.of(
        new ProductCase("product", 24, false, false, 24, 33, 1100, 1, false),
        new ProductCase("product", 14, false, true, 14, 129, 560, 1, false),
        new ProductCase("product", 17, true, false, 17, 49, 1100, 1, false),
        new ProductCase("gram", 29, false, true, 29, 29, 1100, 1, true));
    return Stream.concat(small, deep).filter(c -> (long) c.m() * c.n() * c.k() <= 1 << 20);
  }

  private static void allocatesNothing(Named kernel) {
    assertThat(least(kernel.work(), CALLS, 0, new Clock(1))).as("bytes allocated by %d calls of %s", CALLS, kernel.name()).isZero();
  }

  /** Bytes of so many runs, the first time they are no more than allowed, or in the end. */
  private static long least(Work work, int runs, long allowed, Clock clock) {
    long start = System.nanoTime();
    long bytes;
    do {
      bytes = -clock.allocated();
      for (int run = 0; run < runs; run++) {
        work.run();
      }
      bytes += clock.allocated();
    } while (bytes > allowed && System.nanoTime() - start < DEADLINE);
    return bytes;
  }

  static Stream<Rule<?>> rules() {
    return Rules.CATALOG.all().stream();
  }

  /** The bytes of all threads count; a constant, so it is the same bound for many elements as for few. */
  @ParameterizedTest
  @MethodSource("rules")
  void aStepAllocatesAConstant(Rule<?> rule) {
    for (int scale : new int[] {1, 4}) {
      long bytes = least(step(rule, scale), STEPS, STEPS * STEP_BYTES - 1, new Clock(Threads.count() + 1));
      assertThat(bytes).as("bytes allocated by %d steps of %s, scale %d, %d threads", STEPS, rule.name(), scale, Threads.count())
          .isLessThan(STEPS * STEP_BYTES);
    }
  }

  /** Six tensors of more than 100 000 elements, enough for every thread. */
  private static Work step(Rule<?> rule, int scale) {
    List<Parameter> parameters = new ArrayList<>();
    int[][] shapes = {{300 * scale, 200}, {200, 150}, {100, 100}, {10, 130}, {5, 3, 3, 3}, {1, 7}};
    for (int[] shape : shapes) {
      int size = Stream.of(shape).flatMapToInt(java.util.Arrays::stream).reduce(1, (a, b) -> a * b);
      float[][] arrays = Values.arrays(2, size, shape[0]);
      parameters.add(Parameter.of("p" + parameters.size(), arrays[0], arrays[1], shape));
    }
    assertThat(parameters.stream().mapToInt(Parameter::size).sum()).isGreaterThan(100_000);
    Optimizer optimizer = Optimizer.builder().group("all", rule, parameters).build();
    float[][] signals = parameters.stream().map(p -> Values.arrays(1, p.size(), 7)[0]).toArray(float[][]::new);
    return () -> {
      for (String signal : rule.signals(optimizer.steps() + 1)) {
        for (int p = 0; p < signals.length; p++) {
          optimizer.supply(parameters.get(p).name(), signal, signals[p]);
        }
      }
      optimizer.step();
    };
  }
}
