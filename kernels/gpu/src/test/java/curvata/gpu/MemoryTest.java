package curvata.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import curvata.kernels.device.Device;
import curvata.kernels.device.DeviceBuffer;
import curvata.kernels.device.DeviceBuffer.Kind;
import curvata.kernels.device.DeviceException;
import curvata.kernels.device.DeviceFailedException;
import curvata.kernels.device.Devices;
import curvata.kernels.device.Program;
import curvata.kernels.device.Session;
import curvata.kernels.matrix.NewtonSchulz;
import curvata.optim.Optimizer;
import curvata.optim.Parameter;
import curvata.optim.rule.AdamW;
import curvata.optim.rule.Sgd;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The device's memory by TornadoVM's own account: what a session takes, that closing gives it back, and what happens where it is not enough. */
class MemoryTest {
  private static final String LIMIT = "tornado.device.memory";

  /** TornadoVM's count of the bytes that are left, which every allocation and release on the device changes. */
  private static final class Account {
    private final Object provider;
    private final Field left;

    Account(Device device) throws ReflectiveOperationException {
      Object context = ((GpuDevice) device).device.getDeviceContext();
      provider = context.getClass().getMethod("getBufferProvider").invoke(context);
      Class<?> type = provider.getClass();
      while (!type.getSimpleName().equals("TornadoBufferProvider")) {
        type = type.getSuperclass();
      }
      left = type.getDeclaredField("currentMemoryAvailable");
      left.setAccessible(true);
    }

    long left() throws IllegalAccessException {
      return left.getLong(provider);
    }

    void leave(long bytes) throws IllegalAccessException {
      left.setLong(provider, bytes);
    }
  }

  private static final Device GPU = Devices.find("gpu");

  private static Account account() throws ReflectiveOperationException {
    return new Account(GPU);
  }

  @Test
  void closingGivesBackWhatASessionTook() throws Exception {
    Account account = account();
    long before = account.left();
    for (int round = 0; round < 100; round++) {
      Session session = GPU.open();
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 1 << 16);
      DeviceBuffer b = session.buffer("b", Kind.FLOAT, (1 << 16) + round);
      DeviceBuffer c = session.input("c", Kind.FLOAT, 1000);
      Program program = session.program("p");
      program.copy(a, b.slice(0, a.size()));
      program.copy(c, a.slice(0, 1000));
      program.run();
      assertTaken(before - account.left(), session.bytes(), 1);
      assertThat(((GpuDevice) GPU).taken()).isEqualTo(session.bytes());
      session.close();
      session.close();
      assertThat(account.left()).as("round %d, closed", round).isEqualTo(before);
      assertThat(((GpuDevice) GPU).taken()).isZero();
      assertThatThrownBy(program::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }
  }

  /** What our own count leaves out: the object that KernelContext kernels are handed, a few hundred bytes for a program. */
  private static void assertTaken(long taken, long counted, int programs) {
    assertThat(taken).as("%d counted", counted).isBetween(counted, counted + 512L * programs);
  }

  /** Scalars, tables, scratch of reductions and of an orthogonalization, an input that two programs share: all is counted and all comes back. */
  @Test
  void everyKindOfBufferComesBack() throws Exception {
    Account account = account();
    long before = account.left();
    for (int round = 0; round < 5; round++) {
      float[] w = new float[40 * 30];
      Arrays.fill(w, 1);
      try (Optimizer opt = Optimizer.builder().group("x", AdamW.defaults(), List.of(Parameter.of("w", w, w.clone(), 40, 30))).device(GPU).build();
          Session session = GPU.open()) {
        opt.step();
        opt.sync();
        assertTaken(before - account.left(), opt.session().bytes(), 1);
        DeviceBuffer in = session.input("in", Kind.FLOAT, 20 * 30);
        DeviceBuffer out = session.buffer("out", Kind.FLOAT, 20 * 30);
        Program polar = session.program("polar");
        polar.polar(NewtonSchulz.muon5(), 20, 30, in, out);
        Program copy = session.program("copy");
        copy.copy(in, out);
        polar.run();
        in.write(new float[600], 0);
        copy.run();
        assertTaken(before - account.left(), opt.session().bytes() + session.bytes(), 3);
      }
      assertThat(account.left()).as("round %d", round).isEqualTo(before);
    }
  }

