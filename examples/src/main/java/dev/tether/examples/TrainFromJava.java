package dev.tether.examples;

import dev.tether.run.settings.RunSettings;
import dev.tether.torch.LanguageModels;
import dev.tether.torch.ModelSettings;
import dev.tether.torch.ValueKind;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.TorchEngine;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.rollout.PromptSource;
import java.nio.file.Path;
import java.util.List;

/** Lesson 1: a reward in one line of Java, a model directory, and a policy that stays within two nats of where it began. */
public final class TrainFromJava {
    private TrainFromJava() {}

    public static void main(String[] args) {
        // readme:begin
        Path model = Path.of(args[0]);
        RunSettings settings = RunSettings.defaults().with("steps=5", "prompts.batch_size=8", "belt.target=2");
        RewardModel loud = episodes -> episodes.stream()
                .mapToDouble(e -> e.response().chars().filter(c -> c == '!').count())
                .toArray();

        TorchEngine.start(settings.threads());
        var tokenizer = LanguageModels.openTokenizer(model);
        var prompts = PromptSource.shuffled(List.of("One day", "There was"), tokenizer, settings.seed());
        try (var policy =
                        LanguageModels.openPolicy(model, new ModelSettings(ComputeType.FLOAT32, ValueKind.SHARED, 0));
                var reference = LanguageModels.openReference(model, ModelSettings.inference())) {
            var loop = new TrainingLoop(new TrainingParts(policy, reference, loud, tokenizer, prompts), settings);
            for (int step = 0; step < settings.steps(); step++) {
                StepResult result = loop.step();
                System.out.printf(
                        "score %.2f, KL %.3f ± %.3f nats per sequence%n",
                        result.record().score().orElseThrow().mean(),
                        result.referenceKl().natsPerSequence(),
                        result.referenceKl().seNatsPerSequence());
            }
        }
        // readme:end
    }
}
