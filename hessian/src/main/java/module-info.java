/** Matrix-free curvature: everything that needs a symmetric linear operator and nothing else. */
module curvata.hessian {
  requires transitive curvata.kernels;

  exports curvata.hessian;
}
