package curvata.bench.peers;

import curvata.bench.measure.BlasPeer;
import curvata.bench.measure.Peer;
import curvata.bench.measure.ProductCase;
import java.lang.foreign.SymbolLookup;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/** OpenBLAS as JavaCPP ships it, called through the foreign-function API. */
public final class OpenBlasPeer implements Peer {
  private final BlasPeer blas;

  /** Loads the library. */
  public OpenBlasPeer() {
    Loader.load(openblas.class);
    blas = new BlasPeer("openblas", SymbolLookup.loaderLookup());
  }

  @Override
  public String name() {
    return blas.name();
  }

  @Override
  public void threads(int count) {
    openblas.blas_set_num_threads(count);
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return blas.product(shape, a, b);
  }
}
