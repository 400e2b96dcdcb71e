package curvata.bench.jmh;

import curvata.bench.measure.Pollution;
import curvata.kernels.Workspace;
import curvata.kernels.matrix.NewtonSchulz;
import java.util.SplittableRandom;
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
 * Orthogonalization by recipe and shape, on all threads: absolute times per call over several JVMs.
 *
 * <p>Run it from the repository, after a build, with the {@code java} of a JDK 25; one thread by {@code -jvmArgsAppend -Dcurvata.threads=1}:
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp "bench/target/classes:bench/target/lib/*" org.openjdk.jmh.Main NewtonSchulz -prof gc
 * }</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 1, timeUnit = TimeUnit.SECONDS)
public class NewtonSchulzBenchmark {
  /** The recipe, by name. */
  @Param({"muon5", "degree9_4", "polar8"})
  public String method;

  /** Rows x columns. */
  @Param({"256x256", "1024x1024", "1024x4096", "1000x300"})
  public String shape;

  /** Whether the compiler has seen every kernel of the catalog before. */
  @Param({"false", "true"})
  public boolean polluted;

  private NewtonSchulz recipe;
  private int rows;
  private int cols;
  private float[] x;
  private float[] y;
  private Workspace workspace;

  /** For JMH. */
  public NewtonSchulzBenchmark() {}

  /** Makes a matrix of normal numbers and the scratch. */
  @Setup(Level.Trial)
  public void prepare() {
    if (polluted) {
      Pollution.run();
    }
    recipe = NewtonSchulz.named(method);
    String[] sides = shape.split("x");
    rows = Integer.parseInt(sides[0]);
    cols = Integer.parseInt(sides[1]);
    x = new float[rows * cols];
    y = new float[rows * cols];
    SplittableRandom random = new SplittableRandom(rows);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    workspace = new Workspace();
    workspace.reserve(recipe.required(rows, cols), recipe.requiredDoubles(rows, cols));
  }

  /** One call. */
  @Benchmark
  public float[] apply() {
    recipe.apply(rows, cols, x, 0, y, 0, workspace);
    return y;
  }
}
