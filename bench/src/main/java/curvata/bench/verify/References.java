package curvata.bench.verify;

import curvata.optim.Catalog;
import curvata.optim.Rule;
import curvata.optim.Rules;
import curvata.optim.rule.AdaGrad;
import curvata.optim.rule.AdaHessian;
import curvata.optim.rule.Adam;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Lamb;
import curvata.optim.rule.Lion;
import curvata.optim.rule.Muon;
import curvata.optim.rule.Sgd;
import curvata.optim.rule.SophiaG;
import java.util.List;
import java.util.Map;

/**
 * The one place that knows how other libraries spell our rules.
 *
 * <p>An entry for every reference that a rule of the catalog can follow; its defaults are those of the code that made the recordings.
 */
final class References {
  private static final Map<String, Muon.Scaling> TORCH_SCALING =
      Map.of("null", Muon.Scaling.ORIGINAL, "\"original\"", Muon.Scaling.ORIGINAL, "\"match_rms_adamw\"", Muon.Scaling.MATCH_RMS_ADAMW);

  private static final List<Reference<?>> ALL =
      List.of(
          new Reference<>("adamw", AdamW.defaults())                                                        // torch.optim.AdamW
              .same("lr", "eps", "weight_decay", "amsgrad").pair("betas", "beta1", "beta2").only("maximize", "false")
              .linear("exp_avg", "m").squared("exp_avg_sq", "v").squared("max_exp_avg_sq", "w"),
          new Reference<>("sgd", Sgd.defaults())                                                            // torch.optim.SGD
              .same("lr", "momentum", "dampening", "weight_decay", "nesterov").only("maximize", "false")
              .linear("momentum_buffer", "b").coupledDecay(Sgd::weightDecay),
          new Reference<>("lamb", Lamb.defaults())                                                          // timm.optim.lamb.Lamb
              .same("lr", "eps", "weight_decay", "bias_correction", "grad_averaging", "trust_clip", "always_adapt").pair("betas", "beta1", "beta2")
              .zeroForNull("max_grad_norm", "maxGradNorm").only("caution", "false").only("decoupled_decay", "false")
              .linear("exp_avg", "m").squared("exp_avg_sq", "v"),
          new Reference<>("sophiag", SophiaG.defaults())                                                    // the authors' SophiaG
              .same("lr", "rho", "weight_decay").pair("betas", "beta1", "beta2").renamed("k", "every").renamed("bs", "batch")
              .only("maximize", "false")
              .linear("exp_avg", "m").squared("hessian", "h"),
          new Reference<>("muon", new Muon(1e-3, 0.95, 0.1, true, Muon.Scaling.ORIGINAL, Muon.Guard.MAX, "muon5"))    // torch.optim.Muon
              .same("lr", "weight_decay", "momentum", "nesterov").choice("adjust_lr_fn", "scaling", TORCH_SCALING)
              .only("ns_steps", "5").only("ns_coefficients", "[3.4445, -4.775, 2.0315]").only("eps", "1e-7")
              .linear("momentum_buffer", "b").axes(2),
          new Reference<>("muon_ema", new Muon(0.02, 0.95, 0, true, Muon.Scaling.ORIGINAL_LAST_AXES, Muon.Guard.ADD, "muon5")) // SingleDeviceMuon
              .same("lr", "weight_decay", "momentum").only("nesterov", "true").only("ns_steps", "5")
              .linear("momentum_buffer", "b").axes(2, 4),
          new Reference<>("adagrad", AdaGrad.defaults())                                                    // torch.optim.Adagrad
              .same("lr", "lr_decay", "weight_decay", "eps").renamed("initial_accumulator_value", "initialAccumulator").only("maximize", "false")
              .squared("sum", "a").coupledDecay(AdaGrad::weightDecay),
          adam("adam", Adam.defaults()),
          adam("amsgrad", Adam.defaults().with("amsgrad", true)),
          new Reference<>("lion", Lion.defaults())                                                          // lucidrains' lion-pytorch
              .same("lr", "weight_decay").pair("betas", "beta1", "beta2")
              .only("decoupled_weight_decay", "false").only("cautious_factor", "1").only("use_triton", "false")
              .linear("exp_avg", "m"),
          new Reference<>("adahessian", AdaHessian.defaults())                                              // the authors' image_classification
              .same("lr", "eps", "weight_decay", "hessian_power").pair("betas", "beta1", "beta2").only("single_gpu", "true")
              .signal("hv", "diagonal").linear("exp_avg", "m").squared("exp_hessian_diag_sq", "v").axes(0, 1, 2, 4));

  private References() {}

  /** torch.optim.Adam; recordings with amsgrad have a name of their own. */
  private static Reference<Adam> adam(String optimizer, Adam defaults) {
    return new Reference<>(optimizer, defaults)
        .same("lr", "eps", "weight_decay", "amsgrad").pair("betas", "beta1", "beta2").only("maximize", "false")
        .only("decoupled_weight_decay", "false")
        .linear("exp_avg", "m").squared("exp_avg_sq", "v").squared("max_exp_avg_sq", "w").coupledDecay(Adam::weightDecay);
  }

  /** All references. */
  static List<Reference<?>> all() {
    return ALL;
  }

  /** The references that follow this rule. */
  private static List<Reference<?>> of(Rule<?> rule) {
    return ALL.stream().filter(r -> r.rule().equals(Catalog.name(rule))).toList();
  }

  /** The reference that recordings call so, or null if no rule of the catalog follows it. */
  static Reference<?> find(String optimizer) {
    for (Rule<?> rule : Rules.CATALOG.all()) {
      for (Reference<?> reference : of(rule)) {
        if (reference.optimizer().equals(optimizer)) {
          return reference;
        }
      }
    }
    return null;
  }
}
