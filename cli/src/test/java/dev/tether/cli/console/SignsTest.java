package dev.tether.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignsTest {
    @ParameterizedTest
    @CsvSource({
        "LANG, en_US.UTF-8, UNICODE",
        "LANG, de_DE.utf8, UNICODE",
        "LC_CTYPE, C.UTF-8, UNICODE",
        "LANG, en_US.ISO-8859-1, ASCII",
        "LC_ALL, C, ASCII",
        "LC_ALL, POSIX, ASCII"
    })
    void theLocaleTellsWhetherUnicodeCanBeSeen(String variable, String locale, Signs signs) {
        assertThat(Signs.ofLocale(Map.of(variable, locale))).isEqualTo(signs);
    }

    @Test
    void lcAllOutranksLangAndSilenceTellsNothing() {
        assertThat(Signs.ofLocale(Map.of("LC_ALL", "C", "LANG", "en_US.UTF-8"))).isEqualTo(Signs.ASCII);
        assertThat(Signs.ofLocale(Map.of("LC_ALL", "", "LANG", "en_US.UTF-8"))).isEqualTo(Signs.UNICODE);
        assertThat(Signs.ofLocale(Map.of())).isEqualTo(Signs.UNICODE);
    }
}
