package curvata.bench.verify;

import static curvata.bench.verify.Check.Status.FAIL;
import static curvata.bench.verify.Check.Status.OK;
import static curvata.bench.verify.Check.Status.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorded classifier's curvature is reproduced from weights, rows and probes alone; what is changed about it is found and named. */
class VerifyMlpTest {
  private static final String FILE = "hessian/mlp4.safetensors";
  private static final int N = 310;

  @TempDir
  private Path folder;

  /** One small point: half of the work. */
  private static Golden trained() throws IOException {
    Golden golden = Golden.read(FILE);
    for (String name : golden.names()) {
      if (name.startsWith("init.") || name.startsWith("drift.")) {
        golden.drop(name);
      }
    }
    return golden;
  }

  @Test
  void recordedCurvaturePasses() throws IOException {
    Report report = Golden.verify(Golden.resource(FILE));
    assertThat(report.checks()).allSatisfy(c -> assertThat(c.status()).as(c.toString()).isNotEqualTo(FAIL));
    for (String point : List.of("init.", "trained.")) {
      assertThat(Golden.names(report, OK)).contains(
          point + "loss", point + "accuracy", point + "grad", point + "hessian.hvp", point + "hessian.diag", point + "hessian.eigvec_top10",
          point + "hessian.eig_top10", point + "hessian.eigvec_bottom5", point + "hessian.block_eigmax", point + "hessian.hutch_samples",
          point + "hessian.xtrace_resphered", point + "hessian.lanczos_alpha", point + "ggn.vp", point + "ggn.xnystrace_resphered",
          point + "fisher.vp", point + "ntk64.eig", point + "batch64.eigmax_eigmin_trace");
    }
  }

  /** The largest element that is compared of every tensor, a thousandth larger; of those whose measure is looser, a tenth. */
  @Test
  void everyChangedTruthIsFound() throws IOException {
    Path original = trained().write(folder.resolve("x.safetensors"));
    List<String> compared = Golden.names(Golden.verify(original), OK).stream().filter(name -> !name.contains("eig_")).toList();
    Golden golden = trained();
    for (String name : compared) {
      double[] values = golden.values(name);
      int last = Math.min(values.length, name.contains("eigvec") ? N : name.matches(".*lanczos_(alpha|beta)") ? 10 : values.length);
      int at = IntStream.range(0, last).reduce(0, (a, b) -> Math.abs(values[b]) > Math.abs(values[a]) ? b : a);
      // the estimates' errors are measured by trace_fro and so found with it
      values[at] = name.contains("trace_fro") ? Double.NaN : values[at] * (name.contains("eigvec") || name.contains("alpha_req") ? 1.1 : 1.001);
    }
    Report report = Golden.verify(golden.write(folder.resolve("y.safetensors")));
    assertThat(Golden.names(report, FAIL)).containsAll(compared);
  }

  @Test
  void dumpDoesNotDependOnTruthAndHasRecordedNamesAndShapes() throws IOException {
    Golden golden = trained();
    Golden.verify(folder.resolve("with"), golden.write(folder.resolve("x.safetensors")));
    Golden hidden = trained().rename(n -> n.endsWith("weights") || n.startsWith("probes") ? n : "hidden " + n);
    Report report = Golden.verify(folder.resolve("without"), hidden.write(folder.resolve("x.safetensors")));
    assertThat(folder.resolve("without/x.safetensors")).hasSameBinaryContentAs(folder.resolve("with/x.safetensors"));
    assertThat(report.count(OK)).isZero();
    assertThat(Golden.names(report, FAIL)).contains("trained.loss", "trained.hessian.hvp", "trained.hessian.eig_top10");
    try (SafetensorsFile dump = SafetensorsFile.read(folder.resolve("with/x.safetensors"))) {
      assertThat(dump.names()).contains("trained.hessian.packed_lower", "trained.hessian.eigvec_top10", "trained.grad");
      for (String name : dump.names()) {
        if (golden.names().contains(name)) {
          assertThat(dump.info(name).hasShape(golden.shape(name))).as(name).isTrue();
        }
      }
    }
  }

