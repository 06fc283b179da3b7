package dev.tether.trainer.table;

import dev.tether.run.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The lines of a file as bytes, so that a fault in one of them can be told with its number. None may be too long to hold. */
final class ByteLines {
    /** Longer than any prompt; without a limit, a file without line ends would fill the memory. */
    static final int LONGEST = 1 << 25;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Path file;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int number;

    /** @param in buffered */
    ByteLines(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /** The next line without its end, or null behind the last. */
    byte[] next() throws IOException {
        int value = in.read();
        if (value < 0) {
            return null;
        }
        number++;
        line.reset();
        for (; value >= 0 && value != '\n'; value = in.read()) {
            if (line.size() == LONGEST) {
                throw new InputException(
                        place() + " is longer than " + (LONGEST >> 20) + " MiB: not a line of a text file");
            }
            line.write(value);
        }
        return withoutMarks(line.toByteArray());
    }

    /** The next line as text, or null behind the last. */
    String nextText() throws IOException {
        byte[] bytes = next();
        if (bytes == null) {
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw new InputException(place() + " has a NUL byte: this is no text file");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new InputException(place() + " is not UTF-8 text", e);
        }
    }

    private byte[] withoutMarks(byte[] bytes) {
        boolean isMarked = number == 1
                && bytes.length >= BYTE_ORDER_MARK.length
                && Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        int from = isMarked ? BYTE_ORDER_MARK.length : 0;
        int to = bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return from == 0 && to == bytes.length ? bytes : Arrays.copyOfRange(bytes, from, to);
    }

    String position() {
        return "line " + number;
    }

    String place() {
        return file + " " + position();
    }
}
