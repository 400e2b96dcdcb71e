package curvata.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines that fit a screen: of the JVM's flags what the user chose, and long lists in several. */
class DevicesCommandTest {
  @Test
  void whatTheUserChose() {
    assertThat(DevicesCommand.jvm(5_800_000_000L, null)).isEqualTo("heap up to 5.8 GB, none in CURVATA_JVM_OPTS");
    assertThat(DevicesCommand.jvm(5_800_000_000L, " ")).isEqualTo("heap up to 5.8 GB, none in CURVATA_JVM_OPTS");
    assertThat(DevicesCommand.jvm(4_294_967_296L, "-Xmx4g \n -XX:MaxVectorSize=32")).isEqualTo("heap up to 4.3 GB, -Xmx4g -XX:MaxVectorSize=32");
    assertThat(DevicesCommand.jvm(1, "-Dx=" + "y".repeat(200))).hasSize(130).endsWith("y…");
  }

  @Test
  void longListsTakeSeveralLines() {
    List<String> lines = DevicesCommand.wrapped("kernels: " + "abcdefghi ".repeat(30).strip());
    assertThat(lines).hasSize(3).allMatch(line -> line.length() <= 130);
    assertThat(String.join(" ", lines)).isEqualTo("kernels: " + "abcdefghi ".repeat(30).strip());
    assertThat(DevicesCommand.wrapped("one")).containsExactly("one");
  }
}
