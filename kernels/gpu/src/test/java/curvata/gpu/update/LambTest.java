package curvata.gpu.update;

import static org.assertj.core.api.Assertions.assertThat;

import curvata.gpu.Running;
import curvata.kernels.device.Devices;
import curvata.kernels.update.LambUpdate;
import curvata.kernels.update.LambUpdate.Scalars;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.StepContext;
import curvata.optim.rule.Lamb;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LAMB's two passes on a device, with the norms that stay there, against the equation in running error analysis. */
class LambTest {
  private static final int[] LENGTHS = {1, 0, 257, 4099, 31, 9000};

  static List<Lamb> rules() {
    Lamb d = Lamb.defaults().withLr(0.3);
    return List.of(
        d, d.with("maxGradNorm", 0.0), d.with("trustClip", true), d.with("weightDecay", 0.0), d.with("weightDecay", 0.0).with("alwaysAdapt", true),
        d.with("maxGradNorm", 1e6));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void firstStep(Lamb rule) {
    SplittableRandom random = new SplittableRandom(11);
    List<Parameter> parameters = new ArrayList<>();
    List<float[]> before = new ArrayList<>();
    for (int t = 0; t < LENGTHS.length; t++) {
      float[] value = values(LENGTHS[t], random);
      before.add(value.clone());
      parameters.add(Parameter.of("p" + t, value, values(LENGTHS[t], random), LENGTHS[t]));
    }
    try (Optimizer opt = Optimizer.builder().group("all", rule, parameters).device(Devices.find("gpu")).build()) {
      opt.step();
      opt.sync();
      double gradSquared = parameters.stream().mapToDouble(p -> squared(p.grad())).sum();
      float clip = LambUpdate.clip(gradSquared, (float) rule.maxGradNorm());
      for (int t = 0; t < LENGTHS.length; t++) {
        check(rule, clip, before.get(t), parameters.get(t));
      }
    }
  }

  private static void check(Lamb rule, float clip, float[] before, Parameter p) {
    Scalars s = rule.scalars(StepContext.of(1, rule.lr(), List.of(), java.util.Map.of("gradSquared", 0.0, "thetaSquared", 0.0, "uSquared", 0.0)));
    Running[] u = new Running[before.length];
    double uSquared = 0;
    double uError = 0;
    // The clip is a quotient of a root: both in double, then rounded.
    Running scale = new Running(clip, clip == 1 ? 0 : 3 * 0x1p-24 * clip + 5 * 0x1p-24 * clip);
    for (int i = 0; i < u.length; i++) {
      Running g = Running.of(p.grad()[i]).times(scale);
      Running m = Running.of(0).plus(g.times(Running.of(s.gradientWeight())));
      Running v = Running.of(0).plus(g.times(g).times(Running.of(s.oneMinusBeta2())));
      u[i] = m.times(Running.of(s.momentScale())).over(v.sqrt().times(Running.of(s.rootScale())).plus(Running.of(s.eps())))
          .plus(Running.of(before[i]).times(Running.of(s.weightDecay())));
      uSquared += u[i].value() * u[i].value();
      uError += 2 * Math.abs(u[i].value()) * u[i].error() + u[i].error() * u[i].error();
    }
    float trust = LambUpdate.trust(squared(before), uSquared, s.trustLimit());
    // Relative error of a root of a sum is half the sum's; rounded to float and divided, as above.
    Running ratio = new Running(trust, trust * (uSquared == 0 ? 0 : uError / uSquared) + 8 * 0x1p-24 * trust);
    for (int i = 0; i < u.length; i++) {
      Running next = Running.of(before[i]).plus(u[i].times(Running.of(s.step()).times(ratio)));
      assertThat(next.admits(p.value()[i])).as("%s: %s[%d] = %s, exact %s", rule, p, i, p.value()[i], next).isTrue();
    }
  }

  private static double squared(float[] x) {
    double sum = 0;
    for (float v : x) {
      sum += (double) v * v;
    }
    return sum;
  }

  private static float[] values(int n, SplittableRandom random) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
