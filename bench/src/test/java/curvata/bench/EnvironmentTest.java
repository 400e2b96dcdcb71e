package curvata.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What reports say about the JVM: everything but where things lie on the machine. */
class EnvironmentTest {
  @Test
  void pathsAreCutDownToTheirLastNames() {
    assertThat(
        Environment.shortened(
            List.of(
                "--module-path=.:/opt/sdk/share/java/tornado", "-Djava.library.path=/opt/sdk/lib;C:\\sdk\\lib", "-Xlog:gc*:file=/var/log/gc.log:time",
                "-Dcurvata.device.missing=TORNADOVM_HOME=/opt/sdk holds no tornado-argfile", "-Dx=\"/home/someone/a b\"")))
        .containsExactly(
            "--module-path=.:…/tornado", "-Djava.library.path=…/lib;…/lib", "-Xlog:gc*:file=…/gc.log:time",
            "-Dcurvata.device.missing=TORNADOVM_HOME=…/sdk holds no tornado-argfile", "-Dx=\"…/a b\"");
  }

  @Test
  void otherFlagsStay() {
    List<String> flags =
        List.of("--add-modules=jdk.incubator.vector", "-Xmx4g", "-XX:MaxVectorSize=16", "-Dcurvata.backend=simd", "-Dfrom=a/b/c.txt");
    assertThat(Environment.shortened(flags)).isEqualTo(flags);
    assertThat(Environment.shortened(List.of("--add-exports=a/b=c", "--add-opens=a/b=c", "--add-reads=a=b"))).isEmpty();
  }
}
