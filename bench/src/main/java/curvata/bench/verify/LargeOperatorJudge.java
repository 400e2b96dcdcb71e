package curvata.bench.verify;

import static curvata.bench.verify.CurvatureJudge.relative;
import static curvata.bench.verify.CurvatureJudge.within;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Compares what was computed of a recorded operator, by the recordings' own tolerances for float products; the trace within four standard errors. */
final class LargeOperatorJudge implements Recording.Judge {
  private static final Set<String> OTHERS = Set.of("lambda", "u", "start", "lanczos_ritz", "lanczos_weights");
  private static final int COMPARED_STEPS = 20;
  private static final double ERRORS = 4;

  private final GoldenFile.Tensors golden;
  private final float[] lambda;
  private final int vectors;

  LargeOperatorJudge(GoldenFile.Tensors golden, float[] lambda, int vectors) {
    this.golden = golden;
    this.lambda = lambda;
    this.vectors = vectors;
  }

  @Override
  public List<Check> judge(Results results) throws IOException {
    CurvatureJudge judge = new CurvatureJudge(golden, results);
    double norm = CurvatureJudge.largest(CurvatureReplay.wide(lambda)); // reflections leave the spectrum as it is
    judge.compare("matvec_start", "element", relative(1e-5));
    CurvatureJudge.Comparison steps = (ours, truth) -> within(ours, truth, 0, Math.min(COMPARED_STEPS, truth.length), 1e-5 * norm);
    judge.compare("lanczos_alpha", "step", steps);
    judge.compare("lanczos_beta", "step", steps);
    judge.compare("eigvec_top3", "vector", (ours, truth) -> {
      Worst worst = new Worst();
      for (int row = 0; row < vectors; row++) {
        worst.add(CurvatureJudge.angle(ours, truth, row, lambda.length), 1e-5, row);
      }
      return worst;
    });
    judge.compare("exact_trace_fro2", "number", (ours, truth) -> within(ours, truth, 0, 1, ERRORS * judge.ours(LargeOperatorTrace.ERRORS)[0]));
    return judge.checks(OTHERS);
  }
}
