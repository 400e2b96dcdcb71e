package curvata.bench.measure;

/** Something to time: one call is one whole pass. */
public interface Work {
  /** Does it once; allocates nothing of its own. */
  void run();
}
