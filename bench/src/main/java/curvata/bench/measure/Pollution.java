package curvata.bench.measure;

import curvata.optim.Rule;
import curvata.optim.Rules;

/** Runs everything once before what is measured, so that the compiler has seen every kernel, as it has in a program that uses them. */
public final class Pollution {
  private static final int ELEMENTS = 4096;
  private static final int SIDE = 48;
  private static final long EACH = 60_000_000;

  private Pollution() {}

  /** Runs every kernel, reduction, product and step of the catalog until compiled; 0.06 seconds of processor time each. */
  public static void run() {
    KernelCase.all().forEach(c -> repeat(KernelSetup.of(c, ELEMENTS)));
    KernelCase.measuring().forEach(c -> repeat(new MeasuringSubject<>(c, ELEMENTS).prepare().work()));
    for (ReductionSubject.Reduction r : ReductionSubject.Reduction.values()) {
      repeat(new ReductionSubject(r, ELEMENTS).prepare().work());
    }
    ProductCase.all(SIDE).forEach(c -> repeat(new ProductSubject(c).prepare().work()));
    repeat(new OrthogonalizationSubject(SIDE).prepare().work());
    for (Rule<?> rule : Rules.CATALOG.all()) {
      repeat(new StepSubject(rule, ELEMENTS).prepare().work());
    }
  }

  private static void repeat(Work work) {
    Clock clock = new Clock(1);
    long start = clock.nanos();
    do {
      work.run();
    } while (clock.nanos() - start < EACH);
  }
}
