package curvata.hessian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Estimates carry the same bits on any backend, vector width and number of threads; each in a JVM of its own, since these choices are per JVM. */
class SameBitsTest {
  private static final String SCALAR = "-Dcurvata.backend=scalar";

  @Test
  void everyWayToComputeGivesTheSameBits() throws Exception {
    String expected = run("-Dcurvata.threads=1");
    assertThat(expected).matches("[0-9a-f]{64}");
    for (String way : List.of("-Dcurvata.threads=3", "-XX:MaxVectorSize=16", SCALAR)) {
      assertThat(run(way)).as(way).isEqualTo(expected);
    }
  }

  private static String run(String flag) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (!flag.equals(SCALAR)) { // which must do without
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    String path = place(SameBitsTest.class) + java.io.File.pathSeparator + place(LinearOperator.class) + java.io.File.pathSeparator
        + place(curvata.kernels.Backend.class);
    command.addAll(List.of(flag, "-cp", path, Bits.class.getName()));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String hash = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(flag).isZero();
    return hash;
  }

  private static String place(Class<?> type) {
    try {
      String name = type.getName().replace('.', '/') + ".class";
      java.net.URI uri = type.getClassLoader().getResource(name) == null ? null : type.getClassLoader().getResource(name).toURI();
      if (uri != null && uri.getScheme().equals("file")) { // a folder: test classes patched into the module lie beside it
        Path path = Path.of(uri);
        for (int i = 0; i < name.chars().filter(c -> c == '/').count() + 1; i++) {
          path = path.getParent();
        }
        return path.toString();
      }
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
