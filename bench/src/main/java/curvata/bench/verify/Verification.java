package curvata.bench.verify;

import curvata.bench.Progress;
import curvata.kernels.device.Device;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays recorded files and compares what the library computes with what was recorded.
 *
 * <p>Three rounds over all files: read and check the inputs, compute (and dump), then read the truth and compare. A file that is not well-formed
 * ends the run in the first round, before anything is computed or written.
 */
public final class Verification {
  private Verification() {}

  /**
   * Verifies files.
   *
   * @param files golden files of any kind
   * @param dump folder for everything computed, or null
   * @param progress takes lines about a long run
   * @throws curvata.optim.io.MalformedFileException if a file is of no known kind or not well-formed
   * @throws IllegalArgumentException if the dump folder cannot be used
   * @throws IOException if a file cannot be read or written
   */
  public static Report run(List<Path> files, Path dump, PrintStream progress) throws IOException {
    return run(files, dump, Device.cpu(), progress);
  }

  /**
   * Verifies what a device computes of files.
   *
   * @param files golden files of any kind; those that a device computes nothing of are unsupported
   * @param dump folder for everything computed, or null
   * @param device the device, or the CPU
   * @param progress takes lines about a long run
   * @throws curvata.kernels.device.DeviceException if the device fails
   * @throws curvata.optim.io.MalformedFileException if a file is of no known kind or not well-formed
   * @throws IllegalArgumentException if the dump folder cannot be used
   * @throws IOException if a file cannot be read or written
   */
  public static Report run(List<Path> files, Path dump, Device device, PrintStream progress) throws IOException {
    List<GoldenFile> opened = new ArrayList<>();
    try {
      List<Recording> recordings = new ArrayList<>();
      for (Path file : files) {
        GoldenFile golden = GoldenFile.open(file);
        opened.add(golden);
        recordings.add(Formats.read(golden));
      }
      List<Results> results = compute(files, recordings, Dump.into(dump, files), device, progress);
      return new Report(files.size(), compare(files, recordings, results), results.stream().mapToLong(Results::deviceTasks).sum());
    } finally {
      for (GoldenFile golden : opened) {
        golden.close();
      }
    }
  }

  private static List<Results> compute(List<Path> files, List<Recording> recordings, Dump dump, Device device, PrintStream out) throws IOException {
    List<Results> results = new ArrayList<>();
    Progress progress = new Progress(out, "file");
    progress.at(0, files.size());
    for (int i = 0; i < recordings.size(); i++) {
      Results computed = compute(recordings.get(i), device, out);
      dump.write(files.get(i), computed);
      results.add(computed);
      progress.at(i + 1, files.size());
    }
    progress.end();
    return results;
  }

  private static Results compute(Recording recording, Device device, PrintStream out) {
    if (device == Device.cpu()) {
      return recording.replay().run();
    }
    if (!(recording.replay() instanceof Recording.OnDevice replay)) {
      return Results.refused("not computed on devices: verify it without --backend gpu");
    }
    Progress progress = new Progress(out, "part");
    try {
      return replay.run(device, progress);
    } finally {
      progress.end();
    }
  }

  private static List<Check> compare(List<Path> files, List<Recording> recordings, List<Results> results) throws IOException {
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < recordings.size(); i++) {
      String refused = results.get(i).refused();
      checks.addAll(
          refused != null ? List.of(Check.unsupported(files.get(i).toString(), "device", refused)) : recordings.get(i).judge().judge(results.get(i)));
    }
    return List.copyOf(checks);
  }
}
