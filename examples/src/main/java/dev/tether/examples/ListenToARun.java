package dev.tether.examples;

import dev.tether.cli.train.TrainingSession;
import dev.tether.run.journal.Finding;
import dev.tether.run.journal.StepRecord;
import dev.tether.run.settings.RunSettings;
import dev.tether.trainer.loop.RunListener;
import dev.tether.trainer.loop.RunOutcome;
import dev.tether.trainer.loop.StepResult;
import java.nio.file.Path;

/**
 * Lesson 2: a whole run with its directory, as {@code tether train} makes it, and a listener that is told what happens
 * while it happens. Here it prints, and ends the run early once the policy has gone far enough from its reference.
 */
public final class ListenToARun {
    private ListenToARun() {}

    public static void main(String[] args) {
        RunSettings settings = RunSettings.defaults()
                .with("steps=6", "prompts.batch_size=8", "update.minibatches=2", "checkpoints.every_steps=2");
        FarEnough farEnough = new FarEnough(Double.parseDouble(args[1]));
        TrainingSession.train(settings, Path.of(args[0]), farEnough::isReached, new Printing(), farEnough);
    }

    /** Overrides what it wants to hear of; everything else is left as it is. */
    private static final class Printing implements RunListener {
        @Override
        public void stepped(StepResult result) {
            StepRecord step = result.record();
            System.out.printf(
                    "step %d: score %.2f, beta %.3f%n",
                    step.step(),
                    step.score().orElseThrow().mean(),
                    step.klCoef().orElseThrow());
        }

        @Override
        public void found(Finding finding) {
            System.out.printf("%s %s: %s%n", finding.severity(), finding.code(), finding.sentence());
        }

        @Override
        public void checkpointed(int step, Path checkpoint) {
            System.out.printf("checkpoint %s%n", checkpoint.getFileName());
        }

        @Override
        public void ended(RunOutcome outcome) {
            System.out.printf("%s after %d steps%n", outcome.kind(), outcome.steps());
        }
    }

    /** A listener that is asked, too: what it has seen decides when to stop. An exception would not end the run. */
    private static final class FarEnough implements RunListener {
        private final double natsPerSequence;
        private double last;

        FarEnough(double natsPerSequence) {
            this.natsPerSequence = natsPerSequence;
        }

        @Override
        public void stepped(StepResult result) {
            last = result.referenceKl().natsPerSequence();
        }

        boolean isReached() {
            return last >= natsPerSequence;
        }
    }
}
