package curvata.bench.jmh;

import curvata.bench.measure.Pollution;
import curvata.bench.measure.ProductSetup;
import curvata.bench.measure.Work;
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
 * Products on one thread: absolute times per call over several JVMs. {@code -jvmArgsAppend -Dcurvata.threads=2} measures two, and
 * {@code -jvmArgsAppend -XX:MaxVectorSize=32} vectors of 256 bits.
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp "bench/target/classes:bench/target/lib/*" org.openjdk.jmh.Main ProductBenchmark -prof gc
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dcurvata.threads=1"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductBenchmark {
  /** The kind, as rows of {@code ./curvata bench} name it. */
  @Param({"product", "product_nt", "product_wide", "product_few", "gram", "product_batch"})
  public String product;

  /** Rows of the matrices; odd ones are no multiple of anything. */
  @Param({"64", "256", "1000", "1024"})
  public int side;

  /** Whether the compiler has seen every kernel of the catalog before. */
  @Param({"false", "true"})
  public boolean polluted;

  private Work work;

  /** For JMH. */
  public ProductBenchmark() {}

  /** Makes the matrices. */
  @Setup(Level.Trial)
  public void prepare() {
    if (polluted) {
      Pollution.run();
    }
    work = ProductSetup.own(product, side);
  }

  /** The product as users call it. */
  @Benchmark
  public void multiply() {
    work.run();
  }
}
