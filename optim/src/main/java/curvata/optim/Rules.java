package curvata.optim;

import curvata.optim.rule.AdaGrad;
import curvata.optim.rule.AdaHessian;
import curvata.optim.rule.Adam;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Lamb;
import curvata.optim.rule.Lion;
import curvata.optim.rule.Muon;
import curvata.optim.rule.Sgd;
import curvata.optim.rule.SophiaG;

/** The catalog of rules: the only list, one line each. Command line, tests, benchmarks and checkpoints iterate it. */
public final class Rules {
  /** All rules with their defaults. */
  public static final Catalog<Rule<?>> CATALOG =
      new Catalog<Rule<?>>(
          "rule",
          AdamW.defaults(),
          Sgd.defaults(),
          Lamb.defaults(),
          SophiaG.defaults(),
          Muon.defaults(),
          AdaGrad.defaults(),
          Adam.defaults(),
          Lion.defaults(),
          AdaHessian.defaults());

  private Rules() {}
}
