package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.kernels.device.DeviceProvider;
import curvata.optim.Optimizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import uk.ac.manchester.tornado.api.TaskGraph;

/** Where TornadoVM cannot run there is one line with the cause and the remedy, and the CPU works. Each case is a JVM of its own. */
class UnavailableTest {
  private static final String ARGFILE = "@" + System.getenv("TORNADOVM_HOME") + "/tornado-argfile";
  private static final String BAILOUT = "-Dtornado.recover.bailout=False";
  private static final String NATIVE = "-Dtornado.enable.nativeFunctions=False";

  private static String path(Class<?> c) {
    try {
      return Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String run(boolean api, Map<String, String> environment, String... flags) throws IOException, InterruptedException {
    String output = output(Probe.class, api, environment, flags);
    assertThat(output).contains("cpu 0.5");
    return output.lines().filter(l -> l.startsWith("devices ") || l.startsWith("reasons ")).reduce("", (a, b) -> a + b + "\n");
  }

  private static String output(Class<?> main, boolean api, Map<String, String> environment, String... flags)
      throws IOException, InterruptedException {
    List<String> classPath =
        new ArrayList<>(List.of(path(Probe.class), path(TornadoProvider.class), path(DeviceProvider.class), path(Optimizer.class)));
    if (api) {
      classPath.add(path(TaskGraph.class));
    }
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", String.join(java.io.File.pathSeparator, classPath), main.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void thereItIs() throws Exception {
    assertThat(run(true, Map.of(), ARGFILE, BAILOUT, NATIVE)).contains("gpu:0").contains("reasons []");
  }

  @Test
  void withoutTheJar() throws Exception {
    assertThat(run(false, Map.of(), BAILOUT, NATIVE)).contains("devices [cpu]").contains("its classes are not there").contains("tornado-argfile")
        .contains("NoClassDefFoundError");
  }

  @Test
  void withoutTheArgfile() throws Exception {
    assertThat(run(true, Map.of(), BAILOUT, NATIVE)).contains("devices [cpu]").contains("start the JVM with @$TORNADOVM_HOME/tornado-argfile");
  }

  @Test
  void withoutTheFlagThatMakesFailuresVisible() throws Exception {
    assertThat(run(true, Map.of(), ARGFILE)).contains("devices [cpu]").contains(BAILOUT);
  }

  @Test
  void withoutTheFlagThatBoundsRoots() throws Exception {
    assertThat(run(true, Map.of(), ARGFILE, BAILOUT)).contains("devices [cpu]").contains(NATIVE);
  }

  /** Who has a graph of their own never asks the provider. */
  @Test
  void graphsOfOthersNeedTheSameFlags() throws Exception {
    String refused = "graph curvata.kernels.device.DeviceException: TornadoVM: start the JVM with ";
    assertThat(output(GraphProbe.class, true, Map.of(), ARGFILE)).contains(refused + BAILOUT);
    assertThat(output(GraphProbe.class, true, Map.of(), ARGFILE, "-Dtornado.recover.bailout=True", NATIVE)).contains(refused + BAILOUT);
    assertThat(output(GraphProbe.class, true, Map.of(), ARGFILE, BAILOUT)).contains(refused + NATIVE);
    assertThat(output(GraphProbe.class, true, Map.of(), ARGFILE, BAILOUT, NATIVE)).contains("graph taken");
  }

  @Test
  void withoutAPlatform(@TempDir Path empty) throws Exception {
    for (String vendors : List.of("/nowhere", empty.toString())) {
      assertThat(run(true, Map.of("OCL_ICD_VENDORS", vendors, "OCL_ICD_FILENAMES", ""), ARGFILE, BAILOUT, NATIVE)).contains("devices [cpu]")
          .contains("it cannot reach a device: install");
    }
  }

  @Test
  void withoutTheCompilerInterface() throws Exception {
    assertThat(run(true, Map.of(), ARGFILE, "-XX:-EnableJVMCI", BAILOUT, NATIVE)).contains("devices [cpu]").contains("JVMCI is off");
  }
}
