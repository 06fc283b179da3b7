package dev.tether.run.report;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.KlGrowth;
import dev.tether.core.kl.KlLedger;
import dev.tether.core.kl.KlSummary;
import dev.tether.core.kl.KlType;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.journal.SampleReader;
import dev.tether.run.journal.SampleRecord;
import dev.tether.run.report.SpentKl.Steps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Reads the samples of a run's first and last tenth, in one pass; a long run's tenths are no longer than 20 steps. */
final class SpentKlReader {
    private static final int LONGEST = 20;
    private static final String ENDED = "ended";
    private static final Pattern PUNCTUATION = Pattern.compile("[\\p{Punct}\\p{IsPunctuation}]+");

    /** Samples of a few steps with what each token cost. */
    private static final class Batch {
        private final List<SampleRecord> samples = new ArrayList<>();
        private final List<double[]> nats = new ArrayList<>();
        private final List<Integer> prompts = new ArrayList<>();

        ResponseMask mask() {
            return ResponseMask.of(samples.stream().map(SampleRecord::mask).toArray(boolean[][]::new));
        }

        double[][] natsPerToken() {
            return nats.toArray(double[][]::new);
        }

        KlLedger ledger() {
            return KlLedger.of(
                    natsPerToken(),
                    mask(),
                    samples.stream().map(SampleRecord::responseIds).toArray(int[][]::new),
                    prompts.stream().mapToInt(Integer::intValue).toArray());
        }

        KlSummary summary() {
            return KlSummary.of(KlType.reference(KlEstimator.K1), natsPerToken(), mask());
        }
    }

    private final Steps first;
    private final Steps last;
    private final Batch beginning = new Batch();
    private final Batch end = new Batch();
    private final Map<String, Integer> prompts = new LinkedHashMap<>();
    private final Map<Long, String> texts = new LinkedHashMap<>();
    private double lastTokenNats;
    private double punctuationNats;

    private SpentKlReader(long steps) {
        long tenth = Math.max(1, Math.min(LONGEST, steps / 10));
        this.first = new Steps(1, tenth);
        this.last = new Steps(steps - tenth + 1, steps);
    }

    /**
     * Of a run of so many steps; empty where no token of its last steps counts.
     *
     * @throws dev.tether.run.InputException where the file cannot be read
     */
    static Optional<SpentKl> read(Path samples, long steps) {
        if (steps < 1) {
            return Optional.empty();
        }
        SpentKlReader reader = new SpentKlReader(steps);
        try (SampleReader rows = SampleReader.open(samples)) {
            for (var row = rows.next(); row.isPresent(); row = rows.next()) {
                reader.see(row.get());
            }
        }
        return reader.spent();
    }

    private void see(SampleRecord sample) {
        if (last.contains(sample.step())) {
            add(end, sample);
            book(sample);
        }
        if (first.contains(sample.step()) && !first.equals(last)) {
            add(beginning, sample);
        }
    }

    private void add(Batch batch, SampleRecord sample) {
        double[] nats = nats(sample);
        batch.samples.add(sample);
        batch.nats.add(nats);
        batch.prompts.add(prompts.computeIfAbsent(sample.prompt(), prompt -> prompts.size()));
    }

    private static double[] nats(SampleRecord sample) {
        double[] nats = new double[sample.mask().length];
        for (int t = 0; t < nats.length; t++) {
            nats[t] = sample.mask()[t] ? sample.logprobs()[t] - sample.refLogprobs()[t] : 0;
        }
        return nats;
    }

    private void book(SampleRecord sample) {
        double[] nats = nats(sample);
        int lastCounted = -1;
        for (int t = 0; t < nats.length; t++) {
            if (sample.mask()[t]) {
                lastCounted = t;
                bookText(sample, t, nats[t]);
            }
        }
        lastTokenNats += lastCounted >= 0 && sample.stopReason().equals(ENDED) ? nats[lastCounted] : 0;
    }

    private void bookText(SampleRecord sample, int t, double nats) {
        sample.responseTokens().ifPresent(tokens -> {
            texts.put((long) sample.responseIds()[t], tokens.get(t));
            String bare = tokens.get(t).replace('▁', ' ').strip();
            punctuationNats += PUNCTUATION.matcher(bare).matches() ? nats : 0;
        });
    }

    private Optional<SpentKl> spent() {
        if (!counts(end)) {
            return Optional.empty();
        }
        boolean twoEnds = counts(beginning);
        return Optional.of(new SpentKl(
                first,
                last,
                twoEnds ? Optional.of(beginning.ledger()) : Optional.empty(),
                end.ledger(),
                twoEnds ? Optional.of(KlGrowth.between(beginning.summary(), end.summary())) : Optional.empty(),
                lastTokenNats,
                texts.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(punctuationNats),
                List.copyOf(prompts.keySet()),
                Map.copyOf(texts)));
    }

    private static boolean counts(Batch batch) {
        return batch.samples.stream().anyMatch(SpentKlReader::counts);
    }

    private static boolean counts(SampleRecord sample) {
        for (boolean counted : sample.mask()) {
            if (counted) {
                return true;
            }
        }
        return false;
    }
}
