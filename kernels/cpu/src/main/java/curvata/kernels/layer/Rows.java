package curvata.kernels.layer;

import java.util.Objects;

/** Doors of kernels over contiguous rows: row i of a block is the cols floats from offset + i · cols. */
final class Rows {
  /** Floats of one chunk: 8 KB, so that several passes over it stay in the first-level cache. */
  private static final int CHUNK = 2048;

  private Rows() {}

  /** Rows that make up one chunk; at least one. */
  static int perChunk(int cols) {
    return Math.max(1, CHUNK / Math.max(1, cols));
  }

  /** Requires a count of at least one. Here as below no Checks.that: its message and boxes would be made on every call. */
  static void positive(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(name + " = " + count + ", expected " + name + " >= 1");
    }
  }

  /** Requires a block of rows within its array. */
  static void block(String name, float[] array, int offset, int rows, int cols) {
    Objects.requireNonNull(array, name);
    if (rows < 0 || cols < 0) {
      throw new IllegalArgumentException("rows, cols = " + rows + ", " + cols + ", expected >= 0 each");
    }
    span(name, array.length, offset, (long) rows * cols);
  }

  /** Requires that this many values fit an array from an offset on. */
  static void span(String name, int length, int offset, long count) {
    if (offset < 0 || offset + count > length) {
      throw new IllegalArgumentException(
          name + ".offset = " + offset + ", expected >= 0 and " + count + " values from there within " + name + ".length = " + length);
    }
  }

  /** Requires that a block of rows and a vector of one value per column do not share floats. */
  static void apart(String name, float[] block, int offset, long size, String vectorName, float[] vector, int at, int count) {
    if (block == vector && offset < (long) at + count && at < offset + size) {
      throw new IllegalArgumentException(vectorName + " at " + at + " lies within " + name + " at " + offset + ", expected no overlap");
    }
  }

  /** Requires two arrays that are not the same one. */
  static void distinct(String name, float[] array, String otherName, float[] other) {
    if (array == other) {
      throw new IllegalArgumentException(otherName + " is the same array as " + name + ", expected distinct");
    }
  }
}
