package dev.tether.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files and directories that are there whole or not at all: written aside, brought to the disk, then renamed. A process
 * that dies on the way leaves at most a neighbour whose name ends in {@value #ASIDE}.
 */
public final class AtomicFiles {
    /** How the name of something half-written ends. */
    public static final String ASIDE = ".partial";

    private AtomicFiles() {}

    /** Writes the content of a new directory. */
    @FunctionalInterface
    public interface DirectoryContent {
        void writeInto(Path directory) throws IOException;
    }

    /**
     * Replaces {@code file}, in one step for every reader.
     *
     * @throws InputException where it cannot be written; the old file, if any, is then untouched
     */
    public static void writeFile(Path file, String text) {
        writeFile(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #writeFile(Path, String)}, with bytes. */
    public static void writeFile(Path file, byte[] bytes) {
        Path aside = aside(file);
        try {
            try (FileChannel channel = FileChannel.open(
                    aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            rename(aside, file);
        } catch (IOException e) {
            deleteQuietly(aside);
            throw new InputException("cannot write " + file + ": " + reason(e), e);
        }
    }

    /**
     * Makes {@code directory} out of what {@code content} writes into a directory aside.
     *
     * @throws InputException where {@code directory} is there already or something cannot be written
     */
    public static void writeDirectory(Path directory, DirectoryContent content) {
        Path aside = aside(directory);
        try {
            if (Files.exists(directory)) {
                throw new FileAlreadyExistsException(directory.toString());
            }
            delete(aside);
            Files.createDirectories(aside);
            content.writeInto(aside);
            syncTree(aside);
            rename(aside, directory);
        } catch (IOException e) {
            deleteQuietly(aside);
            throw new InputException("cannot write " + directory + ": " + reason(e), e);
        } catch (RuntimeException e) {
            deleteQuietly(aside);
            throw e;
        }
    }

    /**
     * For work that ends in {@link #writeDirectory}: asked before it begins.
     *
     * @throws InputException where {@code directory} is there already
     */
    public static void requireFree(Path directory) {
        if (Files.exists(directory)) {
            throw new InputException(directory + " is there already: choose another directory, or remove it");
        }
    }

    /** Removes a file or a directory with all it holds; what is not there is fine. */
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> innermostFirst;
        try (Stream<Path> tree = Files.walk(path)) {
            innermostFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : innermostFirst) {
            Files.delete(each);
        }
    }

    /** Why the file system refused, in words for the user. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static Path aside(Path path) {
        return path.resolveSibling(path.getFileName() + ASIDE);
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
        syncDirectory(to.toAbsolutePath().getParent());
    }

    private static void syncTree(Path root) throws IOException {
        List<Path> innermostFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            innermostFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : innermostFirst) {
            if (Files.isDirectory(each)) {
                syncDirectory(each);
            } else {
                try (FileChannel channel = FileChannel.open(each, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Some systems cannot open a directory; the rename is then as durable as they make it.
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            delete(path);
        } catch (IOException ignored) {
            // The failure that led here is the one to tell.
        }
    }
}