  private record Model(float[] value, float[] grad, Optimizer optimizer) implements AutoCloseable {
    static Model of(int n) {
      float[] value = new float[n];
      float[] grad = new float[n];
      Arrays.fill(value, 3);
      Arrays.fill(grad, 1);
      Sgd rule = Sgd.defaults().withLr(0.5).with("momentum", 0.5);
      return new Model(value, grad, Optimizer.builder().group("x", rule, List.of(Parameter.of("w", value, grad, n))).device(GPU).build());
    }

    void assertUntouched() {
      assertThat(value).containsOnly(3f);
      optimizer.state((p, slot, array, offset) -> assertThat(array).containsOnly(0f));
      assertThat(optimizer.steps()).isZero();
    }

    @Override
    public void close() {
      optimizer.close();
    }
  }

  /** The allocation itself fails, as where another process has taken the memory. */
  @Test
  void whenAnAllocationFailsNothingHasHappened() throws Exception {
    Account account = account();
    long before = account.left();
    try (Model small = Model.of(1000); Model large = Model.of(1 << 18)) {
      small.optimizer.step();
      long taken = before - account.left();
      account.leave(1 << 21); // enough for two of the three arrays of 1 MB
      try {
        assertThatThrownBy(large.optimizer::step).isInstanceOf(DeviceException.class)
            .hasMessageContaining(large.optimizer.session().bytes() + " bytes needed").hasMessageContaining("-D" + LIMIT);
        large.assertUntouched();
        assertThat(account.left()).as("what was taken before it failed").isEqualTo(1 << 21);
        small.optimizer.step(); // others go on
        small.optimizer.sync();
        assertThat(small.value).containsOnly(1.75f); // 3 − 0.5 · 1 − 0.5 · 1.5
      } finally {
        account.leave(before - taken);
      }
      large.optimizer.step(); // now there is room
      large.optimizer.sync();
      assertThat(large.value).containsOnly(2.5f);
    }
    assertThat(account.left()).isEqualTo(before);
  }

  @Test
  void whatCannotFitIsSaidBeforeAnythingIsTaken() throws Exception {
    long before = account().left();
    String limit = System.getProperty(LIMIT);
    try (Model model = Model.of(1 << 18)) {
      System.setProperty(LIMIT, "2MB");
      try {
        assertThatThrownBy(model.optimizer::step).isInstanceOf(DeviceException.class).hasMessageContaining("gpu:0")
            .hasMessageContaining(model.optimizer.session().bytes() + " bytes needed for")
            .hasMessageContaining("expected at most " + (2 << 20) + ";");
      } finally {
        restore(limit);
      }
      assertThat(account().left()).isEqualTo(before);
      model.assertUntouched();
      model.optimizer.step();
      model.optimizer.sync();
      assertThat(model.value).containsOnly(2.5f);
    }
  }

  @Test
  void otherSessionsCount() {
    String limit = System.getProperty(LIMIT);
    try (Model first = Model.of(1 << 18); Model second = Model.of(1 << 18)) {
      System.setProperty(LIMIT, "4MB"); // three arrays of 1 MB each: enough for one of the two
      try {
        first.optimizer.step();
        assertThatThrownBy(second.optimizer::step).isInstanceOf(DeviceException.class)
            .hasMessageContaining("expected at most " + (4 << 20) + " less the " + first.optimizer.session().bytes() + " of other sessions");
        second.assertUntouched();
        first.optimizer.step();
      } finally {
        restore(limit);
      }
      second.optimizer.step();
    }
  }

