/** Matrix-free curvature: everything that needs a symmetric linear operator and nothing else. */
module curvata.hessian {
  requires transitive curvata.kernels;

  exports curvata.hessian;
  exports curvata.hessian.operator;
  exports curvata.hessian.solve;
  exports curvata.hessian.spectrum;
  exports curvata.hessian.trace;
}
