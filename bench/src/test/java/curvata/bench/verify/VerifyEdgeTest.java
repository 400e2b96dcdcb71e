package curvata.bench.verify;

import static curvata.bench.verify.Check.Status.FAIL;
import static curvata.bench.verify.Check.Status.OK;
import static curvata.bench.verify.Check.Status.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recorded descent to the edge of stability is reproduced, as far as anything can; what is changed about it is found and named. */
class VerifyEdgeTest {
  private static final String FILE = "hessian/edge_of_stability.safetensors";
  private static final String LOSS = EdgeReplay.LOSS;
  private static final String SHARPNESS = EdgeReplay.SHARPNESS;

  @TempDir
  private Path folder;

  /** The first 120 steps. */
  private static Golden start() throws IOException {
    Golden golden = Golden.read(FILE);
    return golden.put(LOSS, DType.F64, new int[] {121}, Arrays.copyOf(golden.values(LOSS), 121))
        .put(SHARPNESS, DType.F64, new int[] {7, 4}, Arrays.copyOf(golden.values(SHARPNESS), 28));
  }

  @Test
  void recordedDescentPassesAndSharpnessSettles() throws IOException {
    Report report = Golden.verify(Golden.resource(FILE));
    assertThat(report.ok()).as(report.checks().toString()).isTrue();
    assertThat(Golden.names(report, OK)).containsExactlyInAnyOrder(EdgeReplay.WEIGHTS, LOSS, SHARPNESS, "sharpness from step 400");
  }

  @Test
  void lengthsComeFromTheFileAndChangedTruthIsFound() throws IOException {
    Report report = Golden.verify(start().write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, OK)).containsExactlyInAnyOrder(EdgeReplay.WEIGHTS, LOSS, SHARPNESS);
    Golden golden = start();
    golden.values(LOSS)[0] *= 1.002;
    golden.values(EdgeReplay.WEIGHTS)[largest(golden.values(EdgeReplay.WEIGHTS))] *= 1.002;
    golden.values(SHARPNESS)[25] *= 1.002;
    Report changed = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(changed, FAIL)).containsExactlyInAnyOrder(EdgeReplay.WEIGHTS, LOSS, SHARPNESS);
  }

  /** Recorded smallest eigenvalues may be above ours, for they had not converged, but never below. */
  @Test
  void aSmallestEigenvalueBelowOursIsFound() throws IOException {
    Golden golden = start();
    golden.values(SHARPNESS)[2] *= 1.01;
    assertThat(Golden.names(Golden.verify(golden.write(folder.resolve("x.safetensors"))), FAIL)).containsExactly(SHARPNESS);
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = Math.abs(values[i]) > Math.abs(values[best]) ? i : best;
    }
    return best;
  }

  @Test
  void whatIsMissingOrUnknownIsReported() throws IOException {
    Golden golden = start().drop(LOSS).put(LOSS, DType.F64, new int[] {121}, new double[121]).drop(EdgeReplay.WEIGHTS)
        .put("momentum", DType.F64, new int[] {1}, 1);
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, FAIL)).containsExactlyInAnyOrder(LOSS, EdgeReplay.WEIGHTS);
    assertThat(Golden.names(report, UNSUPPORTED)).containsExactly("momentum");
    Report other = Golden.verify(start().metadata("optimizer", "heavy ball").write(folder.resolve("x.safetensors")));
    assertThat(other.checks()).singleElement().satisfies(c -> assertThat(c.note()).contains("heavy ball"));
  }

  @Test
  void malformedFilesAreRefusedByName() throws IOException {
    assertMalformed(start().metadata("eta", "fast"), "eta = fast");
    assertMalformed(start().metadata("eta", "0.5"), "threshold_2_over_eta = 2.5");
    assertMalformed(start().drop("weights_init"), "no tensor weights_init");
    assertMalformed(start().put(SHARPNESS, DType.F64, new int[] {8, 4}, new double[32]), "120 steps");
  }

  private void assertMalformed(Golden golden, String message) throws IOException {
    Path file = golden.write(folder.resolve("x.safetensors"));
    assertThatThrownBy(() -> Golden.verify(file)).isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + ": ").hasMessageContaining(message).hasMessageNotContaining("\n");
  }
}
