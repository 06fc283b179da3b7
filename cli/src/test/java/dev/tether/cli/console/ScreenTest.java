package dev.tether.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ScreenTest {
    @Test
    void coloursAreForTerminalsUnlessAskedFor() {
        assertThat(screen().isColoured()).isFalse();
        assertThat(screen("--color", "always").isColoured()).isTrue();
        System.setProperty("tether.terminal", "true");
        try {
            assertThat(screen("--color", "never").isColoured()).isFalse();
            assertThat(screen().isColoured()).isEqualTo(System.getenv("NO_COLOR") == null);
        } finally {
            System.clearProperty("tether.terminal");
        }
    }

    static Screen screen(String... arguments) {
        Screen screen = new Screen();
        CommandLine.populateCommand(screen, arguments);
        return screen;
    }
}
