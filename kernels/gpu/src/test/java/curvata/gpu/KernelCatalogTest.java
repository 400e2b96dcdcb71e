package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceBuffer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Every kernel of the module is listed here with a test that exists: a new one fails until it is. What that test runs is not looked at. */
class KernelCatalogTest {
  private static final Map<String, List<String>> TESTS = Map.of(
      "KernelCatalogTest", List.of("CopyGpu.copy"),
      "layer.LayersGpuTest",
      List.of(
          "BiasGpu.addBias", "BiasGpu.addBiasTanh", "BiasGpu.addBiasRelu", "BiasGpu.tanhBack", "BiasGpu.reluBack", "GatherGpu.gather",
          "GatherGpu.gatherInts", "SoftmaxCrossEntropyGpu.gradient", "SquaredErrorGpu.gradient"),
      "matrix.ProductGpuTest", List.of("ProductGpu.multiply", "WideProductGpu.multiply"),
      "matrix.NewtonSchulzGpuTest",
      List.of(
          "NewtonSchulzGpu.divideByNorm", "NewtonSchulzGpu.widelyDivideByNorm", "NewtonSchulzGpu.combine", "NewtonSchulzGpu.widelyCombine",
          "NewtonSchulzGpu.narrow"),
      "random.RandomGpuTest", List.of("RademacherGpu.signs", "GaussianGpu.normals"),
      "reduce.ReductionsGpuTest",
      List.of("SweepGpu.blocks", "BlocksGpu.totals", "RowsGpu.stretches", "RowsGpu.totals", "ColumnsGpu.bands", "ColumnsGpu.totals"),
      "layer.LayersGpuTest#gradientOfTheBias", List.of("ColumnsGpu.roundedTotals"),
      "update.ClipGpuTest", List.of("ClipGpu.limit", "ClipGpu.scale"),
      "update.LambTest", List.of("LambGpu.moments", "LambGpu.apply"),
      "update.TwinsTest",
      List.of(
          "AdaGradGpu.update", "AdaHessianGpu.update", "AdaHessianGpu.updatePower", "AdamGpu.update", "AdamGpu.updateMax", "AdamWGpu.update",
          "AdamWGpu.updateMax", "LionGpu.update", "MuonGpu.direction", "MuonGpu.apply", "ScaleGpu.update", "SgdGpu.update", "SgdGpu.updateMomentum",
          "SophiaGGpu.update", "SophiaGGpu.updateEstimate"));

  /** A kernel takes a context, or scalars, where they begin and how far they are apart. */
  private static boolean isKernel(Method m) {
    Class<?>[] p = m.getParameterTypes();
    boolean arrays = Arrays.stream(p).anyMatch(TornadoNativeArray.class::isAssignableFrom);
    boolean update = p.length > 3 && TornadoNativeArray.class.isAssignableFrom(p[0]) && p[1] == int.class && p[2] == int.class;
    boolean context = p.length > 0 && p[0] == KernelContext.class;
    return Modifier.isStatic(m.getModifiers()) && !m.isSynthetic() && m.getReturnType() == void.class && arrays && (context || update);
  }

  private static SortedSet<String> kernels() throws IOException, URISyntaxException, ClassNotFoundException {
    Path root = Path.of(TornadoProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    SortedSet<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(root.resolve("curvata/gpu"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Gpu.class")).toList()) {
        String name = root.relativize(file).toString().replace(java.io.File.separatorChar, '.').replaceAll("\\.class$", "");
        Class<?> type = Class.forName(name, false, TornadoProvider.class.getClassLoader());
        for (Method m : type.getDeclaredMethods()) {
          if (isKernel(m)) {
            found.add(type.getSimpleName() + "." + m.getName());
          }
        }
      }
    }
    return found;
  }

  @Test
  void everyKernelIsListedWithATestThatExists() throws Exception {
    SortedSet<String> named = new TreeSet<>();
    TESTS.values().forEach(named::addAll);
    assertThat(kernels()).hasSizeGreaterThan(30).isEqualTo(named);
    for (String test : TESTS.keySet()) {
      String[] parts = test.split("#");
      Class<?> type = Class.forName("curvata.gpu." + parts[0]);
      assertThat(type.getDeclaredMethods()).as(test).anyMatch(m -> parts.length == 1 || m.getName().equals(parts[1]));
    }
    assertThat(Twins.names()).as("those of updates, which TwinsTest takes from the registry").hasSize(
        TESTS.get("update.TwinsTest").size() + TESTS.get("update.LambTest").size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 1021, 4099})
  void copiesBetweenCanaries(int n) {
    float[] x = new Draw(n).floats(n, 1);
    try (Trial trial = new Trial()) {
      DeviceBuffer from = trial.floats(x);
      DeviceBuffer to = trial.floats(new float[n]);
      trial.program.copy(from, to);
      trial.run();
      assertThat(Trial.read(to)).isEqualTo(x);
    }
  }
}
