package dev.tether.cli.live;

import java.io.IOException;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The terminal of this process. It stays in its usual mode, so that Ctrl-C is a signal; keys are not echoed. */
final class TerminalCanvas implements LiveScreen.Canvas {
    private static final String ENTER = "\u001b[?1049h\u001b[2J\u001b[?25l";
    private static final String LEAVE = "\u001b[0m\u001b[?25h\u001b[?1049l";
    /** Terminals that know it show a frame at once; others ignore it. */
    private static final String BEGIN_FRAME = "\u001b[?2026h\u001b[H";

    private static final String END_FRAME = "\u001b[?2026l";

    private final Terminal terminal;
    private final Attributes before;
    private boolean isEntered;
    private String lastSize = "";

    private TerminalCanvas(Terminal terminal) {
        this.terminal = terminal;
        this.before = terminal.getAttributes();
    }

    /** Empty where there is no terminal, or one that cannot address its cells, or too small a one. */
    static Optional<TerminalCanvas> open() {
        try {
            // signals stay with whoever handles them; nothing of a terminal is made up
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .dumb(false)
                    .nativeSignals(false)
                    .build();
            TerminalCanvas canvas = new TerminalCanvas(terminal);
            boolean isFit = !terminal.getType().startsWith(Terminal.TYPE_DUMB)
                    && canvas.width() >= LiveView.LEAST_WIDTH
                    && canvas.height() >= LiveView.LEAST_HEIGHT;
            if (!isFit) {
                terminal.close();
            }
            return isFit ? Optional.of(canvas) : Optional.empty();
        } catch (IOException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    @Override
    public int width() {
        return terminal.getSize().getColumns();
    }

    @Override
    public int height() {
        return terminal.getSize().getRows();
    }

    @Override
    public void enter() {
        Attributes quiet = new Attributes(before);
        quiet.setLocalFlag(Attributes.LocalFlag.ECHO, false);
        terminal.setAttributes(quiet);
        isEntered = true;
        write(ENTER);
    }

    @Override
    public void show(String frame) {
        String size = width() + "x" + height();
        String clear = size.equals(lastSize) ? "" : "\u001b[2J";
        lastSize = size;
        write(BEGIN_FRAME + clear + frame + "\u001b[0m" + END_FRAME);
    }

    @Override
    public void leave() {
        if (isEntered) {
            isEntered = false;
            write(LEAVE);
            terminal.setAttributes(before);
        }
    }

    private void write(String text) {
        terminal.writer().write(text);
        terminal.writer().flush();
    }
}
