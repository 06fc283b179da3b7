package dev.tether.cli.hub;

import dev.tether.run.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One model in Hugging Face's cache: {@code blobs/DIGEST} holds contents, {@code snapshots/COMMIT/NAME} are links to them, and
 * {@code refs/REVISION} says which commit a branch or tag was when it was last asked for. What Python's library keeps there is
 * found here, and the other way round.
 */
final class HubCache {
    private final Path root;
    private final Path folder;

    HubCache(Path root, HubName name) {
        this.root = root;
        this.folder = root.resolve(name.folder());
    }

    /** Which commit {@code revision} was, as far as the cache knows. */
    Optional<String> commit(String revision) throws IOException {
        if (HubName.isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder.resolve("refs").resolve(revision);
        return Files.isRegularFile(ref)
                ? Optional.of(Files.readString(ref).strip()).filter(HubName::isCommit)
                : Optional.empty();
    }

    void remember(String revision, String commit) throws IOException {
        Path ref = folder.resolve("refs").resolve(revision);
        if (!HubName.isCommit(revision) && !commit(revision).equals(Optional.of(commit))) {
            Files.createDirectories(ref.getParent());
            AtomicFiles.writeFile(ref, commit);
        }
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** Whether the snapshot has {@code file}, whole. */
    boolean has(String commit, HubFile file) throws IOException {
        Path path = snapshot(commit).resolve(file.name());
        return Files.isRegularFile(path) && (file.size() < 0 || Files.size(path) == file.size());
    }

    Path blob(HubFile file) {
        return folder.resolve("blobs").resolve(file.digest());
    }

    /** Where {@code file} grows; a name of our own, for Python's library writes into DIGEST.incomplete under a lock of another kind. */
    Path growing(HubFile file) {
        return folder.resolve("blobs").resolve(file.digest() + ".tether.incomplete");
    }

    /** Makes what has grown a blob, in one step. */
    void keep(HubFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(growing(file), StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(growing(file), blob(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Links {@code file} into the snapshot. */
    void link(String commit, HubFile file) throws IOException {
        Path link = snapshot(commit).resolve(file.name());
        Files.createDirectories(link.getParent());
        Files.deleteIfExists(link);
        try {
            Files.createSymbolicLink(link, link.getParent().relativize(blob(file)));
        } catch (FileAlreadyExistsException e) {
            // another program was faster, with the same link
        }
    }

    /** Bytes that can still be written. */
    long room() throws IOException {
        Files.createDirectories(folder.resolve("blobs"));
        return Files.getFileStore(folder).getUsableSpace();
    }

    Path folder() {
        return folder;
    }

    /**
     * Keeps other processes from downloading this model at the same time; free again when closed or when the process ends.
     *
     * @param waiting is run where another process has it
     */
    Locked lock(Runnable waiting) throws IOException {
        Path file = root.resolve(".locks").resolve(folder.getFileName()).resolve("tether.lock");
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                waiting.run();
                channel.lock();
            }
            return new Locked(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** A lock that is held. */
    record Locked(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
