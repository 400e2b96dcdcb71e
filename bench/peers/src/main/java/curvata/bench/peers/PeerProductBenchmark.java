package curvata.bench.peers;

import curvata.bench.measure.Peer;
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
 * The same products by other libraries, on one thread: absolute times to set beside those of {@code ProductBenchmark}. Ratios from one run are in the
 * rows of {@code ./curvata bench --peers}.
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp "bench/peers/target/classes:bench/peers/target/lib/*:bench/target/classes:bench/target/lib/*" \
 *   org.openjdk.jmh.Main PeerProductBenchmark
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Dcurvata.threads=1"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PeerProductBenchmark {
  /** The kind, as rows of {@code ./curvata bench} name it. */
  @Param({"product", "product_nt", "product_wide", "product_few", "gram", "product_batch"})
  public String product;

  /** Rows of the matrices. */
  @Param({"64", "256", "1000", "1024"})
  public int side;

  /** Which library. */
  @Param({"openblas", "libtorch", "netlib", "ejml"})
  public String peer;

  private Work work;

  /** For JMH. */
  public PeerProductBenchmark() {}

  /** Makes the matrices. */
  @Setup(Level.Trial)
  public void prepare() {
    Peer library = switch (peer) {
      case "openblas" -> new OpenBlasPeer();
      case "libtorch" -> new TorchPeer();
      case "netlib" -> new NetlibPeer();
      case "ejml" -> new EjmlPeer();
      default -> throw new IllegalArgumentException("peer = " + peer);
    };
    work = ProductSetup.by(library, 1, product, side);
  }

  /** The library's product. */
  @Benchmark
  public void multiply() {
    work.run();
  }
}
