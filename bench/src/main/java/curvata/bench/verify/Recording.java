package curvata.bench.verify;

import curvata.bench.Progress;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.util.List;

/**
 * A recorded file that was read and found well-formed, in its two halves.
 *
 * <p>The halves are kept apart so that no truth can leak into what is compared with it: a replay holds the inputs, already loaded, and no way to the
 * file; a judge holds the file and sees a replay only through its results. {@link Verification} runs every replay before the first judge.
 *
 * @param replay computes
 * @param judge compares
 */
record Recording(Replay replay, Judge judge) {
  /** Computes everything from the inputs alone. */
  interface Replay {
    /** All tensors that the recording has a name for. */
    Results run();
  }

  /** A replay that a device can do as well. */
  interface OnDevice extends Replay {
    /** What the device computes of the recording; the results know how many kernels it ran. */
    Results run(Device device, Progress progress);
  }

  /** Compares results with the truth; this is where truth is first read. */
  interface Judge {
    /**
     * One check per computed tensor, and one per recorded tensor that was not computed.
     *
     * @throws IOException if the file cannot be read
     */
    List<Check> judge(Results results) throws IOException;
  }

  /** A file that the library cannot replay: computes nothing, one check that says so. */
  static Recording unsupported(GoldenFile file, String name, String why) {
    Check check = Check.unsupported(file.path().toString(), name, why);
    return new Recording(Results::new, results -> List.of(check));
  }
}
