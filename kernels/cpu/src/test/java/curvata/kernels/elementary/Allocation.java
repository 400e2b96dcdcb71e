package curvata.kernels.elementary;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Asserts that warm calls allocate nothing on this thread. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 100;
  private static final int ROUNDS = 2000; // C2 compiles in the background: until it is done, vectors are objects

  private Allocation() {}

  /** Runs the call until a hundred of them in a row allocate nothing. */
  public static void assertNone(String name, Runnable call) {
    long bytes = -1;
    for (int round = 0; round < ROUNDS && bytes != 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(bytes).as("bytes allocated by the last %d of %d calls of %s", CALLS, CALLS * ROUNDS, name).isZero();
  }
}
