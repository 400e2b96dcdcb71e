package curvata.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded matrices and operators: what is compared, how closely, and that no truth gets into what is computed. */
class VerifyCurvatureTest {
  private static final String MATRIX = "hessian/matrix_indefinite.safetensors";
  private static final String OPERATOR = "hessian/operator_small.safetensors";
  private static final List<String> OF_MATRIX =
      List.of(
          "diag", "eig_float64", "eigvec_top5", "eigvec_bottom5", "hutch_samples", "hutch_diag", "fro2_samples", "hutchpp",
          "hutchpp_residual_samples", "xtrace_resphered", "xtrace_plain_rademacher", "xdiag", "lanczos_alpha", "lanczos_beta", "lanczos_ritz",
          "slq_nodes", "slq_weights", "density_a", "density_b", "cdf_lower_mid_upper", "kpm_moments", "kpm_density", "kpm_cdf",
          "solve_damped_1e-2");
  private static final List<String> OF_OPERATOR = List.of("matvec_start", "lanczos_alpha", "lanczos_beta", "eigvec_top3", "exact_trace_fro2");
  private static final Set<String> INPUTS =
      Set.of("A", "probes_rademacher", "probes_gauss", "lanczos_start", "cdf_x", "kpm_interval", "rhs", "lambda", "u", "start");

  @TempDir
  private Path folder;

  private static List<String> compared(String file) {
    return file.equals(MATRIX) ? OF_MATRIX : OF_OPERATOR;
  }

  @ParameterizedTest
  @ValueSource(strings = {MATRIX, OPERATOR})
  void everythingComparedIsThereAndOk(String file) throws IOException {
    Report report = Golden.verify(Golden.resource(file));
    assertThat(Golden.names(report, Check.Status.OK)).containsExactlyElementsOf(compared(file));
    assertThat(Golden.names(report, Check.Status.FAIL)).isEmpty();
    assertThat(Golden.names(report, Check.Status.UNSUPPORTED)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {MATRIX, OPERATOR})
  void truthIsNoInput(String file) throws IOException {
    Path name = Path.of(file).getFileName();
    Golden.verify(folder.resolve("a"), Golden.read(file).write(folder.resolve(name)));
    Golden renamed = Golden.read(file).rename(tensor -> INPUTS.contains(tensor) ? tensor : "other." + tensor);
    if (file.equals(OPERATOR)) { // other than the usual size: the shapes say so
      renamed = Golden.read(file);
      for (String tensor : OF_OPERATOR) {
        Arrays.fill(renamed.values(tensor), 7);
      }
    }
    Report report = Golden.verify(folder.resolve("b"), renamed.write(folder.resolve(name)));
    assertThat(report.ok()).isFalse();
    assertThat(folder.resolve("b").resolve(name)).hasSameBinaryContentAs(folder.resolve("a").resolve(name));
    assertThat(Golden.names(report, Check.Status.OK)).isEmpty();
  }

  /** One replay, judged against many wrong recordings: each finds the tensor that was changed, and that alone. */
  @ParameterizedTest
  @ValueSource(strings = {MATRIX, OPERATOR})
  void whatIsWrongFails(String file) throws IOException {
    Results results;
    try (GoldenFile golden = GoldenFile.open(Golden.resource(file))) {
      results = Formats.read(golden).replay().run();
    }
    for (String name : compared(file)) {
      Golden golden = Golden.read(file);
      double[] values = golden.values(name);
      double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
      Arrays.setAll(values, i -> values[i] + 0.05 * largest);
      Set<String> judgedTogether = name.startsWith("slq") ? Set.of("slq_nodes", "slq_weights") : Set.of(name);
      assertThat(failures(golden, results)).as(name).contains(name).isSubsetOf(judgedTogether);
      Arrays.setAll(values, i -> i == values.length - 1 || i == 0 ? Double.NaN : values[i] - 0.05 * largest);
      assertThat(failures(golden, results)).as(name + " not a number").contains(name);
      assertThat(failures(Golden.read(file).drop(name), results)).as(name + " missing").contains(name);
    }
  }

  private Set<String> failures(Golden golden, Results results) throws IOException {
    try (GoldenFile open = GoldenFile.open(golden.write(folder.resolve("changed.safetensors")))) {
      Set<String> names = new TreeSet<>();
      for (Check check : Formats.read(open).judge().judge(results)) {
        if (check.status() == Check.Status.FAIL) {
          names.add(check.name());
        }
      }
      return names;
    }
  }

  /** Sizes are read from the file: a positive matrix of 12 rows with other numbers of probes, steps and points. */
  @Test
  void otherSizesAreComputed() throws IOException {
    Path file = small(12).metadata("psd", "True").put("kpm_moments", DType.F64, new int[] {17}, new double[17])
        .put("slq_nodes", DType.F64, new int[] {3, 5}, new double[15]).put("lanczos_alpha", DType.F64, new int[] {7}, new double[7])
        .put("xtrace_resphered", DType.F64, new int[] {4}, new double[4]).put("density_a", DType.F64, new int[] {33}, new double[33])
        .write(folder.resolve("small.safetensors"));
    Golden.verify(folder.resolve("d"), file);
    try (SafetensorsFile dump = SafetensorsFile.read(folder.resolve("d/small.safetensors"))) {
      assertThat(dump.names()).containsAll(OF_MATRIX).contains("xnystrace_resphered");
      assertThat(dump.info("kpm_moments").hasShape(17)).isTrue();
      assertThat(dump.info("slq_weights").hasShape(3, 5)).isTrue();
      assertThat(dump.info("lanczos_beta").hasShape(7)).isTrue();
      assertThat(dump.info("xnystrace_resphered").hasShape(4)).isTrue();
      assertThat(dump.info("hutch_samples").hasShape(9)).isTrue();
      assertThat(dump.info("density_a_grid").hasShape(33)).isTrue();
      assertThat(dump.info("density_b").hasShape(1000)).isTrue();
      double sum = Arrays.stream(dump.doubles("diag")).sum();
      for (double estimate : dump.doubles("hutch_samples")) {
        assertThat(estimate).as("samples of a diagonal matrix").isCloseTo(sum, org.assertj.core.data.Offset.offset(1e-5));
      }
    }
  }

  /** An estimator that stops leaves the others as they are. */
  @Test
  void whatCannotBeComputedSaysWhy() throws IOException {
    Path file = small(12).put("kpm_interval", DType.F64, new int[] {2}, 0, 1e-3).write(folder.resolve("small.safetensors"));
    Report report = Golden.verify(file);
    assertThat(report.checks()).filteredOn(c -> c.name().equals("kpm_cdf")).singleElement()
        .satisfies(c -> assertThat(c.note()).contains("widen the interval"));
    assertThat(report.checks()).filteredOn(c -> c.name().equals("hutch_samples")).singleElement()
        .satisfies(c -> assertThat(c.note()).isEqualTo("missing in the file"));
  }

  @Test
  void malformedFilesAreRefused() throws IOException {
    Golden skew = small(6);
    skew.values("A")[1] = 1e-3;
    refused(skew, "A[1][0] = 0.0, A[0][1] = 0.001, expected equal");
    Golden nan = small(6);
    nan.values("lanczos_start")[2] = Double.NaN;
    refused(nan, "lanczos_start, element 2 is NaN");
    refused(small(6).drop("probes_gauss"), "no tensor probes_gauss");
    refused(small(6).put("A", DType.F64, new int[] {2, 3}, new double[6]), "A is F64 [2, 3], expected [2, 2]");
    refused(small(6).put("kpm_interval", DType.F64, new int[] {2}, 1, 1), "kpm_interval");
    refused(small(6).put("lanczos_alpha", DType.F64, new int[] {7}, new double[7]), "lanczos_alpha");
    refused(small(6).put("diag", DType.F64, new int[] {7}, new double[7]), "diag is F64 [7], expected [6]");
    Golden half = small(6);
    half.values("probes_rademacher")[3] = 0.5;
    refused(half, "probes_rademacher holds other numbers than 1 and -1");
    Golden zero = Golden.read(OPERATOR);
    Arrays.fill(zero.values("u"), 0, zero.shape("u")[1], 0);
    refused(zero, "row 0 of u is zero");
  }

  private void refused(Golden golden, String why) throws IOException {
    Path file = golden.write(folder.resolve("bad.safetensors"));
    assertThatThrownBy(() -> Golden.verify(folder.resolve("none"), file)).isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + ": ").hasMessageContaining(why);
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }

