package curvata.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The one driver that spreads work over threads: numbered parts, a contiguous share of them for each thread.
 *
 * <p>{@code -Dcurvata.threads=N} sets the number of threads (default: the processors of this machine). Workers are daemons; they spin briefly for the
 * next call, then sleep, and end after half a minute without work. A share that no worker has begun by the time the caller is through with its own is
 * done by the caller. A call made while another is running (from a second thread, or from inside a part)
 * runs on its own thread alone. No result may depend on how many threads there are: parts are numbered by the problem, not by the machine.
 */
public final class Threads {
  /** Work in numbered parts; keep the object and reuse it, so that a call allocates nothing. */
  public interface Task {
    /**
     * Does one part.
     *
     * @param part its number
     * @param worker number of the share that the part is in, below {@link Threads#count()}: the index of its scratch
     */
    void run(int part, int worker);
  }

  /** Element-wise work on fewer elements stays on the caller's thread. */
  public static final int MIN_ELEMENTS = 32_768;

  private static final int COUNT = configured();
  private static final int SPINS = 20_000; // awake for about 100 µs after a call, so that the kernels of one step need no wake-up
  private static final long IDLE_NANOS = 30_000_000_000L;

  private static final AtomicBoolean BUSY = new AtomicBoolean();
  private static final AtomicInteger PENDING = new AtomicInteger();
  private static final Worker[] WORKERS = new Worker[COUNT];
  private static final AtomicLongArray TAKEN = new AtomicLongArray(COUNT); // the last call of which each share was begun

  // The number of the call in the upper bits, the number of threads that share it in the lower 16. One word, so that a worker that has no share
  // in a call never reads the fields below while the next call writes them.
  private static volatile long ticket;

  // Written by the caller that holds BUSY before it raises the ticket; read only by workers that have a share.
  private static Task task;
  private static int parts;
  private static volatile Throwable failure;

  private Threads() {}

  /** The number of threads that a call may use, the caller included. */
  public static int count() {
    return COUNT;
  }

  /**
   * Runs every part from 0 to {@code count - 1}, on this thread alone where the work is small.
   *
   * @param elements how many elements the parts touch in all; below {@link #MIN_ELEMENTS} a hand-over costs more than it saves
   */
  public static void run(Task work, int count, long elements) {
    if (elements < MIN_ELEMENTS) {
      for (int part = 0; part < count; part++) {
        work.run(part, 0);
      }
    } else {
      run(work, count);
    }
  }

  /** Runs every part from 0 to {@code parts - 1} and returns when all are done; rethrows what the first failing part threw. */
  public static void run(Task work, int count) {
    if (count <= 1 || COUNT == 1 || !BUSY.compareAndSet(false, true)) {
      for (int part = 0; part < count; part++) {
        work.run(part, 0);
      }
      return;
    }
    try {
      spread(work, count);
    } finally {
      task = null;
      BUSY.set(false);
    }
  }

  private static void spread(Task work, int count) {
    int shares = Math.min(count, COUNT);
    task = work;
    parts = count;
    failure = null;
    PENDING.set(shares - 1);
    for (int w = 1; w < shares; w++) {
      if (WORKERS[w] == null) {
        WORKERS[w] = new Worker(w, ticket);
        WORKERS[w].start();
      }
    }
    ticket = ((ticket >> 16) + 1) << 16 | shares; // single writer: the holder of BUSY
    for (int w = 1; w < shares; w++) {
      if (WORKERS[w].asleep) {
        LockSupport.unpark(WORKERS[w]);
      }
    }
    share(0, shares);
    for (int w = 1; w < shares; w++) { // what a worker has not begun, this thread does: nobody waits for a wake-up or for a busy processor
      if (claim(w, ticket)) {
        finish(w, shares);
      }
    }
    for (int spins = 0; PENDING.get() != 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // more threads than processors: a worker may be waiting for this one
      }
    }
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  /** Takes a share of a call for the running thread; true for the first that asks. Tickets only rise, so a late worker cannot take one of a later call. */
  private static boolean claim(int share, long call) {
    long taken = TAKEN.get(share);
    return taken < call && TAKEN.compareAndSet(share, taken, call);
  }

  private static void finish(int share, int shares) {
    share(share, shares);
    PENDING.decrementAndGet();
  }

  private static void share(int worker, int shares) {
    int end = (int) ((long) parts * (worker + 1) / shares);
    try {
      for (int part = (int) ((long) parts * worker / shares); part < end; part++) {
        task.run(part, worker);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private static int configured() {
    String value = System.getProperty("curvata.threads");
    if (value == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    int count;
    try {
      count = Integer.parseInt(value.trim());
    } catch (NumberFormatException e) {
      count = 0;
    }
    Checks.that(count >= 1 && count <= 1024, "curvata.threads", value, "a whole number from 1 to 1024");
    return count;
  }

  private static final class Worker extends Thread {
    private final int number;
    private long seen;
    volatile boolean asleep;

    Worker(int number, long seen) {
      super("curvata-worker-" + number);
      this.number = number;
      this.seen = seen;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (awaitWork()) {
        seen = ticket;
        int shares = (int) (seen & 0xffff);
        if (number < shares && claim(number, seen)) {
          finish(number, shares);
        }
      }
    }

    /** False when this worker has left its place after a long idle time. */
    private boolean awaitWork() {
      for (int i = 0; i < SPINS; i++) {
        if (ticket != seen) {
          return true;
        }
        Thread.onSpinWait();
      }
      asleep = true;
      long start = System.nanoTime();
      while (ticket == seen) {
        long left = IDLE_NANOS - (System.nanoTime() - start);
        if (left > 0) {
          LockSupport.parkNanos(this, left);
        } else if (leave()) {
          return false;
        }
      }
      asleep = false;
      return true;
    }

    /** Gives up the place in WORKERS unless a call is starting right now. */
    private boolean leave() {
      if (!BUSY.compareAndSet(false, true)) {
        Thread.onSpinWait();
        return false;
      }
      boolean idle = ticket == seen;
      if (idle) {
        WORKERS[number] = null;
      }
      BUSY.set(false);
      return idle;
    }
  }
}
