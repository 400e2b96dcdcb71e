package curvata.bench.jmh;

import curvata.bench.measure.KernelCase;
import curvata.bench.measure.KernelSetup;
import curvata.bench.measure.Pollution;
import curvata.bench.measure.Streams;
import curvata.kernels.Backend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * AdamW on one thread: absolute times per call over several JVMs, beside its limit and a plain loop.
 *
 * <p>The compiler's outcome differs from JVM to JVM, so more forks say more than more iterations. With {@code polluted} every kernel of the catalog
 * runs before the first measurement. Run it from the repository, after a build, with the {@code java} of a JDK 25:
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp "bench/target/classes:bench/target/lib/*" org.openjdk.jmh.Main AdamW -prof gc
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class AdamWBenchmark {
  /** Elements. */
  @Param({"1000", "65536", "1000000", "16000000", "999983"})
  public int n;

  /** Whether the compiler has seen every kernel of the catalog before. */
  @Param({"false", "true"})
  public boolean polluted;

  private KernelSetup<?> kernel;
  private Streams streams;
  private float[][] arrays;

  /** For JMH. */
  public AdamWBenchmark() {}

  /** Makes the arrays. */
  @Setup(Level.Trial)
  public void prepare() {
    if (polluted) {
      Pollution.run();
    }
    kernel = KernelSetup.of(KernelCase.of("adamw"), n);
    streams = kernel.streams();
    arrays = kernel.arrays();
  }

  /** Puts the state back, so that every iteration sees the same values. */
  @Setup(Level.Iteration)
  public void reset() {
    kernel.reset();
  }

  /** The kernel as users call it. */
  @Benchmark
  public void kernel() {
    kernel.run();
  }

  /** Its plain body, which is the reference and runs where there is no Vector API. */
  @Benchmark
  public void scalar() {
    kernel.run(Backend.SCALAR);
  }

  /** The limit: the same reads and writes without arithmetic. */
  @Benchmark
  public void streams() {
    streams.run();
  }

  /** The baseline: the loop that one would write by hand, without the library. */
  @Benchmark
  public void plain() {
    plain(arrays[0], arrays[1], arrays[2], arrays[3], 1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, 0.1f, 0.001f);
  }

  private static void plain(
      float[] theta, float[] g, float[] m, float[] v, float lr, float beta1, float beta2, float eps, float decay, float correction1,
      float correction2) {
    for (int i = 0; i < theta.length; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      theta[i] -= lr * (m[i] / correction1 / ((float) Math.sqrt(v[i] / correction2) + eps) + decay * theta[i]);
    }
  }
}
