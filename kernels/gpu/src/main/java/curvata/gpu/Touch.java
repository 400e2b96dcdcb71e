package curvata.gpu;

import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels that do nothing: TornadoVM allocates and uploads only what some task names. */
final class Touch {
  private static final int AT_ONCE = 8;

  private Touch() {}

  /** Adds tasks that name all the arrays. */
  static void all(TaskGraph graph, Object... arrays) {
    List<FloatArray> floats = only(FloatArray.class, arrays);
    for (int i = 0; i < floats.size(); i += AT_ONCE) {
      FloatArray[] a = padded(floats, i, new FloatArray[AT_ONCE]);
      graph.task("floats" + i, Touch::floats, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
    List<DoubleArray> doubles = only(DoubleArray.class, arrays);
    for (int i = 0; i < doubles.size(); i += AT_ONCE) {
      DoubleArray[] a = padded(doubles, i, new DoubleArray[AT_ONCE]);
      graph.task("doubles" + i, Touch::doubles, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
    List<IntArray> ints = only(IntArray.class, arrays);
    for (int i = 0; i < ints.size(); i += AT_ONCE) {
      IntArray[] a = padded(ints, i, new IntArray[AT_ONCE]);
      graph.task("ints" + i, Touch::ints, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
  }

  private static <T> List<T> only(Class<T> type, Object... arrays) {
    return Arrays.stream(arrays).filter(type::isInstance).map(type::cast).toList();
  }

  private static <T> T[] padded(List<T> all, int from, T[] into) {
    for (int j = 0; j < into.length; j++) {
      into[j] = all.get(Math.min(from + j, all.size() - 1));
    }
    return into;
  }

  static void floats(FloatArray a, FloatArray b, FloatArray c, FloatArray d, FloatArray e, FloatArray f, FloatArray g, FloatArray h) {}

  static void doubles(DoubleArray a, DoubleArray b, DoubleArray c, DoubleArray d, DoubleArray e, DoubleArray f, DoubleArray g, DoubleArray h) {}

  static void ints(IntArray a, IntArray b, IntArray c, IntArray d, IntArray e, IntArray f, IntArray g, IntArray h) {}
}
