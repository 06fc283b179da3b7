package dev.tether.trainer.table;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.Reader;

/** {@link ByteLines} for a parser that knows no limits: wrong text is told with its line, and no row may be endless. */
final class TextReader extends Reader {
    private final ByteLines lines;
    private String line = "";
    private int at;
    private int sinceRow;

    TextReader(ByteLines lines) {
        this.lines = lines;
    }

    /** Says that a row is complete. */
    void rowEnded() {
        sinceRow = 0;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        if (at == line.length()) {
            String next = lines.nextText();
            if (next == null) {
                return -1;
            }
            line = next + "\n";
            at = 0;
            sinceRow += line.length();
            if (sinceRow > ByteLines.LONGEST) {
                throw new InputException(lines.place() + ": a row that began before is longer than "
                        + (ByteLines.LONGEST >> 20) + " MiB; is a closing quote missing?");
            }
        }
        int count = Math.min(length, line.length() - at);
        line.getChars(at, at + count, buffer, offset);
        at += count;
        return count;
    }

    @Override
    public void close() {
        // what is read from belongs to who opened it
    }
}
