package dev.tether.cli.preference;

import dev.tether.run.report.PreferencePage;
import dev.tether.torch.reward.RewardObserver;
import dev.tether.trainer.preference.PairReader;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how a reward model learns, and keeps it for the report. */
final class RewardProgress implements RewardObserver {
    private static final int LINES = 30;

    private final PrintWriter out;
    private final int steps;
    private final LongSupplier nanoClock;
    private final List<PreferencePage.Learned> learned = new ArrayList<>();
    private final List<PreferencePage.Measured> measured = new ArrayList<>();
    private final long begun;
    private int lineFirst;
    private long lineBegun;
    private long lineTokens;
    private long tokens;

    RewardProgress(PrintWriter out, int steps, LongSupplier nanoClock) {
        this.out = out;
        this.steps = steps;
        this.nanoClock = nanoClock;
        this.begun = nanoClock.getAsLong();
    }

    void begin(PairReader.Read pairs, PairReader.Read heldOut, int alike) {
        say(String.format(
                Locale.ROOT,
                "%,d pairs to learn from, %,d held out%s%s",
                pairs.pairs().size(),
                heldOut.pairs().size(),
                left("shortened", pairs.shortened() + heldOut.shortened()),
                left("left out, their answers are the same", alike + pairs.alike() + heldOut.alike())));
        say("  step      loss  right  learning rate  gradient  tokens/s");
        newLine();
    }

    private static String left(String what, int count) {
        return count == 0 ? "" : "; " + count + " " + what;
    }

    @Override
    public void stepped(Step step) {
        learned.add(new PreferencePage.Learned(step.step(), step.loss(), step.accuracy()));
        lineTokens += step.tokens();
        tokens += step.tokens();
        if (step.step() == steps || step.step() % Math.max(1, steps / LINES) == 0) {
            List<PreferencePage.Learned> line = learned.subList(lineFirst, learned.size());
            say(String.format(
                    Locale.ROOT,
                    "%6d  %8.4f  %3.0f %%  %13.7f  %8.3f  %8.0f",
                    step.step(),
                    line.stream()
                            .mapToDouble(PreferencePage.Learned::loss)
                            .average()
                            .orElseThrow(),
                    100
                            * line.stream()
                                    .mapToDouble(PreferencePage.Learned::accuracy)
                                    .average()
                                    .orElseThrow(),
                    step.learningRate(),
                    step.gradientNorm(),
                    lineTokens / seconds(lineBegun)));
            newLine();
        }
    }

    @Override
    public void measured(Measured each) {
        PreferencePage.Measured held = new PreferencePage.Measured(each.step(), each.margins());
        measured.add(held);
        if (each.step() > 0) {
            say(String.format(
                    Locale.ROOT,
                    "%6d  held out: %.1f %% right, loss %.4f",
                    each.step(),
                    100 * held.accuracy().share(),
                    held.loss()));
            newLine();
        }
    }

    private void newLine() {
        lineFirst = learned.size();
        lineTokens = 0;
        lineBegun = nanoClock.getAsLong();
    }

    private double seconds(long since) {
        return (nanoClock.getAsLong() - since) / 1e9;
    }

    /** Steps, tokens and time so far, in words. */
    String cost() {
        return String.format(Locale.ROOT, "%,d steps, %,d tokens in %.0f s", learned.size(), tokens, seconds(begun));
    }

    List<PreferencePage.Learned> learned() {
        return learned;
    }

    List<PreferencePage.Measured> measured() {
        return measured;
    }

    /** The margins of the held-out pairs at the end. */
    double[] last() {
        return measured.get(measured.size() - 1).margins();
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }
}
