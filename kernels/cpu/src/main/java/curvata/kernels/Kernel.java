package curvata.kernels;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * One element-wise kernel: a name, the scalars of a step, its operands, and a range loop for each backend.
 *
 * <p>All operands are {@code float[]} of one layout: element i of the update is element i of every array. The loop for a range is written twice in
 * the kernel's file, as a plain loop (the reference, the tail and the fallback) and with the Vector API, with the same operations in the same order, so
 * that both give the same bits. The SIMD body is handed over as a supplier and linked only where it is chosen.
 *
 * <p>Calling a kernel allocates nothing. Operands must be distinct arrays. NaN and infinity propagate as the kernel's own javadoc says.
 *
 * @param <S> a record of floats: everything that changes from step to step, formed in double by the rule and rounded once
 */
public final class Kernel<S extends Record> {
  private static final boolean SIMD = Backend.current() == Backend.SIMD;
  private static final int LINE = 16; // floats of a cache line
  private static final int HEADER = 4; // an array's first element is 16 bytes behind its start
  private static final int LARGE = 1 << 17; // half a megabyte: half a G1 region of the smallest size

  /** How a kernel uses an operand; reads and writes are what its memory traffic is counted from. */
  public enum Access {
    /** Read only. */
    READ,
    /** Written only. */
    WRITE,
    /** Read and written. */
    UPDATE
  }

  /**
   * One operand.
   *
   * @param name what the optimizer binds by: {@code theta}, {@code g}, a state slot, a signal
   * @param access how it is used
   */
  public record Operand(String name, Access access) {}

