package curvata.hessian;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes that this thread allocates. */
public final class Allocation {
  private static final long PATIENCE = 60_000_000_000L; // compiled code arrives in the background: the first rounds allocate more

  private Allocation() {}

  /** The least that {@code more} allocates beyond {@code less} in one of many rounds, ended early at {@code enough}. */
  public static long difference(Runnable less, Runnable more, long enough) {
    Module own = Allocation.class.getModule();
    for (String name : new String[] {"java.management", "jdk.management"}) { // which the library itself has no need of
      ModuleLayer.boot().findModule(name).ifPresent(own::addReads);
    }
    long least = Long.MAX_VALUE;
    for (long start = System.nanoTime(); least > enough && System.nanoTime() - start < PATIENCE;) {
      long few = Bean.bytes(less);
      least = Math.min(least, Bean.bytes(more) - few);
    }
    return least;
  }

  /** Own class: linked after the modules are readable. */
  private static final class Bean {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static long bytes(Runnable calls) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      calls.run();
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }
}
