package dev.tether.trainer.loop;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;
import dev.tether.run.journal.SampleRecord;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The samples of one step, as {@code samples.jsonl} keeps them: trailing padding cut off. */
final class StepSamples {
    private final Tokenizer tokenizer;
    private final Sampling sampling;
    private final Map<Integer, String> texts = new HashMap<>();

    StepSamples(Tokenizer tokenizer, Sampling sampling) {
        this.tokenizer = tokenizer;
        this.sampling = sampling;
    }

    List<SampleRecord> of(StepResult result) {
        List<SampleRecord> samples = new ArrayList<>();
        for (int b = 0; b < result.rollout().sequences(); b++) {
            SampleRecord sample = withSamplingLogprobs(sample(result, b), result.rollout(), b);
            samples.add(sample.withResponseTokens(tokens(sample.responseIds())));
        }
        return samples;
    }

    private List<String> tokens(int[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> texts.computeIfAbsent(id, tokenizer::tokenText))
                .toList();
    }

    /** Kept where the sampler's distribution was not the policy's own. */
    private SampleRecord withSamplingLogprobs(SampleRecord sample, Rollout rollout, int b) {
        return sampling.isTruncated()
                ? sample.withSamplingLogprobs(Arrays.copyOf(rollout.rolloutLogprobs()[b], sample.responseIds().length))
                : sample;
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
