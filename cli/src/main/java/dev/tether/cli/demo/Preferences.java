package dev.tether.cli.demo;

import dev.tether.cli.builtin.BuiltInModels;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.Tokenizer;
import dev.tether.trainer.preference.Annotator;
import dev.tether.trainer.preference.PreferencePair;
import dev.tether.trainer.rollout.PromptFile;
import dev.tether.trainer.rollout.Seeds;
import dev.tether.trainer.world.ReviewGold;
import dev.tether.trainer.world.ReviewGrammar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Pairs of the built-in model's own answers, compared by an annotator who cares for quality and loves exclamation marks. */
final class Preferences {
    /** Sharp enough to learn from, blurred enough to be wrong one time in four. */
    private static final Annotator ANNOTATOR = new Annotator(4, 0.4);

    private static final int BATCH = 64;
    private static final int MAX_NEW_TOKENS = 48;

    private Preferences() {}

    static List<PreferencePair> draw(int count, long seed) {
        ReviewGold gold = new ReviewGold(ReviewGrammar.standard());
        Path directory = BuiltInModels.inUsersCache().directory("reviews");
        Tokenizer tokenizer = LanguageModels.openTokenizer(directory);
        List<String> texts = PromptFile.read(BuiltInModels.inUsersCache().prompts("reviews")).prompts().stream()
                .map(PromptFile.Line::text)
                .toList();
        SplittableRandom random = new SplittableRandom(seed);
        List<PreferencePair> pairs = new ArrayList<>();
        try (PolicyModel model = LanguageModels.openPolicy(directory, ModelSettings.inference())) {
            while (pairs.size() < count) {
                List<String> prompts = new ArrayList<>();
                for (int i = 0; i < BATCH / 2; i++) {
                    String prompt = texts.get(random.nextInt(texts.size()));
                    prompts.add(prompt);
                    prompts.add(prompt);
                }
                List<Annotator.Answer> answers = answers(
                        model, tokenizer, gold, prompts, new Seeds(seed).of(Seeds.Purpose.SAMPLING, 0, pairs.size()));
                for (int i = 0; i < BATCH && pairs.size() < count; i += 2) {
                    pairs.add(ANNOTATOR.compare(prompts.get(i), answers.get(i), answers.get(i + 1), random));
                }
            }
        }
        return pairs;
    }

    private static List<Annotator.Answer> answers(
            PolicyModel model, Tokenizer tokenizer, ReviewGold gold, List<String> prompts, long seed) {
        int[][] ids = prompts.stream().map(tokenizer::encode).toArray(int[][]::new);
        Generation generation = model.generate(ids, new Sampling(MAX_NEW_TOKENS, 1, 0, 1, new int[0]), seed);
        List<Annotator.Answer> answers = new ArrayList<>();
        for (int b = 0; b < ids.length; b++) {
            int[] response = Arrays.copyOf(
                    generation.responses()[b], generation.responseMask().counted(b));
            String text = tokenizer.decodeAfter(ids[b], response);
            answers.add(new Annotator.Answer(text, gold.of(prompts.get(b), text)));
        }
        return answers;
    }
}
