/** Arithmetic only: fused optimizer updates, reductions, products, elementary functions and counter-based random numbers. */
module curvata.kernels {
  requires jdk.incubator.vector;
  requires static jdk.management;

  exports curvata.kernels;
  exports curvata.kernels.update;
  exports curvata.kernels.reduce;
  exports curvata.kernels.matrix;
  exports curvata.kernels.elementary;
  exports curvata.kernels.codec;
  exports curvata.kernels.layer;
  exports curvata.kernels.random;
  exports curvata.kernels.vector;
  exports curvata.kernels.device;

  uses curvata.kernels.device.DeviceProvider;
}
