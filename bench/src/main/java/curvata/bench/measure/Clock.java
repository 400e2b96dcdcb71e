package curvata.bench.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Time and allocation: of this thread where it works alone, of the whole process where others help. */
public final class Clock {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final boolean CPU = THREADS.isCurrentThreadCpuTimeSupported();

  private final boolean alone;

  /** A clock for work on so many threads. */
  public Clock(int threads) {
    alone = threads == 1;
  }

  /** Whether it measures several threads. */
  boolean shared() {
    return !alone;
  }

  /** Nanoseconds: of this thread's processor time, which other processes do not disturb, or of time as such for several threads. */
  public long nanos() {
    return alone && CPU ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }

  /** Bytes allocated so far. */
  public long allocated() {
    return alone ? THREADS.getCurrentThreadAllocatedBytes() : THREADS.getTotalThreadAllocatedBytes();
  }
}
