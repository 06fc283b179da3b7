package dev.tether.run.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where the lines of a file end. */
final class Lines {
    private static final int BLOCK = 1 << 16;

    private Lines() {}

    /** Bytes up to and including the last line break; 0 where there is none. */
    static long wholeLinesLength(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long end = channel.size();
            while (end > 0) {
                long start = Math.max(0, end - BLOCK);
                read(channel, block, start, (int) (end - start));
                for (int i = block.limit() - 1; i >= 0; i--) {
                    if (block.get(i) == '\n') {
                        return start + i + 1;
                    }
                }
                end = start;
            }
            return 0;
        }
    }

    /** Whether the byte before {@code length} is a line break. */
    static boolean endsWithLineBreak(Path path, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            read(channel, one, length - 1, 1);
            return one.get(0) == '\n';
        }
    }

    private static void read(FileChannel channel, ByteBuffer block, long start, int size) throws IOException {
        block.clear().limit(size);
        while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
            // read on: one call may give fewer bytes than asked for
        }
        block.flip();
    }
}