  /** diag(1, …, n) with inputs of seed 1. */
  private static Golden small(int n) {
    SplittableRandom random = new SplittableRandom(1);
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      a[i * n + i] = i + 1;
    }
    int probes = 9;
    double[] signs = random.doubles((long) probes * n).map(x -> x < 0.5 ? -1 : 1).toArray();
    double[] normals = random.doubles((long) probes * n).map(x -> (float) (2 * x - 1)).toArray();
    return Golden.empty().metadata("format", MatrixFormat.NAME).metadata(MatrixFormat.MARK, "[]").metadata("name", "small")
        .put("A", DType.F64, new int[] {n, n}, a).put("probes_rademacher", DType.F32, new int[] {probes, n}, signs)
        .put("probes_gauss", DType.F32, new int[] {probes, n}, normals)
        .put("lanczos_start", DType.F64, new int[] {n}, random.doubles(n).map(x -> x - 0.4).toArray())
        .put("cdf_x", DType.F64, new int[] {4}, 0, 1.5, 3.5, n + 1).put("kpm_interval", DType.F64, new int[] {2}, 0, n + 1)
        .put("rhs", DType.F64, new int[] {n}, random.doubles(n).toArray());
  }

  /** Beyond the reliable steps copies of nodes decide how close the bounds are: any that the merged nodes allow are ok, others and other stairs are not. */
  @Test
  void boundsMayDifferAsMuchAsCopiesOfNodesExplain() {
    double[] nodes = {0, 1, 1, 2, 5};
    double[] weights = {0.2, 0.3, 0.1, 1e-9, 0.4 - 1e-9};
    double[] x = {-1, 0.5, 1.5, 3, 6};
    MatrixCopies copies = new MatrixCopies(100, nodes, weights, 5, x);
    double[] truth = {0, 0.1, 0.5, 0.6, 0.9, 0, 0.2, 0.6, 0.6, 1, 0.1, 0.5, 0.6, 0.9, 1};
    double[] widest = {0, 0, 0.2, 0.2, 0.6, 0, 0.2, 0.6, 0.6, 1, 0.2, 0.6, 1, 1, 1};
    assertThat(Arrays.stream(copies.errors(truth, truth)).max().orElseThrow()).isLessThan(1e-8);
    assertThat(Arrays.stream(copies.errors(widest, truth)).max().orElseThrow()).isLessThan(1e-8);
    for (int i = 0; i < truth.length; i++) {
      double[] wrong = widest.clone();
      wrong[i] += i / 5 == 1 ? 0.05 : i / 5 == 0 ? -0.05 : 0.05;
      assertThat(copies.errors(wrong, truth)[i]).as("element %d", i).isGreaterThan(0.04);
      wrong[i] = Double.NaN;
      assertThat(copies.errors(wrong, truth)[i]).isNaN();
    }
  }
}
