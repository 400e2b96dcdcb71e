package curvata.bench.measure;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Any shared library with the Fortran interface of BLAS, through the foreign-function API: its general product, and its symmetric one. */
@SuppressWarnings("restricted")
public final class BlasPeer implements Peer {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final String PRODUCT = "sgemm_";
  private static final List<String> THREADS =
      List.of("openblas_set_num_threads", "mkl_serv_set_num_threads", "MKL_Set_Num_Threads", "bli_thread_set_num_threads");

  private final String name;
  private final MethodHandle gemm;
  private final MethodHandle syrk;
  private final MethodHandle threads;

  /**
   * A library that was found.
   *
   * @throws IllegalArgumentException if it has no {@code sgemm_}
   */
  public BlasPeer(String name, SymbolLookup library) {
    this.name = name;
    gemm = function(library, PRODUCT, 13)
        .orElseThrow(() -> new IllegalArgumentException(name + " has no " + PRODUCT + ", expected a library with the Fortran interface of BLAS"));
    syrk = function(library, "ssyrk_", 10).orElse(null);
    threads = THREADS.stream().map(library::find).flatMap(Optional::stream).findFirst()
        .map(f -> LINKER.downcallHandle(f, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))).orElse(null);
  }

  /**
   * Those of some libraries that have the product, each named as its file. All are loaded, in their order: what others depend on comes first.
   *
   * @param paths their files, separated as those of a class path
   * @throws IllegalArgumentException if a file is missing or cannot be loaded, or none has {@code sgemm_}: one line
   */
  public static List<Peer> named(String paths) {
    List<Path> files = Arrays.stream(paths.split(File.pathSeparator)).filter(p -> !p.isBlank()).map(p -> Path.of(p).toAbsolutePath()).toList();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + ": no such file, expected shared libraries separated by \"" + File.pathSeparator + "\"");
      }
    }
    List<Peer> peers = new ArrayList<>();
    for (Path file : files) {
      SymbolLookup library = load(file);
      if (library.find(PRODUCT).isPresent()) {
        peers.add(new BlasPeer(file.getFileName().toString(), library));
      }
    }
    if (peers.isEmpty()) {
      throw new IllegalArgumentException(paths + ": no " + PRODUCT + " there, expected a library with the Fortran interface of BLAS");
    }
    return peers;
  }

  private static SymbolLookup load(Path file) {
    try {
      System.load(file.toString()); // it says why it cannot, the lookup does not
    } catch (UnsatisfiedLinkError e) {
      String why = e.getMessage();
      while (why.startsWith(file + ": ")) {
        why = why.substring(file.toString().length() + 2);
      }
      throw new IllegalArgumentException(file + ": cannot be loaded (" + why + "), expected a shared library, those it depends on before it", e);
    }
    return SymbolLookup.libraryLookup(file, Arena.global());
  }

  private static Optional<MethodHandle> function(SymbolLookup library, String name, int arguments) {
    MemoryLayout[] pointers = new MemoryLayout[arguments];
    Arrays.fill(pointers, ValueLayout.ADDRESS);
    return library.find(name).map(f -> LINKER.downcallHandle(f, FunctionDescriptor.ofVoid(pointers)));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void threads(int count) {
    if (threads != null) {
      try {
        threads.invokeExact(count);
      } catch (Throwable e) {
        throw new IllegalStateException(name + " does not set its threads", e);
      }
    }
  }

  @Override
  public Product product(ProductCase shape, float[] a, float[] b) {
    return new Call(shape, a, b);
  }

  /** Row-major C = A B is column-major Cᵀ = Bᵀ Aᵀ: the same memory with the operands exchanged. */
  private final class Call implements Product {
    private final ProductCase shape;
    private final boolean triangle;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;
    private final MemorySegment transA;
    private final MemorySegment transB;
    private final MemorySegment m;
    private final MemorySegment n;
    private final MemorySegment k;
    private final MemorySegment lda;
    private final MemorySegment ldb;
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final MemorySegment upper = arena.allocateFrom("U");
    private final MemorySegment[] each; // matrices of the batch: a, b, c of each

    Call(ProductCase shape, float[] a, float[] b) {
      this.shape = shape;
      triangle = shape.gram() && syrk != null;
      this.a = copy(a);
      this.b = shape.gram() ? this.a : copy(b);
      c = arena.allocate(4L * shape.cLength(), 64);
      transA = arena.allocateFrom(shape.transA() ? "T" : "N");
      transB = arena.allocateFrom(shape.transB() ? "T" : "N");
      m = number(shape.m());
      n = number(shape.n());
      k = number(shape.k());
      lda = number(shape.lda());
      ldb = number(shape.ldb());
      each = new MemorySegment[3 * shape.count()];
      for (int i = 0; i < shape.count(); i++) {
        each[3 * i] = this.a.asSlice(4L * i * shape.m() * shape.k());
        each[3 * i + 1] = this.b.asSlice(4L * i * shape.k() * shape.n());
        each[3 * i + 2] = c.asSlice(4L * i * shape.m() * shape.n());
      }
    }

    private MemorySegment copy(float[] x) {
      MemorySegment to = arena.allocate(4L * x.length, 64);
      MemorySegment.copy(x, 0, to, ValueLayout.JAVA_FLOAT, 0, x.length);
      return to;
    }

    private MemorySegment number(int value) {
      return arena.allocateFrom(ValueLayout.JAVA_INT, value);
    }

    @Override
    public String name() {
      return name + (triangle ? " ssyrk" : "");
    }

    @Override
    public void run() {
      try {
        if (triangle) {
          syrk.invokeExact(upper, transB, n, k, one, a, lda, zero, c, n);
          return;
        }
        for (int i = 0; i < each.length; i += 3) {
          gemm.invokeExact(transB, transA, n, m, k, one, each[i + 1], ldb, each[i], lda, zero, each[i + 2], n);
        }
      } catch (Throwable e) {
        throw new IllegalStateException(name + " failed", e);
      }
    }

    @Override
    public float[] result() {
      float[] x = c.toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; triangle && i < shape.n(); i++) {
        for (int j = 0; j < i; j++) { // its upper triangle by columns is our lower one by rows
          x[j * shape.n() + i] = x[i * shape.n() + j];
        }
      }
      return x;
    }
  }
}
