package dev.tether.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/checks.md says of each check what the check says of itself, in the same order, and of no other. */
class ChecksPageTest {
    private static final Path PAGE = Path.of(System.getProperty("tether.root"), "docs", "checks.md");

    @Test
    void thePageListsEveryCheckInTheWordsOfTheCode() throws IOException {
        String written =
                Checks.all().stream().map(check -> section(check.card())).collect(Collectors.joining("\n"));

        String page = Files.readString(PAGE).replace("\r\n", "\n");

        assertThat(page.substring(page.indexOf("\n### ") + 1)).isEqualTo(written);
    }

    @Test
    void thePageStatesHowManyHealthyRunsWereLookedAt() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("0 alarms in " + HealthyRunsTest.RUNS + " simulated healthy runs of " + SimulatedRun.STEPS
                        + " steps");
    }

    private static String section(CheckCard card) {
        return """
                ### %s

                %s. Looks at %s.

                * **Speaks when** %s.
                * **False alarms:** %s.
                * **What to do:** %s.
                """.formatted(
                        card.code(),
                        sentence(card.severity().name().toLowerCase(Locale.ROOT)),
                        card.looksAt().stream()
                                .map(Figure::key)
                                .distinct()
                                .map(key -> "`" + key + "`")
                                .collect(Collectors.joining(", ")),
                        card.law(),
                        card.falseAlarms(),
                        card.advice());
    }

    private static String sentence(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
