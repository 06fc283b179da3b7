package dev.tether.cli.bench;

import dev.tether.cli.train.TokenTraining;
import dev.tether.run.InputException;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.StepResult;
import dev.tether.trainer.loop.TrainingLoop;
import dev.tether.trainer.loop.TrainingParts;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.reward.RewardModel;
import dev.tether.trainer.rollout.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs the training loop and looks at the clocks around it. */
final class BenchRun {
    private final BenchModel model;
    private final TokenPrompts prompts;
    private final RewardModel reward;
    private final Patience patience;
    private final Consumer<String> events;
    private final ProcessMeter meter = new ProcessMeter();

    /** @param events told the name of each stage when it is reached */
    BenchRun(BenchModel model, TokenPrompts prompts, RewardModel reward, Patience patience, Consumer<String> events) {
        this.model = model;
        this.prompts = prompts;
        this.reward = reward;
        this.patience = patience;
        this.events = events;
    }

    /** Whether responses end early. */
    enum Responses {
        /** All have the longest length allowed. */
        FULL,
        /** They end at random, half as long in the mean. */
        RAGGED
    }

    /** Measures; the ceilings are left to be measured when the models are closed. */
    Recording record(RunSettings settings, Responses responses) {
        int room = model.spec().contextLength() - settings.generation().maxNewTokens();
        if (prompts.longest() > room) {
            throw new InputException("a prompt of " + prompts.longest() + " tokens and a response of "
                    + settings.generation().maxNewTokens() + " do not fit into the model's context of "
                    + model.spec().contextLength() + " tokens");
        }
        try (TokenTraining training = TokenTraining.open(
                settings, model.directory(), model.tokenizer(), reward, prompts.source(settings.seed()))) {
            events.accept("models_loaded");
            TrainingParts parts = training.parts();
            RunSettings whole = responses == Responses.RAGGED ? ragged(settings, parts) : settings;
            double ready = sinceStart();
            firstToken(whole, parts);
            double firstToken = sinceStart();
            events.accept("first_token");
            return record(whole, parts, ready, firstToken);
        }
    }

    private static double sinceStart() {
        return System.currentTimeMillis() / 1e3 - ProcessMeter.startedAt();
    }

    private Recording record(RunSettings settings, TrainingParts parts, double ready, double firstToken) {
        TrainingLoop loop = new TrainingLoop(parts, settings);
        TrainingFlops flops = new TrainingFlops(model.spec());
        List<BenchStep> steps = new ArrayList<>();
        double endOfFirst = 0;
        events.accept("ready");
        double begun = System.nanoTime() / 1e9;
        while (steps.size() < settings.steps() && !patience.isOver(steps, System.nanoTime() / 1e9 - begun)) {
            ProcessMeter.Reading before = meter.read();
            StepResult result = loop.step();
            ProcessMeter.Reading after = meter.read();
            if (steps.isEmpty()) {
                endOfFirst = sinceStart();
                events.accept("first_step_done");
            }
            steps.add(step(result, before, after, work(settings, flops, result)));
        }
        return new Recording(
                List.copyOf(steps),
                patience,
                settings,
                model.spec(),
                prompts.longest(),
                new Recording.StartUp(ready, firstToken, endOfFirst),
                meter.peakMebibytes(),
                List.of());
    }

    private static BenchStep step(
            StepResult result, ProcessMeter.Reading before, ProcessMeter.Reading after, BenchStep.Work work) {
        double seconds = after.seconds() - before.seconds();
        double others = after.busy() - before.busy() - (after.cpu() - before.cpu());
        TokenBatch tokens = result.rollout().tokens();
        return new BenchStep(
                seconds,
                result.phaseSeconds(),
                Math.max(0, after.delay() - before.delay()) / seconds,
                Math.max(0, others) / seconds,
                after.heapBytes() - before.heapBytes(),
                Math.toIntExact(tokens.responseMask().counted()),
                tokens.responseWidth(),
                result.record().oldLogprobs().orElseThrow(),
                BenchStep.Learned.of(result),
                work);
    }

    private static BenchStep.Work work(RunSettings settings, TrainingFlops flops, StepResult result) {
        TokenBatch tokens = result.rollout().tokens();
        var parts = TrainingFlops.Part.of(settings);
        double generation = 0;
        double update = 0;
        for (int b = 0; b < tokens.sequences(); b++) {
            int prompt = tokens.prompts()[b].length;
            int response = tokens.responseMask().counted(b);
            generation += flops.forward(prompt, response);
            update += flops.update(prompt, response, parts);
        }
        return new BenchStep.Work(generation, update * settings.update().epochs());
    }

    /** One token for each prompt of the first step: the loop itself only tells of whole responses. */
    private static void firstToken(RunSettings settings, TrainingParts parts) {
        parts.policy().generate(firstPrompts(settings, parts), sampling(settings, 1), settings.seed());
    }

    private static Sampling sampling(RunSettings settings, int tokens) {
        var g = settings.generation();
        return new Sampling(tokens, g.temperature(), g.topK(), g.topP(), new int[0]);
    }

    private static int[][] firstPrompts(RunSettings settings, TrainingParts parts) {
        int answers = settings.answersPerPrompt();
        return parts.prompts().draw(1, settings.prompts().batchSize() / answers).stream()
                .map(Prompt::ids)
                .flatMap(ids -> Collections.nCopies(answers, ids).stream())
                .toArray(int[][]::new);
    }

    private RunSettings ragged(RunSettings settings, TrainingParts parts) {
        int[][] full = parts.policy()
                .generate(
                        firstPrompts(settings, parts),
                        sampling(settings, settings.generation().maxNewTokens()),
                        settings.seed())
                .responses();
        int[] stops = RaggedStops.choose(full, model.spec().vocabularySize(), settings.seed());
        return settings.with("generation.stop_ids="
                + Arrays.stream(stops).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]")));
    }
}
