package curvata.bench.verify;

import static curvata.bench.verify.Check.Status.FAIL;
import static curvata.bench.verify.Check.Status.OK;
import static curvata.bench.verify.Check.Status.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded orthogonalizations and roots are reproduced from the matrices; what is changed about the truth is found and named. */
class VerifyNewtonSchulzTest {
  private static final String POLAR = "newton-schulz/orthogonalization.safetensors";
  private static final String ROOTS = "newton-schulz/inverse_roots.safetensors";

  @TempDir
  private Path folder;

  private static boolean input(String name) {
    return name.endsWith(".input") || name.endsWith(".A") || name.endsWith(".G");
  }

  @ParameterizedTest
  @ValueSource(strings = {POLAR, ROOTS})
  void everythingRecordedIsComparedAndOk(String file) throws IOException {
    Report report = Golden.verify(Golden.resource(file));
    List<String> expected = Golden.read(file).names().stream().filter(name -> !input(name)).toList();
    assertThat(Golden.names(report, OK)).containsAll(expected);
    assertThat(Golden.names(report, FAIL)).isEmpty();
    assertThat(Golden.names(report, UNSUPPORTED)).isEmpty();
    if (file.equals(POLAR)) { // stacks are recorded in double only
      assertThat(Golden.names(report, OK)).contains("batch.muon5.f32", "batch.polar5.f32", "wide.aol4.f32");
    }
  }

  /** Coefficient sets are inputs of the methods; nothing else that was recorded is. */
  @ParameterizedTest
  @ValueSource(strings = {POLAR, ROOTS})
  void truthIsNoInput(String file) throws IOException {
    Path name = Path.of(file).getFileName();
    Golden.verify(folder.resolve("a"), Golden.read(file).write(folder.resolve(name)));
    Golden changed = Golden.read(file);
    for (String tensor : changed.names()) {
      if (!input(tensor) && !tensor.startsWith("coef.")) {
        Arrays.fill(changed.values(tensor), 7);
      }
    }
    Report report = Golden.verify(folder.resolve("b"), changed.write(folder.resolve(name)));
    assertThat(Golden.names(report, OK)).allMatch(n -> n.startsWith("coef.") || n.contains(".f32")); // a recorded difference of 7 allows all
    assertThat(Files.readAllBytes(folder.resolve("b").resolve(name))).isEqualTo(Files.readAllBytes(folder.resolve("a").resolve(name)));
  }

  /** One replay, judged against many wrong recordings: each finds the tensor that was changed. */
  @ParameterizedTest
  @ValueSource(strings = {POLAR, ROOTS})
  void whatIsWrongFails(String file) throws IOException {
    Results results;
    try (GoldenFile golden = GoldenFile.open(Golden.resource(file))) {
      results = Formats.read(golden).replay().run();
    }
    for (String name : Golden.read(file).names()) {
      if (input(name) || name.endsWith(".f32") || name.endsWith("maxdiff")) {
        continue; // those of floats are compared with the double truth
      }
      Golden golden = Golden.read(file);
      double[] values = golden.values(name);
      double largest = Math.max(1, Arrays.stream(values).map(Math::abs).max().orElseThrow());
      values[values.length - 1] += 1e-3 * largest;
      try (GoldenFile changed = GoldenFile.open(golden.write(folder.resolve("x.safetensors")))) {
        List<Check> checks = Formats.read(changed).judge().judge(results);
        assertThat(checks.stream().filter(c -> c.status() == FAIL).map(Check::name)).as(name).contains(name);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "{ | not JSON", "[] | expected an object", "{\"muon5\":{\"steps\":5,\"eps\":1e-7}} | muon5.norm_multiplier",
    "{\"muon5\":{\"steps\":4,\"norm_multiplier\":1,\"eps\":1e-7}} | muon5.steps = 4.0, expected 5",
    "{\"muon5\":{\"steps\":5,\"norm_multiplier\":1,\"eps\":-1}} | muon5.eps"
  })
  void metadataIsChecked(String methods, String message) throws IOException {
    Path file = Golden.read(POLAR).metadata("methods", methods).write(folder.resolve("x.safetensors"));
    assertThatThrownBy(() -> Golden.verify(file)).isInstanceOf(MalformedFileException.class).hasMessageContaining(message);
  }

  @Test
  void methodsWeDoNotHaveAreUnsupported() throws IOException {
    String methods = "{\"muon5\":{\"steps\":5,\"norm_multiplier\":1,\"eps\":1e-7},\"magic7\":{\"steps\":7,\"norm_multiplier\":1,\"eps\":0}}";
    Golden golden = Golden.read(POLAR).metadata("methods", methods);
    golden = golden.rename(name -> name.replace(".polar5.", ".magic7."));
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, UNSUPPORTED)).contains("wide.magic7.f64");
    assertThat(Golden.names(report, OK)).contains("wide.muon5.f64");
    assertThat(Golden.names(report, FAIL)).isEmpty();
  }

  @Test
  void asymmetricAndBadInputsAreRefused() throws IOException {
    Golden golden = Golden.read(ROOTS);
    golden.values("sign.A")[1] += 1;
    Path asymmetric = golden.write(folder.resolve("x.safetensors"));
    assertThatThrownBy(() -> Golden.verify(asymmetric)).isInstanceOf(MalformedFileException.class)
        .hasMessageContaining("expected a symmetric matrix");
    Golden bad = Golden.read(POLAR);
    bad.values("wide.input")[3] = Double.NaN;
    Path nan = bad.write(folder.resolve("y.safetensors"));
    assertThatThrownBy(() -> Golden.verify(nan)).isInstanceOf(MalformedFileException.class).hasMessageContaining("element 3 is NaN");
  }
}
