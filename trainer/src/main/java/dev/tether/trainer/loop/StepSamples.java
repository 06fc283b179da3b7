package dev.tether.trainer.loop;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.journal.SampleRecord;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The samples of one step, as {@code samples.jsonl} keeps them: trailing padding cut off. */
final class StepSamples {
    private StepSamples() {}

    static List<SampleRecord> of(StepResult result) {
        List<SampleRecord> samples = new ArrayList<>();
        for (int b = 0; b < result.rollout().sequences(); b++) {
            samples.add(sample(result, b));
        }
        return samples;
    }

    private static SampleRecord sample(StepResult result, int b) {
        Rollout rollout = result.rollout();
        ResponseMask mask = rollout.responseMask();
        int length = mask.lastCounted(b) + 1;
        boolean[] counts = new boolean[length];
        double kl = 0;
        double[] logprobs = Arrays.copyOf(rollout.evaluation().logprobs()[b], length);
        double[] refLogprobs = Arrays.copyOf(rollout.refLogprobs()[b], length);
        for (int t = 0; t < length; t++) {
            counts[t] = mask.counts(b, t);
            kl += counts[t] ? KlEstimator.K1.natsAt(logprobs[t] - refLogprobs[t]) : 0;
        }
        Episode episode = rollout.episodes().get(b);
        return new SampleRecord(
                result.record().step(),
                b,
                episode.prompt(),
                episode.response(),
                episode.promptIds(),
                Arrays.copyOf(rollout.tokens().responses()[b], length),
                logprobs,
                refLogprobs,
                counts,
                rollout.scores()[b],
                episode.stopReason().name().toLowerCase(Locale.ROOT),
                kl);
    }
}
