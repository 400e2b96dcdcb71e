package curvata.optim.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file whole or not at all: temporary file in the same directory, contents synced, renamed over the old one, directory synced.
 *
 * <p>A reader sees the old file or the new one, also after a crash. A killed process leaves its {@code .name.….tmp} behind, nothing else.
 */
final class AtomicFile {
  /** Writes the contents from position 0 on. */
  interface Contents {
    void write(FileChannel out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes the file; whatever is thrown, the old one is as it was and the temporary one is gone.
   *
   * @throws IOException {@code path: what} if the directory is missing, the path is not a file's, or writing fails
   */
  static void write(Path path, Contents contents) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null || Files.exists(path) && !Files.isRegularFile(path)) {   // a rename would replace a device or a pipe
      throw new IOException(path + ": not a regular file, expected the path of one or of none");
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(path + ": cannot be written, " + directory + " is not a directory");
    }
    try {
      replace(path, directory, contents);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be written, " + e, e);
    }
  }

  private static void replace(Path path, Path directory, Contents contents) throws IOException {
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = directory.resolve("." + path.getFileName() + "." + unique + ".tmp");
    FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      try (out) {
        contents.write(out);
        out.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable e) {
      delete(temporary, e);
      throw e;
    }
    sync(directory);
  }

  private static void delete(Path temporary, Throwable cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Makes the rename durable where directories can be synced; Windows and some network file systems refuse, and the file is in place. */
  private static void sync(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException _) {
      return;
    }
  }
}
