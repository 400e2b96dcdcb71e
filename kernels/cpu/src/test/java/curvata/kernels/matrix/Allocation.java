package curvata.kernels.matrix;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes that this thread allocates. */
final class Allocation {
  private static final long PATIENCE = 60_000_000_000L; // compiled code arrives in the background: the first rounds still allocate

  private Allocation() {}

  /** The least that one of many rounds of these calls allocates: 0 once they are compiled, and from then on. */
  static long ofWarm(Runnable calls) {
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (long start = System.nanoTime(); least > 0 && System.nanoTime() - start < PATIENCE;) {
      long before = bean.getCurrentThreadAllocatedBytes();
      calls.run();
      least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
