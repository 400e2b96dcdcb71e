package curvata.bench.measure;

import java.util.List;
import java.util.stream.Stream;

/** What one row measures: a name, a size, and arrays to be made when its turn comes. */
public interface Subject {
  /** The name of the row. */
  String name();

  /** The size as the row shows it: elements, or rows of a square matrix. */
  int n();

  /** Elements that one run updates or reads. */
  long elements();

  /** Bytes that one run reads and writes, or 0 where operations are counted. */
  long bytes();

  /** Floating-point operations of one run, or 0 where bytes are counted. */
  long flops();

  /** Threads that a run uses. */
  int threads();

  /** Arrays anew, each call at other addresses: where they lie moves times by a tenth and more. */
  Prepared prepare();

  /** The same, and how these peers do it; by default none of them does. */
  default Prepared prepare(List<Peer> peers) {
    return prepare();
  }

  /** What differs from the plain loops that are the reference, or null if nothing does. */
  String difference();

  /** What differs from the reference where a peer does it, or null if nothing does or it has no such operation. */
  default String difference(Peer peer) {
    return null;
  }

  /**
   * The same operation by another library.
   *
   * @param name the library
   * @param work its call
   */
  record Rival(String name, Work work) {}

  /**
   * A subject with its arrays.
   *
   * @param work the subject
   * @param bounds its bounds, over the same arrays
   * @param rivals the same operation by other libraries
   */
  record Prepared(Work work, List<Bound> bounds, List<Rival> rivals) {
    Prepared(Work work, List<Bound> bounds) {
      this(work, bounds, List.of());
    }

    /** The subject, then its bounds, then its rivals. */
    List<Work> works() {
      return Stream.of(Stream.of(work), bounds.stream().map(Bound::work), rivals.stream().map(Rival::work)).flatMap(s -> s).toList();
    }
  }
}
