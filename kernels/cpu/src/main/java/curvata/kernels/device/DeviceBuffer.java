package curvata.kernels.device;

/**
 * An array that lives on a device, or a part of one.
 *
 * <p>A buffer belongs to its {@link Session}; it begins as zeros. What the host writes travels at the next run of a program; what it reads, it reads at
 * once. Slices share the elements.
 */
public interface DeviceBuffer {
  /** What a buffer holds. */
  enum Kind {
    /** 32-bit floats. */
    FLOAT,
    /** 32-bit integers. */
    INT,
    /** 64-bit floats: measured values. */
    DOUBLE;

    /** Bytes of one element. */
    public int bytes() {
      return this == DOUBLE ? 8 : 4;
    }
  }

  /** Its name in messages. */
  String name();

  /** What it holds. */
  Kind kind();

  /** Where a slice begins in its buffer; 0 for a whole one. */
  int offset();

  /** Number of elements. */
  int size();

  /**
   * A part of this buffer.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  DeviceBuffer slice(int offset, int size);

  /**
   * Writes all elements from an array of the host.
   *
   * <p>An input ({@link Session#input}) travels with the next run that uses it. A resident buffer, once a program has run, costs a round trip of all
   * resident buffers: meant for a resume, not for every step.
   *
   * @param from {@code float[]}, {@code int[]} or {@code double[]}, as the buffer's {@link #kind}; elements from {@code at} on are read
   * @throws IllegalArgumentException if the kind is another or the range does not fit
   */
  void write(Object from, int at);

  /**
   * Reads all elements into an array of the host, as they are on the device now.
   *
   * @param to {@code float[]}, {@code int[]} or {@code double[]}, as the buffer's {@link #kind}; elements from {@code at} on are written
   * @throws IllegalArgumentException if the kind is another or the range does not fit
   */
  void read(Object to, int at);
}
