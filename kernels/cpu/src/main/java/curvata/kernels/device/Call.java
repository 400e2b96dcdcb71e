package curvata.kernels.device;

/**
 * The scalars of one recorded kernel; what is set here travels with the next run, all calls of a program together in one small buffer.
 *
 * @param <S> the kernel's record of floats
 */
public interface Call<S extends Record> {
  /** The same scalars for all tensors. */
  void set(S scalars);

  /**
   * The scalars of one tensor.
   *
   * @throws IllegalArgumentException if the kernel was recorded with one record for all
   */
  void set(int segment, S scalars);
}
