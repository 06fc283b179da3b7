package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenPageTest {
    private static final String HTML = new TokenPage(
                    "a against b",
                    List.of("seed 17"),
                    "Hi <you>",
                    List.of(
                            new TokenPage.Token(" great", 7, -0.5, -3.5, 1.25),
                            new TokenPage.Token("<b>\n", 8, -2, -0.5, 0.75)))
            .html();

    @Test
    void whatTheModelLikesMoreIsRedAndWhatItLikesLessIsBlue() {
        assertThat(HTML)
                .contains("background:rgba(216,66,56,0.70)\" title=\"“␣great” (id 7): log-ratio 3 nats,"
                        + " logprob -0.5 against -3.5, exact KL 1.25\"> great</span>")
                .contains("background:rgba(46,116,222,0.35)\" title=\"“&lt;b&gt;⏎” (id 8): log-ratio -1.5 nats");
    }

    @Test
    void textOfModelsAndUsersIsNotTakenForMarkup() {
        assertThat(HTML).contains("Hi &lt;you&gt;").doesNotContain("<you>", "<b>");
    }

    @Test
    void thePageNeedsNothingElse() {
        assertThat(HTML).startsWith("<!DOCTYPE html>").doesNotContain("<script", "http://", "https://", "<link");
    }
}
