package curvata.bench.verify;

import curvata.hessian.Estimate;
import curvata.hessian.LinearOperator;
import curvata.hessian.trace.HutchPlusPlus;
import curvata.hessian.trace.XTrace;
import java.util.List;

/** Trace and squared Frobenius norm of a recorded operator, estimated from own probes; their standard errors beside them. */
record LargeOperatorTrace(LinearOperator operator) implements CurvatureReplay.Part {
  /** The name of the standard errors, which no recording has. */
  static final String ERRORS = "exact_trace_fro2.standard_error";

  private static final int MATVECS = 60;
  private static final int SEED = 0;

  @Override
  public List<String> names() {
    return List.of("exact_trace_fro2");
  }

  @Override
  public void compute(Results results) {
    int budget = (int) Math.min(MATVECS, 2L * operator.dimension());
    Estimate trace = XTrace.budget(SEED, budget).estimate(operator).trace();
    Estimate square = HutchPlusPlus.budget(SEED, budget).estimate(operator).squaredFrobenius();
    results.add("exact_trace_fro2", new int[] {2}, new double[] {trace.value(), square.value()});
    results.add(ERRORS, new int[] {2}, new double[] {trace.standardError(), square.standardError()});
  }
}
