package curvata.optim.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Index.atIndex;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that other implementations wrote (goldens/README.md says which). */
class RecordedFilesTest {
  @TempDir
  Path directory;

  private static SafetensorsFile open(String name) throws IOException {
    try {
      return SafetensorsFile.read(Path.of(RecordedFilesTest.class.getResource("/goldens/" + name).toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTrajectory() throws IOException {
    try (SafetensorsFile file = open("sgd-plain.safetensors")) {
      assertThat(file.names()).containsExactly("param.p.init", "grad.p", "param.p.f64", "param.p.f32.final", "lr");
      assertThat(file.metadata()).containsEntry("optimizer", "sgd").containsEntry("steps", "30").containsEntry("hyper", "{\"lr\": 0.1}").hasSize(12);
      assertThat(file.info("grad.p")).hasToString("\"grad.p\" F32 [30, 37]");
      float[] start = file.floats("param.p.init");
      assertThat(start).hasSize(37).contains(-0x1.b24e320000000p-1f, atIndex(0));
      double[] truth = file.doubles("param.p.f64");
      assertThat(truth).hasSize(30 * 37).contains(-0x1.379e55b911a2ap-2, atIndex(30 * 37 - 1));
      double[] lr = file.doubles("lr");
      float[] g = file.floats("grad.p");
      for (int i = 0; i < 37; i++) {   // the first step, θ − η g, in double
        assertThat(start[i] - lr[0] * g[i]).isEqualTo(truth[i]);
      }
    }
  }

  @Test
  void everyTypeAsTheReferenceImplementationWritesIt() throws IOException {
    try (SafetensorsFile file = open("every-dtype.safetensors")) {
      assertThat(file.names()).containsExactly("u64", "i64", "f64", "empty", "f32", "größe \"α\"\n", "scalar", "u32", "i32", "bf16", "f16", "u16",
          "i16", "i8", "u8", "bool");
      assertThat(file.metadata()).isEqualTo(Map.of("quote", "\"\\/\u2028 𝜃"));
      assertThat(file.doubles("f64")).containsExactly(Math.PI, -0.0, Double.MIN_VALUE);
      assertThat(file.floats("f32")).containsExactly(1.5f, -2.25f, Float.MIN_VALUE, Float.POSITIVE_INFINITY);
      assertThat(file.floats("f16")).containsExactly(1.5f, -65504f, 0x1p-24f, Float.NEGATIVE_INFINITY);
      assertThat(file.floats("bf16")).containsExactly(1f, -3.140625f, 0x1p-133f);
      assertThat(file.longs("i64")).containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
      assertThat(file.ints("i32")).containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE);
      assertThat(file.ints("i16")).containsExactly(Short.MIN_VALUE, Short.MAX_VALUE);
      assertThat(file.ints("i8")).containsExactly(-128, 127);
      assertThat(file.longs("u64")).containsExactly(0, Long.MAX_VALUE);
      assertThat(file.longs("u32")).containsExactly(0, 0xffff_ffffL);
      assertThat(file.ints("u16")).containsExactly(0, 65535);
      assertThat(file.ints("u8")).containsExactly(0, 255);
      assertThat(file.ints("bool")).containsExactly(1, 0, 1);
      assertThat(file.floats("scalar")).containsExactly(7);
      assertThat(file.info("scalar").shape()).isEmpty();
      assertThat(file.floats("empty")).isEmpty();
      assertThat(file.info("empty").hasShape(0, 3)).isTrue();
      assertThat(file.floats("größe \"α\"\n")).containsExactly(-1);
      for (String name : new String[] {"i32", "i16", "i8", "u32", "u16", "u8"}) {
        long[] longs = file.longs(name);
        assertThat(file.doubles(name)).containsExactly(longs[0], longs[1]);
      }
    }
  }

  @Test
  void aTrajectoryWrittenAgainHoldsTheSame() throws IOException {
    Path copy = directory.resolve("copy.safetensors");
    try (SafetensorsFile file = open("sgd-plain.safetensors")) {
      SafetensorsWriter writer = new SafetensorsWriter();
      file.metadata().forEach(writer::metadata);
      writer.add("grad.p", new int[] {30, 37}, file.floats("grad.p")).addDoubles("lr", new int[] {30}, file.doubles("lr")).write(copy);
      try (SafetensorsFile again = SafetensorsFile.read(copy)) {
        assertThat(again.metadata()).containsExactlyEntriesOf(file.metadata());
        assertThat(again.floats("grad.p")).isEqualTo(file.floats("grad.p"));
        assertThat(again.doubles("lr")).isEqualTo(file.doubles("lr"));
        assertThat(again.names()).containsExactly("lr", "grad.p");
      }
    }
  }
}
