package curvata.bench.verify;

import static curvata.bench.verify.Check.Status.FAIL;
import static curvata.bench.verify.Check.Status.OK;
import static curvata.bench.verify.Check.Status.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.optim.Rules;
import curvata.optim.io.DType;
import curvata.optim.io.MalformedFileException;
import curvata.optim.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recorded trajectories pass; with anything about them changed they do not, and what is wrong is named. */
class VerifyTrajectoryTest {
  @TempDir
  private Path folder;

  static List<String> supported() throws IOException {
    return Golden.supported();
  }

  @ParameterizedTest
  @MethodSource("supported")
  void recordedTrajectoriesPass(String file) throws IOException {
    Report report = Golden.verify(Golden.resource(file));
    assertThat(report.checks()).allSatisfy(c -> assertThat(c.status()).as(c.toString()).isEqualTo(OK));
    assertThat(Golden.names(report, OK)).containsExactlyInAnyOrderElementsOf(Golden.read(file).truth());
    assertThat(report.ok()).isTrue();
  }

  /** One element of each truth tensor by a thousandth; and one by NaN, by infinity, beyond all floats. */
  @ParameterizedTest
  @MethodSource("supported")
  void oneChangedTruthIsFound(String file) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    List<String> truth = Golden.read(file).truth();
    double[] wild = {Double.NaN, Double.POSITIVE_INFINITY, 1e300};
    for (String name : truth) {
      for (double factor : new double[] {1.001, wild[truth.indexOf(name) % wild.length]}) {
        Golden golden = Golden.read(file);
        double[] values = golden.values(name);
        int size = name.startsWith("param.") && name.endsWith(".f64") ? values.length / golden.shape(name)[0] : values.length;
        int at = largest(values, random.nextInt(values.length / size) * size, size);
        values[at] *= factor;
        Report report = Golden.verify(golden.write(folder.resolve(file)));
        assertThat(Golden.names(report, FAIL)).as("%s[%d] times %s, seed 7", name, at, factor).containsExactly(name);
        assertThat(report.count(UNSUPPORTED)).isZero();
        assertThat(report.ok()).isFalse();
      }
    }
  }

  private static int largest(double[] values, int from, int size) {
    int best = from;
    for (int i = from; i < from + size; i++) {
      best = Math.abs(values[i]) > Math.abs(values[best]) ? i : best;
    }
    return best;
  }

  @ParameterizedTest
  @MethodSource("supported")
  void dumpDoesNotDependOnTruth(String file) throws IOException {
    Path hidden = Golden.read(file).rename(n -> n.endsWith(".f64") || n.endsWith(".final") ? "hidden " + n : n).write(folder.resolve(file));
    Report report = Golden.verify(folder.resolve("without"), hidden);
    assertThat(Golden.names(report, FAIL)).containsExactlyInAnyOrderElementsOf(Golden.read(file).truth());
    assertThat(report.checks()).filteredOn(c -> c.status() == FAIL).allMatch(c -> c.note().contains("missing"));
    assertThat(Golden.names(report, UNSUPPORTED)).allMatch(n -> n.startsWith("hidden "));
    assertThat(report.count(OK)).isZero();

    Golden.verify(folder.resolve("with"), Golden.resource(file));
    assertThat(folder.resolve("without").resolve(file)).hasSameBinaryContentAs(folder.resolve("with").resolve(file));
  }

  @ParameterizedTest
  @MethodSource("supported")
  void dumpHoldsEveryComputedTensorUnderItsName(String file) throws IOException {
    Golden.verify(folder, Golden.resource(file));
    Golden golden = Golden.read(file);
    try (SafetensorsFile dump = SafetensorsFile.read(folder.resolve(file))) {
      assertThat(dump.names()).containsExactlyInAnyOrderElementsOf(golden.truth().stream().filter(n -> n.endsWith(".f64")).toList());
      for (String name : dump.names()) {
        assertThat(dump.info(name).dtype()).isEqualTo(DType.F64);
        assertThat(dump.info(name).hasShape(golden.shape(name))).as(name).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "sgd-plain           | {\"lr\": 0.1, \"warmth\": 3}                                    | warmth",
    "sgd-plain           | {\"lr\": \"fast\"}                                              | lr = \"fast\"",
    "sgd-plain           | {\"lr\": -1}                                                    | lr = -1",
    "sgd-plain           | {\"lr\": 0.1, \"nesterov\": true}                               | nesterov",
    "sgd-plain           | {\"lr\": 0.1, \"nesterov\": 1}                                  | nesterov = 1",
    "sgd-plain           | {\"lr\": 0.1, \"maximize\": true}                               | maximize = true",
    "adamw-basic         | {\"lr\": 0.01, \"betas\": [0.9]}                                | betas = [0.9]",
    "adamw-basic         | {\"lr\": 0.01, \"betas\": [0.9, 1.5]}                           | beta2 = 1.5",
    "adamw-basic         | {\"lr\": 0.01, \"decay\": \"schedule\"}                         | decay",
    "lamb-vector         | {\"lr\": 0.01, \"max_grad_norm\": 0}                            | max_grad_norm = 0",
    "sophiag-basic       | {\"lr\": 0.01, \"k\": 2.5}                                      | k = 2.5",
    "lion-basic          | {\"lr\": 0.01, \"decoupled_weight_decay\": true}                 | decoupled_weight_decay = true",
    "adahessian-power    | {\"lr\": 0.01, \"hessian_power\": 2}                             | hessianPower = 2",
    "muon-tall-original  | {\"lr\": 0.01, \"adjust_lr_fn\": \"original_last_axes\"}        | adjust_lr_fn",
    "muon-tall-original  | {\"lr\": 0.01, \"ns_steps\": 6}                                 | ns_steps = 6",
    "muon-tall-original  | {\"lr\": 0.01, \"ns_coefficients\": [3, -4, 2]}                 | ns_coefficients",
    "muon_ema-conv       | {\"lr\": 0.01, \"nesterov\": false}                             | nesterov = false",
    "muon_ema-conv       | {\"lr\": 0.01, \"guard\": \"max\"}                              | guard"
  })
  void inexpressibleHyperparametersAreNamed(String file, String hyper, String named) throws IOException {
    Report report = Golden.verify(Golden.read(file + ".safetensors").metadata("hyper", hyper).write(folder.resolve("x.safetensors")));
    assertThat(report.checks()).singleElement().satisfies(c -> {
      assertThat(c.status()).isEqualTo(UNSUPPORTED);
      assertThat(c.note()).contains(named);
    });
  }

  /** Values that mean the default are taken, whatever their JSON form. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "sgd-plain           | {\"nesterov\": false, \"dampening\": 0, \"weight_decay\": 0.0, \"maximize\": false}",
    "sgd-nesterov        | {\"nesterov\": true, \"weight_decay\": 0.01, \"momentum\": 0.9}",
    "lamb-vector         | {\"max_grad_norm\": null, \"caution\": false, \"weight_decay\": 1e-2}",
    "sophiag-basic       | {\"bs\": 480.0, \"k\": 5.0}",
    "muon-tall-original  | {\"adjust_lr_fn\": null, \"ns_steps\": 5, \"eps\": 1e-07, \"ns_coefficients\": [3.4445, -4.7750, 2.0315]}"
  })
  void spelledOutDefaultsPass(String file, String hyper) throws IOException {
    Report report = Golden.verify(Golden.read(file + ".safetensors").metadata("hyper", hyper).write(folder.resolve("x.safetensors")));
    assertThat(report.ok()).as(report.checks().toString()).isTrue();
  }

  @Test
  void otherOptimizersKindsShapesAndInputsAreUnsupported() throws IOException {
    assertUnsupported(Golden.read("sgd-plain.safetensors").metadata("optimizer", "sgd2"), "sgd2");
    assertUnsupported(Golden.read("sgd-plain.safetensors").metadata("kind", "guessed"), "kind guessed");
    assertUnsupported(Golden.read("muon_ema-conv.safetensors").metadata("optimizer", "muon"), "4 axes");
    assertUnsupported(Golden.read("sgd-plain.safetensors").metadata("optimizer", "muon").metadata("hyper", "{}"), "1 axes");
    assertUnsupported(Golden.read("adam-moving-lr.safetensors").put("input.hv.p", DType.F32, new int[] {1}, 1), "input.hv.p");
    assertUnsupported(Golden.read("sgd-plain.safetensors").put("input.frozen", DType.F64, new int[] {1}, 1), "input.frozen");
    assertUnsupported(Golden.read("sgd-plain.safetensors").put("grad.q", DType.F64, new int[] {1}, 1), "grad.q");
    assertThat(Golden.verify(Golden.resource("cbo-isotropic.safetensors")).checks()).singleElement()
        .satisfies(c -> assertThat(c.status()).isEqualTo(UNSUPPORTED));
  }

  private void assertUnsupported(Golden golden, String named) throws IOException {
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(report.checks()).singleElement().satisfies(c -> {
      assertThat(c.status()).isEqualTo(UNSUPPORTED);
      assertThat(c.note()).contains(named);
    });
  }

  @Test
  void recordedButNotComputedIsReported() throws IOException {
    Golden golden = Golden.read("sgd-plain.safetensors").put("series.clip_factor", DType.F64, new int[] {1}, 1);
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, UNSUPPORTED)).containsExactly("series.clip_factor");
    assertThat(report.count(OK)).isEqualTo(2);
    assertThat(report.ok()).isFalse();
  }

  /** Without recorded rates the rule's own holds: here the same one, recorded and not. */
  @Test
  void withoutRatesTheRulesOwnHolds() throws IOException {
    Golden recorded = Golden.read("adamw-basic.safetensors").metadata("hyper", "{\"lr\": 0.25, \"weight_decay\": 0.1}");
    Arrays.fill(recorded.values("lr"), 0.25);
    Golden.verify(folder.resolve("a"), recorded.write(folder.resolve("x.safetensors")));
    Golden.verify(folder.resolve("b"), recorded.drop("lr").write(folder.resolve("x.safetensors")));
    assertThat(folder.resolve("a/x.safetensors")).hasSameBinaryContentAs(folder.resolve("b/x.safetensors"));
  }

  @Test
  void withoutTheReferencesOwnErrorUlpsHoldAndItsEndIsNotJudged() throws IOException {
    Golden golden = Golden.read("sgd-plain.safetensors").metadata("f32_max_abs_error", null);
    Report report = Golden.verify(golden.write(folder.resolve("x.safetensors")));
    assertThat(Golden.names(report, OK)).containsExactly("param.p.f64");
    assertThat(Golden.names(report, UNSUPPORTED)).containsExactly("param.p.f32.final");
  }

  @Test
  void malformedFilesAreRefusedByName() throws IOException {
    assertMalformed(Golden.read("sgd-plain.safetensors").drop("grad.p"), "no tensor grad.p");
    assertMalformed(Golden.read("sophiag-basic.safetensors").drop("input.ghat.p"), "no tensor input.ghat.p");
    assertMalformed(Golden.read("adahessian-conv.safetensors").drop("input.hv.p"), "no tensor input.hv.p");
    assertMalformed(Golden.read("sgd-plain.safetensors").drop("param.p.init"), "no tensor param.X.init");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("steps", "29"), "grad.p is F32 [30, 37], expected F32 [29, 37]");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("steps", "0"), "steps = 0");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("steps", "999999999"), "param.p.init");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("steps", null), "steps");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("optimizer", null), "optimizer");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("hyper", "{\"lr\": }"), "hyper is not JSON");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("hyper", "{\"lr\": 1, \"lr\": 2}"), "Duplicate");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("hyper", "[]"), "hyper is a JSON ARRAY");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("f32_max_abs_error", "small"), "f32_max_abs_error = small");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("f32_max_abs_error", "-1"), "f32_max_abs_error = -1");
    assertMalformed(Golden.read("sgd-plain.safetensors").put("lr", DType.F64, new int[] {1}, 1), "lr is F64 [1]");
    assertMalformed(Golden.read("sgd-plain.safetensors").put("param.p.f64", DType.F64, new int[] {1}, 1), "param.p.f64 is F64 [1]");
    assertMalformed(Golden.read("adamw-basic.safetensors").put("state.p.exp_avg.f64", DType.F32, new int[] {37}, new double[37]),
        "state.p.exp_avg.f64");
    assertMalformed(Golden.read("sgd-plain.safetensors").metadata("format", "golden-optimizer-2"), "format = \"golden-optimizer-2\"");
    assertMalformed(Golden.empty(), "format = \"\"");
    Golden nan = Golden.read("sgd-plain.safetensors");
    nan.values("lr")[3] = Double.NaN;
    assertMalformed(nan, "lr[3] = NaN");
  }

  private void assertMalformed(Golden golden, String message) throws IOException {
    Path file = golden.write(folder.resolve("x.safetensors"));
    Path dump = folder.resolve("dump");
    assertThatThrownBy(() -> Golden.verify(dump, file)).isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(file + ": ").hasMessageContaining(message).hasMessageNotContaining("\n");
    assertThat(Files.exists(dump)).isFalse();
  }

  @Test
  void everyReferenceFollowsARuleOfTheCatalog() {
    for (Reference<?> reference : References.all()) {
      assertThat(References.find(reference.optimizer())).as(reference.optimizer()).isSameAs(reference);
    }
  }

  /** What the references do where a recording lists nothing, as their documentation has it. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "adamw    | adamw:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-8,weightDecay=0.01,decay=rate,amsgrad=false",
    "sgd      | sgd:momentum=0,dampening=0,weightDecay=0,nesterov=false",
    "lamb     | lamb:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-6,weightDecay=0.01,maxGradNorm=1,gradAveraging=true,biasCorrection=true,alwaysAdapt=false",
    "sophiag  | sophiag:lr=1e-4,beta1=0.965,beta2=0.99,rho=0.04,weightDecay=0.1,every=10,batch=5120",
    "muon     | muon:lr=0.001,momentum=0.95,weightDecay=0.1,nesterov=true,scaling=original,guard=max",
    "adagrad  | adagrad:lr=0.01,lrDecay=0,weightDecay=0,initialAccumulator=0,eps=1e-10",
    "adam     | adam:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-8,weightDecay=0,amsgrad=false",
    "amsgrad  | adam:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-8,weightDecay=0,amsgrad=true",
    "lion     | lion:lr=1e-4,beta1=0.9,beta2=0.99,weightDecay=0",
    "adahessian | adahessian:lr=0.15,beta1=0.9,beta2=0.999,eps=1e-4,weightDecay=0,hessianPower=1",
    "muon_ema | muon:lr=0.02,momentum=0.95,weightDecay=0,nesterov=true,scaling=original-last-axes,guard=add"
  })
  void unlistedHyperparametersAreTheReferences(String optimizer, String rule) throws UnsupportedException {
    assertThat(References.find(optimizer).spell(GoldenFile.JSON.readTree("{}")).rule()).isEqualTo(Rules.CATALOG.parse(rule));
  }
}
