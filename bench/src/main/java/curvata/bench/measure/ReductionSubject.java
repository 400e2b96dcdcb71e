package curvata.bench.measure;

import curvata.kernels.Kernel;
import curvata.kernels.Kernel.Operand;
import curvata.kernels.Threads;
import curvata.kernels.Workspace;
import curvata.kernels.reduce.Reductions;
import java.util.List;
import java.util.Locale;

/** A single reduction, on all threads where the library spreads it. */
final class ReductionSubject implements Subject {
  /** The reductions that are measured. */
  enum Reduction {
    /** Σ x². */
    SUM_OF_SQUARES(1) {
      @Override
      double of(float[][] x, int n, Workspace ws) {
        return Reductions.sumOfSquares(x[0], 0, n, ws);
      }
    },
    /** Σ x·y. */
    DOT(2) {
      @Override
      double of(float[][] x, int n, Workspace ws) {
        return Reductions.dot(x[0], x[1], 0, n, ws);
      }
    };

    private final int arrays;

    Reduction(int arrays) {
      this.arrays = arrays;
    }

    abstract double of(float[][] x, int n, Workspace ws);
  }

  private final Reduction reduction;
  private final int n;
  private double result;

  ReductionSubject(Reduction reduction, int n) {
    this.reduction = reduction;
    this.n = n;
  }

  @Override
  public String name() {
    return reduction.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int n() {
    return n;
  }

  @Override
  public long elements() {
    return n;
  }

  @Override
  public long bytes() {
    return 4L * reduction.arrays * n;
  }

  @Override
  public long flops() {
    return 0;
  }

  @Override
  public int threads() {
    return (long) n * reduction.arrays < Threads.MIN_ELEMENTS ? 1 : Threads.count();
  }

  @Override
  public Prepared prepare() {
    float[][] x = Values.arrays(reduction.arrays, n, 1);
    Workspace ws = new Workspace();
    ws.reserve(0, Reductions.requiredDoubles(n));
    List<Operand> operands = List.of(Kernel.read("x"), Kernel.read("y")).subList(0, reduction.arrays);
    Streams streams = Streams.of(operands, x, n, threads() > 1);
    return new Prepared(() -> result = reduction.of(x, n, ws), Bounds.streams(List.of(streams)));
  }

  /** The contract of the reductions against a plain sum in double, whose own error is as small. */
  @Override
  public String difference() {
    float[][] x = Values.arrays(reduction.arrays, n, 1);
    prepare().work().run();
    double expected = 0;
    for (int i = 0; i < n; i++) {
      expected += (double) x[0][i] * x[reduction.arrays - 1][i];
    }
    double allowed = (1e-12 + n * 0x1p-53) * expected; // all terms are positive
    return Math.abs(result - expected) <= allowed ? null : name() + " = " + result + ", expected " + expected + " ± " + allowed;
  }
}