  /** Two hidden layers of rectifiers on other rows: sizes come from the file. */
  @Test
  void otherNetworksAndRowsAreComputed() throws IOException {
    int n = 64 * 3 + 3 + 3 * 5 + 5 + 5 * 10 + 10;
    SplittableRandom random = new SplittableRandom(5);
    Golden golden = Golden.empty().metadata("format", "hessian-mlp-golden-1").metadata("layers", "64-3-5-10")
        .metadata("activation", "relu on the hidden layers").metadata("loss", "mean softmax cross-entropy, natural log")
        .metadata("parameter_order", "W1[3][64] row-major, b1[3], W2[5][3] row-major, b2[5], W3[10][5] row-major, b3[10]")
        .metadata("data", "digits rows 100..299, images/16")
        .put("p.weights", DType.F32, new int[] {n}, random.doubles(n, -0.5, 0.5).toArray())
        .put("probes_rademacher", DType.F32, new int[] {4, n}, random.doubles(4 * n, -1, 1).map(Math::signum).toArray())
        .put("probes_gauss", DType.F32, new int[] {3, n}, random.doubles(3 * n, -1, 1).toArray());
    Golden.verify(folder.resolve("dump"), golden.write(folder.resolve("x.safetensors")));
    try (SafetensorsFile dump = SafetensorsFile.read(folder.resolve("dump/x.safetensors"))) {
      assertThat(dump.info("p.hessian.hvp").hasShape(4, n)).isTrue();
      assertThat(dump.info("p.batch64.eigmax_eigmin_trace").hasShape(3, 3)).isTrue();
      double[] traces = dump.doubles("p.ggn.block_trace");
      assertThat(traces).hasSize(6);
      assertThat(Arrays.stream(traces).min().orElseThrow()).isNotNegative();
      assertThat(dump.doubles("p.ggn.trace_fro")[0]).isEqualTo(Arrays.stream(traces).reduce(0, Double::sum));
    }
  }

  @Test
  void whatMeansSomethingElseIsUnsupported() throws IOException {
    assertUnsupported("activation", "gelu on the hidden layer", "gelu");
    assertUnsupported("loss", "hinge", "hinge");
    assertUnsupported("data", "letters rows 0..299", "letters");
    assertUnsupported("data", "digits rows 0..299, images/255", "images/255");
    assertUnsupported("layers", "64-4-11", "10 outputs");
    assertUnsupported("parameter_order", "b1[4], W1[4][64] row-major, W2[10][4] row-major, b2[10]", "parameter_order");
  }

  private void assertUnsupported(String key, String value, String named) throws IOException {
    Report report = Golden.verify(Golden.read(FILE).metadata(key, value).write(folder.resolve("x.safetensors")));
    assertThat(report.checks()).singleElement().satisfies(c -> {
      assertThat(c.status()).isEqualTo(UNSUPPORTED);
      assertThat(c.note()).contains(named);
    });
  }

  @Test
  void malformedFilesAreRefusedByName() throws IOException {
    assertMalformed(Golden.read(FILE).metadata("layers", "64"), "layers = 64");
    assertMalformed(Golden.read(FILE).metadata("layers", null), "layers");
    assertMalformed(Golden.read(FILE).metadata("data", "digits rows 300..1797, images/16"), "0..1796");
    assertMalformed(Golden.read(FILE).metadata("layers", "64-5-10"), "init.weights");
    assertMalformed(Golden.read(FILE).drop("init.weights").drop("trained.weights"), "no tensor X.weights");
    assertMalformed(Golden.read(FILE).drop("probes_gauss"), "no tensor probes_gauss");
    assertMalformed(Golden.read(FILE).put("probes_gauss", DType.F32, new int[] {N}, new double[N]), "probes_gauss");
    assertMalformed(Golden.read(FILE).put("init.batch64.eigmax_eigmin_trace", DType.F64, new int[] {5, 3}, new double[15]), "batch64");
    Golden nan = Golden.read(FILE);
    nan.values("trained.weights")[7] = Double.NaN;
    assertMalformed(nan, "trained.weights");
  }

  private void assertMalformed(Golden golden, String message) throws IOException {
    Path file = golden.write(folder.resolve("x.safetensors"));
    assertThatThrownBy(() -> Golden.verify(file)).isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + ": ").hasMessageContaining(message).hasMessageNotContaining("\n");
  }

  /** Weights beyond measure: what breaks off is said, tensor by tensor. */
  @Test
  void whatOverflowsFails() throws IOException {
    Golden golden = trained();
    Arrays.fill(golden.values("trained.weights"), 3e38);
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, FAIL)).contains("trained.loss", "trained.hessian.hvp", "trained.batch64.eigmax_eigmin_trace");
  }
}
