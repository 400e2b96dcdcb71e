package curvata.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls: who may import whom, and what no kernel may call. */
class ArchitectureTest {
  private static final JavaClasses LIBRARY =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("curvata");

  @Test
  void kernelsKnowTheJdkAndNothingElse() {
    classes().that().resideInAPackage("curvata.kernels..").should().onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "jdk.incubator.vector..", "com.sun.management..", "curvata.kernels..").check(LIBRARY);
  }

  @Test
  void optimKnowsKernelsAndTheJdk() {
    classes().that().resideInAPackage("curvata.optim..").should().onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "curvata.kernels..", "curvata.optim..").check(LIBRARY);
    noClasses().that().resideInAPackage("curvata.optim..").should().dependOnClassesThat().resideInAPackage("curvata.kernels.internal..")
        .check(LIBRARY);
  }

  @Test
  void hessianKnowsKernelsAndTheJdk() {
    classes().that().resideInAPackage("curvata.hessian..").should().onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "curvata.kernels..", "curvata.hessian..").check(LIBRARY);
    noClasses().that().resideInAPackage("curvata.hessian..").should().dependOnClassesThat().resideInAPackage("curvata.kernels.internal..")
        .check(LIBRARY);
  }

  @Test
  void vectorTypesAppearInNoPublicSignature() {
    noClasses().that().resideInAnyPackage("curvata.optim..", "curvata.hessian..").should().dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..").check(LIBRARY);
  }

  @Test
  void noRuleIsTakenApartOutsideOptim() {
    List<String> found = grep("bench/src/main/java", Pattern.compile("instanceof (AdamW|Sgd|Lamb|SophiaG|Muon|AdaGrad)\\b"));
    assertThat(found).isEmpty();
  }

  /** Their bits differ by vector width, by JVM or by processor; reduceLanes(ADD) has no specified order; thread locals hide state. */
  @Test
  void kernelsCallNothingWhoseBitsAreNotTheirs() {
    Pattern forbidden = Pattern.compile(
        "\\bMath\\.(exp|expm1|log|log1p|log10|tanh|sinh|cosh|pow|cbrt|hypot|sin|cos|tan)\\("
            + "|VectorOperators\\.(EXP|EXPM1|LOG|LOG1P|LOG10|TANH|SINH|COSH|POW|CBRT|HYPOT|SIN|COS|TAN)\\b"
            + "|reduceLanes\\((VectorOperators\\.)?(ADD|MUL)\\b|\\bThreadLocal\\b");
    assertThat(grep("kernels/cpu/src/main/java", forbidden)).isEmpty();
    assertThat(grep("kernels/cpu/src/main/java", Pattern.compile("\\bMath\\.sqrt\\("))).as("the search finds what is there").isNotEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    List<String> silent = new ArrayList<>();
    for (String module : List.of("kernels/cpu", "optim", "hessian", "bench")) {
      for (Path file : sources(module + "/src/main/java")) {
        if (!file.endsWith("module-info.java") && !Files.exists(file.resolveSibling("package-info.java"))) {
          silent.add(file.getParent().toString());
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  private static List<String> grep(String folder, Pattern pattern) {
    List<String> found = new ArrayList<>();
    for (Path file : sources(folder)) {
      try {
        for (String line : Files.readAllLines(file)) {
          String code = line.strip();
          if (!code.startsWith("*") && !code.startsWith("//") && !code.startsWith("/*") && pattern.matcher(code).find()) {
            found.add(file.getFileName() + ": " + code);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static List<Path> sources(String folder) {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("kernels/cpu/pom.xml"))) {
      root = root.getParent();
    }
    try (Stream<Path> files = Files.walk(root.resolve(folder))) {
      List<Path> java = files.filter(f -> f.toString().endsWith(".java")).toList();
      assertThat(java).as("sources in " + folder).isNotEmpty();
      return java;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
