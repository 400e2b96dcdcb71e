package curvata.bench.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.bench.model.Digits;
import curvata.bench.model.LabelledFileTest.Tensors;
import curvata.optim.io.Checkpoint;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on data of the user's own. */
class DataTest {
  private static final Run.Listener QUIET = (step, steps, loss) -> {};

  @TempDir
  private Path folder;

  private Map<String, String> options(Path data, String... more) {
    Map<String, String> options =
        new HashMap<>(
            Map.of("data", data.toString(), "hidden", "6", "batch", "10", "steps", "9", "checkpoint-every", "4", "curvature-every", "none"));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return options;
  }

  /** Two classes, told apart by the first of three pixels. */
  private Path bytes(String name, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int rows = 40;
    int[] images = random.ints(rows * 3L, 0, 256).toArray();
    long[] labels = new long[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = images[3 * i] > 127 ? 1 : 0;
    }
    return new Tensors().bytes("images", "[40,3,1]", images).longs("labels", "[40]", labels).write(folder.resolve(name));
  }

  @Test
  void everyFifthRowIsATestRow() throws IOException {
    Problem problem = Problem.of(bytes("a", 1), false);
    assertThat(problem.training().rows()).isEqualTo(32);
    assertThat(problem.heldOut().rows()).isEqualTo(8);
    assertThat(problem.heldOutName()).isEqualTo("test");
    Problem validation = Problem.of(bytes("a", 1), true);
    assertThat(validation.training().rows()).isEqualTo(24);
    assertThat(validation.heldOut().rows()).isEqualTo(8);
    assertThat(validation.sha256()).isEqualTo(problem.sha256()).isNotEqualTo(Problem.of(bytes("b", 2), false).sha256());
    float[] row5 = java.util.Arrays.copyOfRange(problem.heldOut().inputs(), 3, 6);
    assertThat(row5).isEqualTo(java.util.Arrays.copyOfRange(curvata.bench.model.LabelledFile.read(folder.resolve("a")).inputs(), 15, 18));
  }

  /** Values 0..16 as in the file that the digits come in. */
  @Test
  void theDigitsAsAFileAreTheDigits() throws IOException {
    var all = Digits.load().all();
    float[] images = new float[all.inputs().length];
    for (int i = 0; i < images.length; i++) {
      images[i] = 16 * all.inputs()[i];
    }
    long[] labels = java.util.Arrays.stream(all.labels()).asLongStream().toArray();
    Path file = new Tensors().floats("images", "[1797,64]", images).longs("labels", "[1797]", labels).write(folder.resolve("digits.safetensors"));
    assertThat(Problem.of(file, false).sha256()).isEqualTo(Problem.digits(false).sha256());
  }

  @Test
  void tooFewRowsToSplitAreRefused() {
    Path two = new Tensors().floats("images", "[2,1]", 1, 2).longs("labels", "[2]", 0, 1).write(folder.resolve("two"));
    assertThatThrownBy(() -> Problem.of(two, true)).isInstanceOf(MalformedFileException.class)
        .hasMessage(two + ": 2 rows, expected at least 3: rows 0, 5, 10, ... are test rows");
  }

  @Test
  void aRunSaysWhichDataItIsOnAndGoesOnWithThatAlone() throws IOException {
    Path data = bytes("mine", 1);
    Path out = folder.resolve("run");
    String sha256;
    String whole;
    try (Run run = Run.start(options(data, "curvature-every", "4"), out)) {
      sha256 = run.trainer().problem().sha256();
      whole = run.finish(QUIET).weightsSha256();
      assertThat(run.trainer().model().layers()).containsExactly(3, 6, 2);
    }
    assertThat(Files.readAllLines(out.resolve("metrics.jsonl"))).isNotEmpty().allMatch(line -> line.contains("\"data\":\"" + data + "\""));
    assertThat(Checkpoint.read(out.resolve("checkpoint.safetensors")).extra()).containsEntry("train.data", data.toString())
        .containsEntry("train.data-sha256", sha256);
    try (SafetensorsFile model = SafetensorsFile.read(out.resolve("model.safetensors"))) {
      assertThat(model.metadata()).containsEntry("data", data.toString()).containsEntry("data-sha256", sha256);
    }

    Path cut = folder.resolve("cut");
    try (Run run = Run.start(options(data), cut)) {
      run.finish((step, steps, loss) -> {
        if (step == 6) {
          throw new IllegalStateException("killed");
        }
      });
    } catch (IllegalStateException killed) {
      assertThat(killed).hasMessage("killed");
    }
    Path moved = Files.move(data, folder.resolve("moved"));
    assertThatThrownBy(() -> Run.resume(Map.of(), cut)).isInstanceOf(IOException.class).hasMessageContaining(data.toString());
    Path other = bytes("other", 2);
    byte[] before = Files.readAllBytes(cut.resolve("checkpoint.safetensors"));
    for (String wrong : new String[] {other.toString(), "digits"}) {
      assertThatThrownBy(() -> Run.resume(Map.of("data", wrong), cut)).as(wrong).isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("--data = " + wrong + " with sha256 ").hasMessageContaining("expected " + data + " with sha256 " + sha256)
          .message().doesNotContain("\n");
    }
    assertThat(cut.resolve("checkpoint.safetensors")).hasBinaryContent(before);
    try (Run run = Run.resume(Map.of("data", moved.toString()), cut)) {
      assertThat(run.finish(QUIET).weightsSha256()).isEqualTo(whole);
    }
  }

  @Test
  void centredInputsHaveNoMeanOverTrainingRows() {
    Problem problem = Problem.digits(false).centered();
    int cols = problem.training().cols();
    for (int j = 0; j < cols; j++) {
      double sum = 0;
      for (int i = j; i < problem.training().inputs().length; i += cols) {
        sum += problem.training().inputs()[i];
      }
      assertThat(Math.abs(sum)).as("column %d", j).isLessThan(problem.training().rows() * 0x1p-24);
    }
    float shift = Problem.digits(false).heldOut().inputs()[2] - problem.heldOut().inputs()[2];
    assertThat(problem.training().inputs()[2] + shift).isEqualTo(Problem.digits(false).training().inputs()[2],
        org.assertj.core.data.Offset.offset(1e-6f));
  }

  @Test
  void dataThatIsNotThereIsNamedAndNothingIsWritten() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Run.start(options(missing), folder.resolve("run"))).isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
