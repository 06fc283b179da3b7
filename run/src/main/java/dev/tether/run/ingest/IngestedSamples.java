package dev.tether.run.ingest;

import dev.tether.core.kl.KlEstimator;
import dev.tether.run.journal.SampleRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The sequences of a told step that say something, as {@code samples.jsonl} keeps them: trailing padding cut off. */
final class IngestedSamples {
    private IngestedSamples() {}

    static List<SampleRecord> of(IngestedStep step) {
        List<SampleRecord> samples = new ArrayList<>();
        for (int b = 0; b < step.sequences().size(); b++) {
            IngestedSequence sequence = step.sequences().get(b);
            if (sequence.text().isTold()) {
                samples.add(sample(step.step(), b, sequence));
            }
        }
        return samples;
    }

    private static SampleRecord sample(long step, int index, IngestedSequence sequence) {
        int length = sequence.length();
        SequenceText text = sequence.text();
        double[] logprobs = Arrays.copyOf(sequence.logprobs(), length);
        double[] refLogprobs = Arrays.copyOf(sequence.refLogprobs(), length);
        double kl = 0;
        for (int t = 0; t < length; t++) {
            kl += sequence.mask()[t] ? KlEstimator.K1.natsAt(logprobs[t] - refLogprobs[t]) : 0;
        }
        return new SampleRecord(
                step,
                index,
                text.prompt().orElse(""),
                text.responseText(),
                text.promptIds().orElse(new int[0]),
                Arrays.copyOf(text.ids(sequence.mask().length), length),
                logprobs,
                refLogprobs,
                Arrays.copyOf(sequence.mask(), length),
                sequence.score(),
                stopReason(sequence.ended()),
                kl,
                Optional.empty(),
                text.responseTokens().map(tokens -> tokens.subList(0, length)));
    }

    private static String stopReason(Optional<Boolean> ended) {
        return ended.map(byItself -> byItself ? "ended" : "truncated").orElse("unknown");
    }
}
