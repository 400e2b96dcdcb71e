package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's look at TORNADOVM_HOME: where the SDK is not the one that the GPU module is written for, one line says what was found. */
@DisabledOnOs(OS.WINDOWS)
class FindSdkTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

  @TempDir
  Path sdk;

  private static String version() throws IOException {
    String pom = Files.readString(ROOT.resolve("kernels/gpu/pom.xml"));
    return pom.substring(pom.indexOf("<tornado.version>") + 17, pom.indexOf("</tornado.version>"));
  }

  private static String find(String home, int exit) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", ROOT.resolve("build/find-sdk").toString()).redirectErrorStream(true);
    builder.environment().remove("TORNADOVM_HOME");
    if (home != null) {
      builder.environment().put("TORNADOVM_HOME", home);
    }
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isEqualTo(exit);
    assertThat(text.lines()).as(text).hasSize(1);
    return text.strip();
  }

  private void fill(String jarVersion, String named) throws IOException {
    Files.createDirectories(sdk.resolve("share/java/tornado"));
    Files.writeString(sdk.resolve("share/java/tornado/tornado-api-" + jarVersion + ".jar"), "");
    Files.writeString(sdk.resolve("tornado-argfile"), "--module-path .:" + named + "/share/java/tornado\n");
  }

  @Test
  void theRightOneIsPrinted() throws Exception {
    fill(version(), sdk.toString());
    assertThat(find(sdk.toString(), 0)).isEqualTo(sdk.toString());
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    assertThat(find(null, 1)).isEqualTo("TORNADOVM_HOME is not set, expected the folder of a TornadoVM " + version() + " SDK");
    assertThat(find(sdk.toString(), 1)).contains("holds no tornado-argfile, expected the folder of a TornadoVM " + version() + " SDK");
  }

  @Test
  void anotherVersionIsNamed() throws Exception {
    fill("4.0.1", sdk.toString());
    assertThat(find(sdk.toString(), 1)).contains("holds TornadoVM 4.0.1, expected " + version());
  }

  @Test
  void onlyATemplateOfTheArgfileSaysWhatWritesIt() throws Exception {
    fill(version(), sdk.toString());
    Files.move(sdk.resolve("tornado-argfile"), sdk.resolve("tornado-argfile.template"));
    assertThat(find(sdk.toString(), 1)).contains("holds tornado-argfile.template alone")
        .contains("run $TORNADOVM_HOME/bin/tornado --devices once, which writes tornado-argfile");
  }

  /** As SDKMAN's {@code current}, whichever of the two spellings the argfile has. */
  @Test
  void itsFolderMayBeSpelledOtherwise() throws Exception {
    Path current = Files.createSymbolicLink(sdk.resolve("current"), sdk);
    Path around = Files.createDirectory(sdk.resolve("bin")).resolve("..");
    List<String> spellings = List.of(sdk.toString(), sdk + "/", current.toString(), current + "/", around.toString(), current + "//bin/..");
    for (String named : spellings) {
      fill(version(), named);
      for (String home : spellings) {
        assertThat(find(home, 0)).as("argfile with %s", named).isEqualTo(home);
      }
    }
  }

  @Test
  void aRelativeFolderIsRefused() throws Exception {
    assertThat(find("sdk", 1)).isEqualTo("TORNADOVM_HOME=sdk, expected an absolute path");
  }

  @Test
  void anSdkThatWasMovedIsSeen(@TempDir Path other) throws Exception {
    Path copied = Files.createDirectories(other.resolve("share/java/tornado")).resolve("../../..");
    Path longer = Files.createDirectories(Path.of(sdk + "/2/share/java/tornado")).resolve("../../..");
    for (String named : List.of("/where/it/was", "/where" + sdk, copied.toString(), longer.toString())) {
      fill(version(), named);
      assertThat(find(sdk.toString(), 1)).contains("tornado-argfile names other folders than its own").contains("edit its paths");
    }
  }
}
