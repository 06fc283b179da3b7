package dev.tether.cli.pretrain;

import dev.tether.torch.pretrain.FineTuneSettings;
import dev.tether.torch.pretrain.PretrainObserver;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows a fine-tuning while it goes: some thirty lines in all, each the mean since the line before. */
final class FineTuneProgress implements PretrainObserver {
    private static final int LINES = 30;

    private final PrintWriter out;
    private final FineTuneSettings settings;
    private final LongSupplier nanoClock;
    private int steps;
    private long lineBegun;
    private int lineSteps;
    private double lineLoss;
    private long lineTokens;

    FineTuneProgress(PrintWriter out, FineTuneSettings settings, LongSupplier nanoClock) {
        this.out = out;
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    @Override
    public void started(Start start) {
        steps = settings.steps(start.documents());
        say(String.format(
                Locale.ROOT,
                "%,d demonstrations (%,d tokens), %,d held out; %,d weights",
                start.documents(),
                start.tokens(),
                start.heldOut(),
                start.parameters()));
        say("  step      loss  learning rate  gradient  learned tokens/s");
        newLine();
    }

    @Override
    public void stepped(Step step) {
        lineSteps++;
        lineLoss += step.loss();
        lineTokens += step.tokens();
        if (step.step() == steps || step.step() % Math.max(1, steps / LINES) == 0) {
            say(String.format(
                    Locale.ROOT,
                    "%6d  %8.4f  %13.7f  %8.3f  %16.0f",
                    step.step(),
                    lineLoss / lineSteps,
                    step.learningRate(),
                    step.gradientNorm(),
                    lineTokens / ((nanoClock.getAsLong() - lineBegun) / 1e9)));
            newLine();
        }
    }

    private void newLine() {
        lineBegun = nanoClock.getAsLong();
        lineSteps = 0;
        lineLoss = 0;
        lineTokens = 0;
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }
}
