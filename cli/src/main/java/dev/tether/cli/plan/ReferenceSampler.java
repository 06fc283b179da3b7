package dev.tether.cli.plan;

import dev.tether.cli.model.ModelNames;
import dev.tether.cli.model.OpenRewards;
import dev.tether.cli.model.PromptFiles;
import dev.tether.core.reward.ScoreShaping;
import dev.tether.run.InputException;
import dev.tether.run.settings.GenerationSettings;
import dev.tether.run.settings.RewardSettings;
import dev.tether.run.settings.RunSettings;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.reward.Episode;
import dev.tether.trainer.reward.Rewards;
import dev.tether.trainer.rollout.Prompt;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.PromptReader;
import dev.tether.trainer.rollout.PromptSource;
import dev.tether.trainer.rollout.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** Lets the reference answer prompts many times, and scores the answers as training would. */
public final class ReferenceSampler {
    /** Answers that are generated at once: more need memory and are no faster on a processor. */
    private static final int BATCH = 64;

    private final RunSettings settings;
    private final int prompts;
    private final int samplesPerPrompt;

    /** The first {@code prompts} prompts that a run with these settings would draw, each answered that many times. */
    public ReferenceSampler(RunSettings settings, int prompts, int samplesPerPrompt) {
        this.settings = settings;
        this.prompts = prompts;
        this.samplesPerPrompt = samplesPerPrompt;
    }

    /** Draws them; {@code progress} is told how many there are already. */
    public ScoredSamples draw(IntConsumer progress) {
        String model = settings.model().reference().orElse(settings.model().policy());
        Path directory = ModelNames.directory(model);
        try (OpenRewards rewards = new OpenRewards(settings, directory)) {
            return draw(model, directory, rewards.rewards(), progress);
        }
    }

    private ScoredSamples draw(String model, Path directory, Rewards rewards, IntConsumer progress) {
        PromptFile file = PromptFiles.read(settings.prompts());
        TorchEngine.start(settings.threads(), settings.model().device());
        Tokenizer tokenizer = LanguageModels.openTokenizer(directory);
        List<ScoredSamples.Row> rows = new ArrayList<>();
        try (PolicyModel reference = LanguageModels.openPolicy(directory, ModelSettings.inference())) {
            List<Prompt> all = chosen(
                    file,
                    PromptFiles.reader(file, settings.prompts(), directory, tokenizer),
                    reference.contextLength());
            for (List<Prompt> asked : batches(all)) {
                long seed = new Seeds(settings.seed()).of(Seeds.Purpose.SAMPLING, 0, rows.size());
                rows.addAll(answers(reference, tokenizer, rewards, asked, seed));
                progress.accept(rows.size());
            }
        }
        return new ScoredSamples(model, rows);
    }

    /** Whole prompts together where their answers fit into a batch, else a prompt's answers in several. */
    private List<List<Prompt>> batches(List<Prompt> all) {
        int together = Math.max(1, BATCH / samplesPerPrompt);
        List<List<Prompt>> batches = new ArrayList<>();
        for (int first = 0; first < all.size(); first += together) {
            List<Prompt> asked = new ArrayList<>();
            all.subList(first, Math.min(all.size(), first + together))
                    .forEach(prompt -> asked.addAll(Collections.nCopies(samplesPerPrompt, prompt)));
            for (int from = 0; from < asked.size(); from += BATCH) {
                batches.add(asked.subList(from, Math.min(asked.size(), from + BATCH)));
            }
        }
        return batches;
    }

    private List<Prompt> chosen(PromptFile file, PromptReader reader, int contextLength) {
        List<Prompt> all = file
                .tokenized(reader, contextLength, settings.generation().maxNewTokens())
                .stream()
                .collect(Collectors.toMap(Prompt::text, prompt -> prompt, (one, same) -> one, LinkedHashMap::new))
                .values()
                .stream()
                .toList();
        PromptSource source = new PromptSource(
                all, PromptSource.Order.valueOf(settings.prompts().order().name()), new Seeds(settings.seed()));
        return source.draw(1, Math.min(prompts, all.size()));
    }

    private List<ScoredSamples.Row> answers(
            PolicyModel reference, Tokenizer tokenizer, Rewards rewards, List<Prompt> asked, long seed) {
        int[][] ids = asked.stream().map(Prompt::ids).toArray(int[][]::new);
        Generation generation = reference.generate(ids, sampling(), seed);
        List<Episode> episodes = new ArrayList<>();
        boolean[] ended = new boolean[ids.length];
        for (int b = 0; b < ids.length; b++) {
            int[] response = Arrays.copyOf(
                    generation.responses()[b], generation.responseMask().counted(b));
            ended[b] = generation.stopReasons()[b] == StopReason.ENDED;
            episodes.add(new Episode(
                    asked.get(b).text(),
                    tokenizer.decodeAfter(ids[b], response),
                    ids[b],
                    response,
                    generation.stopReasons()[b]));
        }
        double[] scores = scoreShaping().apply(rewards.total().score(episodes), ended);
        Optional<double[]> gold = rewards.gold().map(reward -> reward.score(episodes));
        List<ScoredSamples.Row> rows = new ArrayList<>();
        for (int b = 0; b < ids.length; b++) {
            requireFinite("reward", scores[b]);
            int row = b;
            OptionalDouble ofGold = gold.stream().mapToDouble(all -> all[row]).findFirst();
            ofGold.ifPresent(score -> requireFinite("gold reward", score));
            rows.add(new ScoredSamples.Row(
                    episodes.get(b).prompt(),
                    episodes.get(b).response(),
                    scores[b],
                    episodes.get(b).stopReason(),
                    asked.get(b).conversation(),
                    ofGold));
        }
        return rows;
    }

    private static void requireFinite(String who, double score) {
        if (!Double.isFinite(score)) {
            throw new InputException("the " + who + " returned " + score + " for a sample: a score must be finite");
        }
    }

    private Sampling sampling() {
        GenerationSettings generation = settings.generation();
        int[] stopIds = generation
                .stopIds()
                .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
                .orElse(new int[0]);
        return new Sampling(
                generation.maxNewTokens(), generation.temperature(), generation.topK(), generation.topP(), stopIds);
    }

    private ScoreShaping scoreShaping() {
        RewardSettings reward = settings.reward();
        return new ScoreShaping(
                reward.scale(),
                reward.shift(),
                reward.clip().orElse(Double.POSITIVE_INFINITY),
                reward.missingEosPenalty());
    }
}
