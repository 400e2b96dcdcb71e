package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a kept row says about the JVM that made it. */
class ResultFileTest {
  @Test
  void flagsTellOfTheResultAndNotOfTheMachine() {
    List<String> kept = List.of(
        "--add-modules=jdk.incubator.vector", "-Dcurvata.device=gpu", "-XX:MaxVectorSize=16", "-Xmx4g", "-XX:+UseParallelGC",
        "-Dtornado.device.memory=1024GB");
    List<String> dropped = List.of(
        "--module-path=.:/opt/sdk/share/java/tornado", "--upgrade-module-path=/opt/sdk/share/java/graalJars", "-Djava.library.path=/opt/sdk/lib",
        "-Dcurvata.device.missing=/opt/sdk/tornado-argfile names other folders", "-Xlog:gc:file=/var/gc.log",
        "-XX:HeapDumpPath=C:\\dumps", "-Dstdout.encoding=UTF-8", "-Dtornado.load.runtime.implementation=uk.ac.TornadoCoreRuntime",
        "--add-modules=ALL-SYSTEM,tornado.runtime", "--enable-native-access=tornado.drivers.opencl", "--enable-preview");
    assertThat(ResultFile.telling(kept)).isEqualTo(kept);
    assertThat(ResultFile.telling(dropped)).isEmpty();
  }
}
