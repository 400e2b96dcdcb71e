package curvata.gpu.update;

import curvata.kernels.device.Segments;

/** How an element finds its tensor: {@code owner.get(i / LENGTH)}, as tensors begin at multiples of {@link Segments#ALIGNMENT}. */
final class Stretch {
  /** {@link Segments#ALIGNMENT}. */
  static final int LENGTH = Segments.ALIGNMENT;

  private Stretch() {}
}
