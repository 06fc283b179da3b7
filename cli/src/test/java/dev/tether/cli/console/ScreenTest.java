package dev.tether.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ScreenTest {
    @ParameterizedTest
    @CsvSource({
        "LANG, en_US.UTF-8, true",
        "LANG, de_DE.utf8, true",
        "LC_CTYPE, C.UTF-8, true",
        "LANG, en_US.ISO-8859-1, false",
        "LC_ALL, C, false",
        "LC_ALL, POSIX, false"
    })
    void theLocaleTellsWhetherUnicodeCanBeSeen(String variable, String locale, boolean unicode) {
        assertThat(Screen.speaksUtf8(Map.of(variable, locale))).isEqualTo(unicode);
    }

    @Test
    void lcAllOutranksLangAndSilenceTellsNothing() {
        assertThat(Screen.speaksUtf8(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8")))
                .isFalse();
        assertThat(Screen.speaksUtf8(Map.of("LC_ALL", "", "LANG", "en_US.UTF-8")))
                .isTrue();
        assertThat(Screen.speaksUtf8(Map.of())).isTrue();
    }

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
