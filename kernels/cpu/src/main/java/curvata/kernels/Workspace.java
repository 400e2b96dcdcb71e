package curvata.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Caller-owned scratch: two stacks of floats and doubles, and the objects that carry work to other threads.
 *
 * <p>A kernel that needs scratch says how much by its {@code required…} method; an optimizer or estimator owns one workspace, sized once by
 * {@link #reserve}. Kernels take from the top and give back what they took, so a call allocates nothing. Not safe for use by two threads at once.
 */
public final class Workspace {
  private float[] floats = new float[0];
  private double[] doubles = new double[0];
  private int floatTop;
  private int doubleTop;
  private final List<Threads.Task> tasks = new ArrayList<>();

  /** An empty workspace. */
  public Workspace() {}

  /**
   * Makes room for at least this much scratch; keeps what is there.
   *
   * @throws IllegalStateException if scratch is in use
   */
  public void reserve(int floatCount, int doubleCount) {
    if (floatTop != 0 || doubleTop != 0) {
      throw new IllegalStateException("workspace in use: " + floatTop + " floats and " + doubleTop + " doubles taken, expected none");
    }
    if (floats.length < floatCount) {
      floats = new float[floatCount];
    }
    if (doubles.length < doubleCount) {
      doubles = new double[doubleCount];
    }
  }

  /** The array that float offsets point into; fetch it again after {@link #reserve}. */
  public float[] floats() {
    return floats;
  }

  /** The array that double offsets point into; fetch it again after {@link #reserve}. */
  public double[] doubles() {
    return doubles;
  }

  /**
   * Takes floats from the top and returns their offset in {@link #floats()}; their content is arbitrary.
   *
   * @throws IllegalStateException if fewer are left
   */
  public int takeFloats(int count) {
    int at = floatTop;
    if (count < 0 || floats.length - at < count) {
      throw new IllegalStateException("workspace holds " + floats.length + " floats, expected " + ((long) at + count));
    }
    floatTop = at + count;
    return at;
  }

  /**
   * Takes doubles from the top and returns their offset in {@link #doubles()}; their content is arbitrary.
   *
   * @throws IllegalStateException if fewer are left
   */
  public int takeDoubles(int count) {
    int at = doubleTop;
    if (count < 0 || doubles.length - at < count) {
      throw new IllegalStateException("workspace holds " + doubles.length + " doubles, expected " + ((long) at + count));
    }
    doubleTop = at + count;
    return at;
  }

  /** Gives back everything from this float offset up. */
  public void releaseFloats(int offset) {
    floatTop = offset;
  }

  /** Gives back everything from this double offset up. */
  public void releaseDoubles(int offset) {
    doubleTop = offset;
  }

  /** The one hand-over object of this type that this workspace keeps, made on first use. */
  public <T extends Threads.Task> T task(Class<T> type, Supplier<T> maker) {
    for (int i = 0; i < tasks.size(); i++) {
      if (type.isInstance(tasks.get(i))) {
        return type.cast(tasks.get(i));
      }
    }
    T made = maker.get();
    tasks.add(made);
    return made;
  }
}
