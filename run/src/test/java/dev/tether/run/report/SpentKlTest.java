package dev.tether.run.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.KlLedger;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.journal.SampleWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpentKlTest {
    @TempDir
    Path folder;

    @Test
    void everyAccountAddsUpToTheTotalOfTheLastSteps() {
        SpentKl spent = spent(20);

        KlLedger ledger = spent.ledger();
        // two last steps of two responses, each 0.5 + 1 + 2 nats
        assertThat(ledger.totalNats()).isCloseTo(14, within(1e-12));
        assertThat(ledger.tokens()).isEqualTo(12);
        for (List<KlLedger.Entry> account : List.of(ledger.byToken(), ledger.byPosition(), ledger.byPrompt())) {
            assertThat(account.stream().mapToDouble(KlLedger.Entry::nats).sum()).isCloseTo(14, within(1e-12));
        }
        assertThat(spent.last()).isEqualTo(new SpentKl.Steps(19, 20));
    }

    @Test
    void sharesOfStopFirstAndPunctuationAreOfTheTokensThatTheyName() {
        SpentKl spent = spent(20);

        assertThat(spent.firstTokenNats()).isCloseTo(4 * 0.5, within(1e-12));
        assertThat(spent.punctuationNats()).hasValueCloseTo(4.0, within(1e-12));
        assertThat(spent.lastTokenNats()).as("only the even response ended").isCloseTo(2 * 2, within(1e-12));
        assertThat(spent.share(7)).hasValueCloseTo(0.5, within(1e-12));
    }

    @Test
    void growthIsSplitIntoDearerTokensAndLongerResponses() {
        SpentKl spent = spent(20);

        // first steps: 2 tokens of 0.25 each; last steps: 3 tokens of 3.5/3
        assertThat(spent.growth().orElseThrow().nats()).isCloseTo(3.5 - 0.5, within(1e-12));
        assertThat(spent.growth().orElseThrow().fromTokens()).isCloseTo((3.5 / 3 - 0.25) * 2.5, within(1e-12));
        assertThat(spent.growth().orElseThrow().fromLength()).isCloseTo((3.5 / 3 + 0.25) / 2, within(1e-12));
        assertThat(LedgerText.of(spent).get(0))
                .isEqualTo("From steps 1 to 2 to steps 19 to 20, KL rose by 3 nats per response: +2.29 because each"
                        + " token costs more, +0.708 because responses are longer.");
    }

    @Test
    void theSentenceNamesSharesAndTheMostCostlyTokens() {
        assertThat(LedgerText.of(spent(20)).get(1))
                .isEqualTo("In steps 19 to 20, 12 tokens cost 14 nats (k1): stop tokens 28.6 %, first tokens 14.3 %,"
                        + " punctuation 28.6 %. Most costly: “</s>” 57.1 %, “!” 28.6 %, “␣great” 14.3 %.");
    }

    @Test
    void withoutTextsTokensAreCalledByTheirIds() {
        SpentKl spent = write(1, false);

        assertThat(spent.token(7)).isEqualTo("id 7");
        assertThat(spent.punctuationNats()).isEmpty();
        assertThat(LedgerText.of(spent))
                .singleElement()
                .asString()
                .contains("id 9 57.1 %")
                .doesNotContain("punctuation");
    }

    @Test
    void aRunOfOneStepHasNoGrowth() {
        SpentKl spent = write(1, true);

        assertThat(spent.growth()).isEmpty();
        assertThat(spent.before()).isEmpty();
    }

    @Test
    void aKlOfNothingHasNoShares() {
        Path file = folder.resolve("samples.jsonl");
        try (SampleWriter writer = SampleWriter.create(file)) {
            writer.append(sample(1, 0, new double[] {0, 0, 0}, true));
        }

        SpentKl spent = SpentKlReader.read(file, 1).orElseThrow();

        assertThat(spent.share(1)).isEmpty();
        assertThat(LedgerText.of(spent)).containsExactly("In step 1, 3 tokens cost 0 nats (k1): nothing to share out.");
    }

    @Test
    void samplesThatCountNothingAreNoLedger() {
        Path file = folder.resolve("samples.jsonl");
        try (SampleWriter writer = SampleWriter.create(file)) {
            writer.append(new SampleRecord(
                    1,
                    0,
                    "p",
                    "",
                    new int[] {1},
                    new int[0],
                    new double[0],
                    new double[0],
                    new boolean[0],
                    0,
                    "ended",
                    0));
        }

        assertThat(SpentKlReader.read(file, 1)).isEmpty();
        assertThat(SpentKlReader.read(file, 0)).isEmpty();
    }

    private SpentKl spent(int steps) {
        return write(steps, true);
    }

    private SpentKl write(int steps, boolean texts) {
        Path file = folder.resolve("samples.jsonl");
        try (SampleWriter writer = SampleWriter.create(file)) {
            for (int step = 1; step <= steps; step++) {
                boolean early = steps > 1 && step <= 2;
                for (int i = 0; i < 2; i++) {
                    double[] nats = early ? new double[] {0.25, 0.25} : new double[] {0.5, 1, 2};
                    writer.append(sample(step, i, nats, texts));
                }
            }
        }
        return SpentKlReader.read(file, steps).orElseThrow();
    }

    private static SampleRecord sample(int step, int index, double[] nats, boolean texts) {
        int n = nats.length;
        int[] ids = {7, 8, 9};
        double[] logprobs = new double[n];
        double[] refLogprobs = new double[n];
        boolean[] mask = new boolean[n];
        for (int t = 0; t < n; t++) {
            mask[t] = true;
            logprobs[t] = -0.5;
            refLogprobs[t] = -0.5 - nats[t];
        }
        List<String> tokens = List.of(" great", "!", "</s>").subList(0, n);
        return new SampleRecord(
                step,
                index,
                "prompt " + index,
                " great!",
                new int[] {1},
                Arrays.copyOf(ids, n),
                logprobs,
                refLogprobs,
                mask,
                0,
                index == 0 ? "ended" : "truncated",
                0,
                Optional.empty(),
                texts ? Optional.of(tokens) : Optional.empty());
    }
}