  /** Where the device's own memory is the smaller limit, no flag of TornadoVM's is named. */
  @Test
  void theSmallerLimitIsNamed() {
    String limit = System.getProperty(LIMIT);
    GpuDevice device = (GpuDevice) GPU;
    try (Model model = Model.of(1 << 18)) {
      System.setProperty(LIMIT, "1024TB");
      long others = device.memory() - 1000;
      try {
        assertThat(device.take(others)).isTrue();
        assertThatThrownBy(model.optimizer::step).isInstanceOf(DeviceException.class)
            .hasMessageEndingWith("less the " + others + " of other sessions; the device has no more");
        model.assertUntouched();
      } finally {
        device.give(others);
        restore(limit);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "65536, 65536", "5000000000, 5000000000", "123456789012345678, 123456789012345678", "64KB, 65536", "2mb, 2097152", "1024GB, 1099511627776",
    "2TB, 2199023255552", "7EB, 8070450532247928832", "999999999999GB, 9223372036854775807"})
  void sizesAreThoseOfTornado(String text, long bytes) {
    String limit = System.getProperty(LIMIT);
    System.setProperty(LIMIT, text);
    try {
      assertThat(GpuDevice.limit()).isEqualTo(bytes);
    } finally {
      restore(limit);
    }
  }

  /** Nothing of the host is taken either: a buffer that the device could never hold beside the others is refused where it is declared. */
  @Test
  void theSumIsCheckedWhereABufferIsDeclared() {
    String limit = System.getProperty(LIMIT);
    try (Session session = GPU.open()) {
      System.setProperty(LIMIT, "2MB");
      try {
        DeviceBuffer a = session.buffer("a", Kind.FLOAT, 1 << 18);
        long both = 2 * session.bytes();
        assertThat(both).isGreaterThan(2 << 20);
        for (int i = 0; i < 2; i++) {
          assertThatThrownBy(() -> session.input("b", Kind.FLOAT, 1 << 18)).isInstanceOf(DeviceFailedException.class)
              .hasMessageContaining(both + " bytes needed for 2 buffers, expected at most " + (2 << 20) + "; TornadoVM takes what");
        }
        assertThatThrownBy(() -> session.buffer("huge", Kind.DOUBLE, Integer.MAX_VALUE)).isInstanceOf(DeviceFailedException.class);
        DeviceBuffer c = session.buffer("b", Kind.FLOAT, 1 << 17);
        Program program = session.program("p");
        program.copy(a.slice(0, c.size()), c);
        program.run();
      } finally {
        restore(limit);
      }
    }
  }

  /** A program's own inputs and scalars are allocated when it first runs, which may be long after the session's first run. */
  @Test
  void memoryThatIsMissingLaterIsNamedToo() throws Exception {
    Account account = account();
    long before = account.left();
    try (Session session = GPU.open()) {
      DeviceBuffer a = session.buffer("a", Kind.FLOAT, 1 << 10);
      DeviceBuffer b = session.input("b", Kind.FLOAT, 1 << 18);
      Program first = session.program("first");
      first.copy(a.slice(0, 1), a.slice(1, 1));
      Program second = session.program("second");
      second.copy(b.slice(0, 1), a.slice(1, 1));
      first.run();
      long left = account.left();
      account.leave(1 << 10);
      try {
        assertThatThrownBy(second::run).isInstanceOf(DeviceFailedException.class)
            .hasMessageContaining(session.bytes() + " bytes needed for ").hasMessageContaining(" buffers, expected at most " + GPU.memory() + ";");
      } finally {
        account.leave(left - ((1 << 10) - account.left()));
      }
      first.run();
    }
    assertThat(account.left()).isEqualTo(before);
    assertThat(((GpuDevice) GPU).taken()).isZero();
  }

  /** Whether the plan cannot be made for an exception or for an error, as TornadoVM throws both: one line. What ails the JVM itself stays as it is. */
  @Test
  void aPlanThatCannotBeMadeTakesNothing() {
    for (Throwable thrown : List.of(
        new IllegalStateException("no plan"), new TornadoInternalError("no plan"), new StackOverflowError("no plan"),
        new DeviceFailedException("no plan"))) {
      try (Session session = GPU.open()) {
        session.buffer("a", Kind.FLOAT, 1000);
        Program program = session.program("p");
        ((TornadoProgram) program).record(r -> {
          if (thrown instanceof Error e) {
            throw e;
          }
          throw (RuntimeException) thrown;
        });
        if (thrown instanceof VirtualMachineError || thrown instanceof DeviceException) {
          assertThatThrownBy(program::run).isSameAs(thrown);
        } else {
          assertThatThrownBy(program::run).isInstanceOf(DeviceFailedException.class).hasCause(thrown)
              .hasMessageStartingWith("the first run failed on the device: ").hasMessageContaining("no plan");
        }
        assertThat(((GpuDevice) GPU).taken()).isZero();
      }
    }
  }

  @Test
  void aSessionWithoutBuffersIsRefused() {
    try (Session session = GPU.open()) {
      Program program = session.program("p");
      assertThatThrownBy(program::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("no buffers");
    }
  }

  private static void restore(String limit) {
    if (limit == null) {
      System.clearProperty(LIMIT);
    } else {
      System.setProperty(LIMIT, limit);
    }
  }

  @Test
  void headersCount() {
    try (Session session = GPU.open()) {
      session.buffer("a", Kind.DOUBLE, 3);
      assertThat(session.bytes()).isEqualTo(3 * 8 + TornadoNativeArray.ARRAY_HEADER);
    }
  }
}
