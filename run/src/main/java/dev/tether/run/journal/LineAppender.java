package dev.tether.run.journal;

import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends whole lines to a file. Each line is handed to the operating system at once; a line that could not be written
 * whole is taken back, so a full disk leaves no torn row behind.
 */
final class LineAppender implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private long length;

    private LineAppender(Path path, FileChannel channel, long length) {
        this.path = path;
        this.channel = channel;
        this.length = length;
    }

    /** A new file; one that is there already is refused. */
    static LineAppender create(Path path) {
        try {
            return new LineAppender(
                    path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 0);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    /** Creates the file or continues after its last whole line; a torn last line is cut off. */
    static LineAppender append(Path path) {
        try {
            long length = Files.exists(path) ? Lines.wholeLinesLength(path) : 0;
            return open(path, length);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    /** Continues at {@code byteLength}; what stands behind is cut off. A file that is shorter is refused. */
    static LineAppender resume(Path path, long byteLength) {
        try {
            long found = Files.size(path);
            if (found < byteLength) {
                throw new InputException(path + " has " + found + " bytes, the checkpoint was written at " + byteLength
                        + ": the file does not belong to the checkpoint");
            }
            if (byteLength > 0 && !Lines.endsWithLineBreak(path, byteLength)) {
                throw new InputException(path + " has no line end at byte " + byteLength
                        + ", where the checkpoint was written: the file does not belong to the checkpoint");
            }
            return open(path, byteLength);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private static LineAppender open(Path path, long length) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            channel.truncate(length);
            channel.position(length);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new LineAppender(path, channel, length);
    }

    void append(String line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        int size = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            length += size;
        } catch (IOException e) {
            takeBack();
            throw cannotWrite(path, e);
        }
    }

    /** Bytes of all whole lines so far. */
    long length() {
        return length;
    }

    /** Returns when everything appended is on the disk. */
    void sync() {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private void takeBack() {
        try {
            channel.truncate(length);
            channel.position(length);
        } catch (IOException ignored) {
            // The first failure is the one to tell; readers recognise the torn line that may now be left.
        }
    }

    private static InputException cannotWrite(Path path, IOException cause) {
        return new InputException("cannot write " + path + ": " + dev.tether.run.AtomicFiles.reason(cause), cause);
    }
}
