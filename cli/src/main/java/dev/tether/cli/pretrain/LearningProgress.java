package dev.tether.cli.pretrain;

import dev.tether.torch.pretrain.PretrainObserver;
import dev.tether.torch.pretrain.PretrainReport;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/** Shows a learning while it goes: some fifty lines in all, each the mean since the line before. */
final class LearningProgress implements PretrainObserver {
    private static final int LINES = 50;

    private final PrintWriter out;
    private final String what;
    private final IntUnaryOperator stepsOf;
    private final LongSupplier nanoClock;
    private int steps;
    private long begun;
    private long lineBegun;
    private int lineSteps;
    private double lineLoss;
    private long lineTokens;

    /**
     * @param what is learned from, such as "documents"
     * @param stepsOf how many steps so many of them make
     */
    LearningProgress(PrintWriter out, String what, IntUnaryOperator stepsOf, LongSupplier nanoClock) {
        this.out = out;
        this.what = what;
        this.stepsOf = stepsOf;
        this.nanoClock = nanoClock;
    }

    @Override
    public void started(Start start) {
        steps = stepsOf.applyAsInt(start.documents());
        say(String.format(
                Locale.ROOT,
                "%,d %s (%,d tokens), %,d held out; vocabulary %,d, %,d weights",
                start.documents(),
                what,
                start.tokens(),
                start.heldOut(),
                start.vocabulary(),
                start.parameters()));
        say("  step      loss  learning rate  gradient  tokens/s   left");
        begun = nanoClock.getAsLong();
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
                    "%6d  %8.4f  %13.7f  %8.3f  %8.0f  %5s",
                    step.step(),
                    lineLoss / lineSteps,
                    step.learningRate(),
                    step.gradientNorm(),
                    lineTokens / seconds(lineBegun),
                    duration(seconds(begun) / step.step() * (steps - step.step()))));
            newLine();
        }
    }

    void finished(PretrainReport report) {
        say(String.format(
                Locale.ROOT,
                "%d steps in %s; held out: %,d documents, perplexity %.4f, %.4f nats per token, %.3f nats per document",
                report.steps(),
                duration(seconds(begun)),
                report.heldOut().size(),
                report.perplexity(),
                report.natsPerToken(),
                report.natsPerDocument()));
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    private void newLine() {
        lineBegun = nanoClock.getAsLong();
        lineSteps = 0;
        lineLoss = 0;
        lineTokens = 0;
    }

    private double seconds(long since) {
        return Math.max(1e-9, (nanoClock.getAsLong() - since) / 1e9);
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