  /** A range loop over operands in the order of {@link Kernel#operands()}; checks nothing. */
  public interface Body<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[][] operands, int from, int to);
  }

  /** A range loop over one operand. */
  public interface Body1<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[] a, int from, int to);
  }

  /** A range loop over two operands. */
  public interface Body2<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[] a, float[] b, int from, int to);
  }

  /** A range loop over three operands. */
  public interface Body3<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[] a, float[] b, float[] c, int from, int to);
  }

  /** A range loop over four operands. */
  public interface Body4<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[] a, float[] b, float[] c, float[] d, int from, int to);
  }

  /** A range loop over five operands. */
  public interface Body5<S> {
    /** Updates the elements from (inclusive) to (exclusive). */
    void range(S scalars, float[] a, float[] b, float[] c, float[] d, float[] e, int from, int to);
  }

  private final String name;
  private final Class<S> scalars;
  private final List<Operand> operands;
  private final String[] names; // of the operands: a small call would notice the list
  private final Body<S> scalar;
  private final Supplier<Body<S>> simd;
  private final Body<S> chosen;

  private Kernel(String name, Class<S> scalars, List<Operand> operands, Body<S> scalar, Supplier<Body<S>> simd) {
    requireFloats(name, scalars);
    this.name = name;
    this.scalars = scalars;
    this.operands = operands;
    this.names = operands.stream().map(Operand::name).toArray(String[]::new);
    this.scalar = scalar;
    this.simd = simd;
    this.chosen = SIMD ? simd.get() : scalar;
  }

  static void requireFloats(String name, Class<? extends Record> scalars) {
    for (RecordComponent c : scalars.getRecordComponents()) {
      Checks.that(c.getType() == float.class, name + "." + c.getName(), c.getType(), "float: scalars travel to devices as one float buffer");
    }
  }

  /** An operand that is only read. */
  public static Operand read(String name) {
    return new Operand(name, Access.READ);
  }

  /** An operand that is only written. */
  public static Operand write(String name) {
    return new Operand(name, Access.WRITE);
  }

  /** An operand that is read and written. */
  public static Operand update(String name) {
    return new Operand(name, Access.UPDATE);
  }

  /** A kernel of one operand. */
  public static <S extends Record> Kernel<S> of(String name, Class<S> scalars, Operand a, Body1<S> scalar, Supplier<Body1<S>> simd) {
    return new Kernel<>(name, scalars, List.of(a), over(scalar), () -> over(simd.get()));
  }

  /** A kernel of two operands. */
  public static <S extends Record> Kernel<S> of(String name, Class<S> scalars, Operand a, Operand b, Body2<S> scalar, Supplier<Body2<S>> simd) {
    return new Kernel<>(name, scalars, List.of(a, b), over(scalar), () -> over(simd.get()));
  }

  /** A kernel of three operands. */
  public static <S extends Record> Kernel<S> of(
      String name, Class<S> scalars, Operand a, Operand b, Operand c, Body3<S> scalar, Supplier<Body3<S>> simd) {
    return new Kernel<>(name, scalars, List.of(a, b, c), over(scalar), () -> over(simd.get()));
  }

  /** A kernel of four operands. */
  public static <S extends Record> Kernel<S> of(
      String name, Class<S> scalars, Operand a, Operand b, Operand c, Operand d, Body4<S> scalar, Supplier<Body4<S>> simd) {
    return new Kernel<>(name, scalars, List.of(a, b, c, d), over(scalar), () -> over(simd.get()));
  }

  /** A kernel of five operands. */
  public static <S extends Record> Kernel<S> of(
      String name, Class<S> scalars, Operand a, Operand b, Operand c, Operand d, Operand e, Body5<S> scalar, Supplier<Body5<S>> simd) {
    return new Kernel<>(name, scalars, List.of(a, b, c, d, e), over(scalar), () -> over(simd.get()));
  }

  private static <S> Body<S> over(Body1<S> body) {
    return (s, o, from, to) -> body.range(s, o[0], from, to);
  }

  private static <S> Body<S> over(Body2<S> body) {
    return (s, o, from, to) -> body.range(s, o[0], o[1], from, to);
  }

  private static <S> Body<S> over(Body3<S> body) {
    return (s, o, from, to) -> body.range(s, o[0], o[1], o[2], from, to);
  }

  private static <S> Body<S> over(Body4<S> body) {
    return (s, o, from, to) -> body.range(s, o[0], o[1], o[2], o[3], from, to);
  }

  private static <S> Body<S> over(Body5<S> body) {
    return (s, o, from, to) -> body.range(s, o[0], o[1], o[2], o[3], o[4], from, to);
  }

  /** The kernel's name, unique in the catalog. */
  public String name() {
    return name;
  }

  /** The record that carries a step's scalars. */
  public Class<S> scalars() {
    return scalars;
  }

  /** The operands in the order {@link #run} takes them. */
  public List<Operand> operands() {
    return operands;
  }

  /** The body of one backend, for tests and benchmarks that compare the two; SIMD links the Vector API. */
  public Body<S> body(Backend backend) {
    return backend == Backend.SCALAR ? scalar : simd.get();
  }

  /**
   * Runs the kernel on this thread over the elements from (inclusive) to (exclusive).
   *
   * @param scalars the step's scalars
   * @param arrays the operands in the order of {@link #operands()}: distinct arrays, each at least {@code to} long
   * @throws NullPointerException if an operand is null
   * @throws IllegalArgumentException if the count of operands, the range or aliasing is wrong; nothing is written then
   */
  public void run(S scalars, float[][] arrays, int from, int to) {
    Objects.requireNonNull(scalars, "scalars");
    if (arrays.length != names.length) {
      throw new IllegalArgumentException(name + ": operands = " + arrays.length + ", expected " + operands.size() + " (" + operands + ")");
    }
    for (int i = 0; i < names.length; i++) {
      Checks.range(names[i], arrays[i], from, to);
      for (int j = 0; j < i; j++) {
        if (arrays[i] == arrays[j]) {
          throw new IllegalArgumentException(name + ": " + names[i] + " is the same array as " + names[j] + ", expected distinct");
        }
      }
    }
    int aligned = alignedStart(arrays[0].length, from, to);
    if (aligned > from) {
      chosen.range(scalars, arrays, from, aligned);
    }
    chosen.range(scalars, arrays, aligned, to);
  }

  /**
   * From where vectors lie in one cache line each, if the array does not share its first line: G1 places large arrays so, and there a vector that
   * crosses a line costs twice. Elsewhere a short first range does no harm.
   */
  private static int alignedStart(int length, int from, int to) {
    return length < LARGE || to - from < LARGE / 64 ? from : from + (-(from + HEADER) & LINE - 1);
  }
}
