package curvata.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 64, 1000})
  void everyPartRunsOnceWithAValidWorker(int parts) {
    for (int round = 0; round < 200; round++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(parts);
      AtomicInteger invalid = new AtomicInteger();
      Threads.run((part, worker) -> {
        runs.incrementAndGet(part);
        if (worker < 0 || worker >= Threads.count()) {
          invalid.incrementAndGet();
        }
      }, parts);
      for (int part = 0; part < parts; part++) {
        assertThat(runs.get(part)).as("part %d of %d, round %d", part, parts, round).isEqualTo(1);
      }
      assertThat(invalid.get()).isZero();
    }
  }

  @Test
  void eachWorkerHasAContiguousShare() {
    int[] workers = new int[100];
    Threads.run((part, worker) -> workers[part] = worker, workers.length);
    assertThat(workers).isSorted();
  }

  @Test
  void aCallFromInsideAPartRunsOnItsThread() {
    Thread[] outer = new Thread[8];
    Thread[][] inner = new Thread[8][8];
    Threads.run((part, worker) -> {
      outer[part] = Thread.currentThread();
      Threads.run((p, w) -> inner[part][p] = Thread.currentThread(), 8);
    }, 8);
    for (int part = 0; part < 8; part++) {
      assertThat(inner[part]).containsOnly(outer[part]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void whatAPartThrowsReachesTheCallerAndTheNextCallWorks(int failing) {
    assertThatThrownBy(() -> Threads.run((part, worker) -> {
      if (part == failing) {
        throw new IllegalStateException("part " + part);
      }
    }, 8)).isInstanceOf(IllegalStateException.class).hasMessage("part " + failing);
    AtomicInteger runs = new AtomicInteger();
    Threads.run((part, worker) -> runs.incrementAndGet(), 8);
    assertThat(runs.get()).isEqualTo(8);
  }

  @Test
  void twoCallersAtOnceBothGetTheirWorkDone() throws InterruptedException {
    AtomicInteger[] totals = {new AtomicInteger(), new AtomicInteger()};
    Thread[] callers = new Thread[2];
    for (int c = 0; c < 2; c++) {
      AtomicInteger total = totals[c];
      callers[c] = new Thread(() -> {
        for (int round = 0; round < 2000; round++) {
          Threads.run((part, worker) -> total.incrementAndGet(), 5);
        }
      });
      callers[c].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(totals[0].get()).isEqualTo(10_000);
    assertThat(totals[1].get()).isEqualTo(10_000);
  }

  @Test
  void smallWorkStaysOnTheCaller() {
    Thread[] ran = new Thread[4];
    Threads.run((part, worker) -> ran[part] = Thread.currentThread(), 4, Threads.MIN_ELEMENTS - 1);
    assertThat(ran).containsOnly(Thread.currentThread());
  }
}
