/** Kernels for devices that TornadoVM reaches: the twins of the CPU's, and what records and runs them. */
module curvata.kernels.gpu {
  requires transitive curvata.kernels;
  requires transitive tornado.api;

  exports curvata.gpu;

  provides curvata.kernels.device.DeviceProvider with curvata.gpu.TornadoProvider;
}
