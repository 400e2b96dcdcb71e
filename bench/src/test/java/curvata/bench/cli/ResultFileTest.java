package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a kept row says about the JVM that made it, and which row a table shows. */
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

  /** Of the last commit the line of the machine least disturbed, whatever the kernel did meanwhile. */
  @Test
  void theTableShowsTheHighestLimitOfTheLastCommit() {
    Map<String, Object> high = Map.of("kernel", "k", "commit", "a", "limit", 117.0, "fractionOfLimit", 0.8);
    Map<String, Object> low = Map.of("kernel", "k", "commit", "a", "limit", 90.5, "fractionOfLimit", 0.9);
    Map<String, Object> later = Map.of("kernel", "k", "commit", "b", "limit", 80.0, "fractionOfLimit", 0.7);
    assertThat(ResultFile.better(high, low)).isSameAs(high);
    assertThat(ResultFile.better(low, high)).isSameAs(high);
    assertThat(ResultFile.better(high, later)).isSameAs(later);
    Map<String, Object> up = Map.of("kernel", "up", "commit", "a", "gbPerSecond", 2.0);
    Map<String, Object> again = Map.of("kernel", "up", "commit", "a", "gbPerSecond", 1.0);
    assertThat(ResultFile.better(up, again)).isSameAs(again);
    Map<String, Object> most = Map.of("name", "multiply-adds", "commit", "a", "value", 118.0);
    assertThat(ResultFile.better(most, Map.of("name", "multiply-adds", "commit", "a", "value", 117.0))).isSameAs(most);
  }
}
