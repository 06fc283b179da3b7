package dev.tether.trainer.rollout;

import dev.tether.core.kl.ResponseMask;
import dev.tether.run.InputException;
import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.model.TruncatedLogprobs;
import dev.tether.trainer.parallel.PeerException;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.reward.Rewards;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Lets the policy answer prompts, and measures the answers: logprobs, reference logprobs, values, scores. */
public final class RolloutCollector {
    private final PolicyReader policy;
    private final ReferenceModel reference;
    private final Rewards rewards;
    private final Tokenizer tokenizer;
    private final Sampling sampling;
    private final Optional<BeltProbe> truncation;

    /**
     * A collector for one run.
     *
     * @param truncation reads what both models say within what top-k and top-p left; given where the belt is to read that
     */
    public RolloutCollector(
            PolicyReader policy,
            ReferenceModel reference,
            Rewards rewards,
            Tokenizer tokenizer,
            Sampling sampling,
            Optional<BeltProbe> truncation) {
        this.policy = policy;
        this.reference = reference;
        this.rewards = rewards;
        this.tokenizer = tokenizer;
        this.sampling = sampling;
        this.truncation = truncation;
    }

    /** The rollout of step {@code step}; {@code stopwatch} is told how long each phase took. */
    public Rollout collect(int step, List<Prompt> prompts, long samplingSeed, Stopwatch stopwatch) {
        Rollout unscored = unscored(
                prompts,
                samplingSeed,
                stopwatch,
                (tokens, generation) -> policy.read(step, tokens, generation, evaluationTemperature()));
        List<Episode> episodes = unscored.episodes();
        List<Rollout.PartScores> parts = stopwatch.time(Stopwatch.Phase.REWARD, () -> partScores(step, episodes));
        Optional<double[]> gold = stopwatch.time(
                Stopwatch.Phase.REWARD,
                () -> rewards.gold().map(model -> scores("gold reward", model, step, episodes)));
        return unscored.with(weighted(parts, episodes.size()), gold, parts.size() > 1 ? parts : List.of());
    }

    /**
     * A rollout whose scores are all 0: the user's reward is not called for a measurement. A measurement of the belt is of
     * what the trainer itself computes, so the sampler's word is not taken.
     */
    public Rollout unscored(List<Prompt> prompts, long samplingSeed, Stopwatch stopwatch) {
        return unscored(
                prompts,
                samplingSeed,
                stopwatch,
                (tokens, generation) -> policy.recomputed(tokens, evaluationTemperature()));
    }

    private Rollout unscored(
            List<Prompt> prompts,
            long samplingSeed,
            Stopwatch stopwatch,
            BiFunction<TokenBatch, Generation, PolicyReading> reader) {
        int[][] promptIds = prompts.stream().map(Prompt::ids).toArray(int[][]::new);
        Generation generation = stopwatch.time(
                Stopwatch.Phase.GENERATION, () -> policy.policy().generate(promptIds, sampling, samplingSeed));
        TokenBatch tokens = new TokenBatch(promptIds, generation.responses(), generation.responseMask());
        PolicyReading reading = stopwatch.time(Stopwatch.Phase.EVALUATION, () -> reader.apply(tokens, generation));
        double[][] refLogprobs =
                stopwatch.time(Stopwatch.Phase.REFERENCE, () -> reference.logprobs(tokens, evaluationTemperature()));
        Optional<TruncatedLogprobs> truncated = stopwatch.time(
                Stopwatch.Phase.REFERENCE, () -> truncation.map(probe -> probe.truncatedLogprobs(tokens, sampling)));
        return new Rollout(
                episodes(prompts, generation),
                tokens,
                generation.stopReasons(),
                generation.rolloutLogprobs(),
                reading,
                refLogprobs,
                truncated,
                new double[tokens.sequences()],
                Optional.empty(),
                List.of());
    }

    /** Policy and reference are read at the temperature that was sampled at, so that both sides play the same game. */
    public double evaluationTemperature() {
        return sampling.temperature() > 0 ? sampling.temperature() : 1;
    }

    private List<Episode> episodes(List<Prompt> prompts, Generation generation) {
        List<Episode> episodes = new ArrayList<>(prompts.size());
        for (int b = 0; b < prompts.size(); b++) {
            int[] response = counted(generation.responses()[b], generation.responseMask(), b);
            episodes.add(new Episode(
                    prompts.get(b).text(),
                    tokenizer.decodeAfter(prompts.get(b).ids(), response),
                    prompts.get(b).ids(),
                    response,
                    generation.stopReasons()[b]));
        }
        return episodes;
    }

    private static int[] counted(int[] ids, ResponseMask mask, int sequence) {
        int[] counted = new int[mask.counted(sequence)];
        int n = 0;
        for (int t = 0; t < ids.length; t++) {
            if (mask.counts(sequence, t)) {
                counted[n++] = ids[t];
            }
        }
        return counted;
    }

    private List<Rollout.PartScores> partScores(int step, List<Episode> episodes) {
        boolean several = rewards.parts().size() > 1;
        List<Rollout.PartScores> parts = new ArrayList<>();
        for (Rewards.Part part : rewards.parts()) {
            String name = several ? "reward " + part.source() : "reward";
            parts.add(new Rollout.PartScores(part.source(), part.weight(), scores(name, part.model(), step, episodes)));
        }
        return parts;
    }

    private static double[] weighted(List<Rollout.PartScores> parts, int episodes) {
        double[] sums = new double[episodes];
        for (Rollout.PartScores part : parts) {
            for (int b = 0; b < episodes; b++) {
                sums[b] += part.weight() * part.scores()[b];
            }
        }
        return sums;
    }

    /** The user's reward is code of the user's: what it throws and what it returns is theirs to mend. */
    private static double[] scores(String what, RewardModel model, int step, List<Episode> episodes) {
        double[] scores;
        try {
            scores = model.score(episodes);
        } catch (InputException | PeerException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new InputException("the " + what + " failed at step " + step + ": " + e, e);
        }
        if (scores.length != episodes.size()) {
            throw new InputException("the " + what + " returned " + scores.length + " scores for " + episodes.size()
                    + " responses at step " + step + ": one per response is needed");
        }
        for (int b = 0; b < scores.length; b++) {
            if (!Double.isFinite(scores[b])) {
                throw new InputException("the " + what + " returned " + scores[b] + " for sample " + b + " of step "
                        + step + ", a score must be finite; its response begins \"" + excerpt(episodes.get(b)) + "\"");
            }
        }
        return scores;
    }

    private static String excerpt(Episode episode) {
        String text = episode.response().replaceAll("\\s+", " ").strip();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
