package curvata.optim.transform;

import curvata.optim.Catalog;

/** The catalog of gradient transforms. */
public final class Transforms {
  /** All transforms with their defaults. */
  public static final Catalog<GradientTransform> CATALOG = new Catalog<GradientTransform>("transform", new Clip(1.0));

  private Transforms() {}

  /** Clipping by the global norm. */
  public static GradientTransform clipGlobalNorm(double norm) {
    return new Clip(norm);
  }
}
