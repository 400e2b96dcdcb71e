/** A thin optimizer API over the fused kernels: parameters, rules, the step pipeline, schedules, transforms, safetensors and checkpoints. */
module curvata.optim {
  requires transitive curvata.kernels;

  exports curvata.optim;
  exports curvata.optim.rule;
  exports curvata.optim.schedule;
  exports curvata.optim.transform;
  exports curvata.optim.io;
}
