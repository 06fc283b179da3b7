package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.frontier.FormComparison;
import dev.tether.core.frontier.FormComparison.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How far a learned reward can be pressed: the setting of Gao, Schulman and Hilton, "Scaling Laws for Reward Model
 * Overoptimization" (2022), and what became of their claims in it.
 *
 * @param referenceGold mean gold of the reference's answers
 * @param referenceGoldSd standard deviation of the same
 * @param rewards the learned ones, fewest preferences first
 * @param curves every run and every best of n
 */
public record Study(double referenceGold, double referenceGoldSd, List<Learned> rewards, List<StudyCurve> curves) {
    /** Below this KL, a difference between two runs is only noise. */
    private static final double NATS_APART = 1;

    /**
     * A learned reward.
     *
     * @param preferences that it was learned from
     * @param accuracy share of unseen preferences that it agrees with
     * @param referenceMean its mean over the reference's answers
     * @param referenceSd its standard deviation there
     */
    public record Learned(int preferences, double accuracy, double referenceMean, double referenceSd) {}

    public Study {
        rewards = List.copyOf(rewards);
        curves = List.copyOf(curves);
    }

    List<StudyCurve> with(Predicate<StudyCurve> wished) {
        return curves.stream().filter(wished).toList();
    }

    /** A proxy in the units of gold: the reference's answers have the same mean and spread in both. */
    double inGold(int preferences, double proxy) {
        Learned reward = rewards.stream()
                .filter(learned -> learned.preferences() == preferences)
                .findFirst()
                .orElseThrow();
        double sd = reward.referenceSd() > 0 ? reward.referenceSd() : 1;
        return referenceGold + (proxy - reward.referenceMean()) / sd * referenceGoldSd;
    }

    /** What was found, in words, against what the paper says. */
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        findings.add(forms(
                "Reinforcement learning",
                "d(α − β log d)",
                Answer.LOGARITHMIC,
                with(StudyCurve::isFree),
                " Without a belt"));
        forms(with(StudyCurve::isHeld)).ifPresent(findings::add);
        findings.add(forms("Best of n", "d(α − β d)", Answer.LINEAR, with(curve -> !curve.isRun()), " The best of n"));
        findings.add(tops());
        penalty().ifPresent(findings::add);
        return findings;
    }

    private static String forms(String how, String form, Answer claimed, List<StudyCurve> curves, String beginning) {
        String claim = how + ": the paper finds R = " + form + ", d = √KL.";
        List<StudyCurve> fitted =
                curves.stream().filter(curve -> curve.forms().isPresent()).toList();
        if (fitted.isEmpty()) {
            return claim + " Too few points here to fit.";
        }
        String each = fitted.stream()
                .map(curve -> told(curve.preferences(), curve.forms().orElseThrow()))
                .collect(Collectors.joining("; "));
        return claim + beginning + ", " + each + ". " + verdict(fitted, claimed);
    }

    private static String told(int preferences, FormComparison forms) {
        String answer = switch (forms.answer()) {
            case LOGARITHMIC -> "the logarithmic form fits better";
            case LINEAR -> "the linear form fits better";
            case CANNOT_TELL -> "the points cannot tell";
        };
        return "with " + preferences + " preferences " + answer + " (R² "
                + rough(forms.logarithmic().fit().rSquared()) + " logarithmic, "
                + rough(forms.linear().fit().rSquared()) + " linear; the logarithmic one ahead in "
                + Math.round(100 * forms.logarithmicAhead()) + " % of resamples)";
    }

    private static String verdict(List<StudyCurve> fitted, Answer claimed) {
        long agree = count(fitted, claimed);
        long silent = count(fitted, Answer.CANNOT_TELL);
        if (silent == fitted.size()) {
            return "So these data cannot tell.";
        }
        long against = fitted.size() - agree - silent;
        if (against == 0) {
            return "So it is as in the paper" + (silent > 0 ? ", where the points can tell." : ".");
        }
        return agree == 0
                ? "So it is the other way round here than in the paper"
                        + (silent > 0 ? ", where the points can tell." : ".")
                : "So it is neither as in the paper nor the other way round.";
    }

    private static long count(List<StudyCurve> fitted, Answer answer) {
        return fitted.stream()
                .filter(curve -> curve.forms().orElseThrow().answer() == answer)
                .count();
    }

    private static Optional<String> forms(List<StudyCurve> held) {
        List<StudyCurve> fitted =
                held.stream().filter(curve -> curve.forms().isPresent()).toList();
        return fitted.isEmpty()
                ? Optional.empty()
                : Optional.of("Of " + runs(fitted.size()) + " with a penalty, the logarithmic form fits better in "
                        + count(fitted, Answer.LOGARITHMIC) + ", the linear one in " + count(fitted, Answer.LINEAR)
                        + ", and " + count(fitted, Answer.CANNOT_TELL) + " cannot tell.");
    }

    /** Whether more preferences carry further. */
    private String tops() {
        return "The more preferences, the further the paper's rewards can be pressed. Here gold rises from "
                + rough(referenceGold) + " to, at best (of a run the best mean of five steps), "
                + rewards.stream()
                        .map(reward -> "with " + reward.preferences() + " preferences "
                                + top(reward, StudyCurve::isFree)
                                        .map(top -> rough(top) + " without a belt")
                                        .orElse("")
                                + top(reward, StudyCurve::isHeld)
                                        .map(top -> ", " + rough(top) + " with the best penalty")
                                        .orElse("")
                                + top(reward, curve -> !curve.isRun())
                                        .map(top -> ", " + rough(top) + " by the best of n")
                                        .orElse(""))
                        .collect(Collectors.joining("; "))
                + ".";
    }

    private Optional<Double> top(Learned reward, Predicate<StudyCurve> wished) {
        return curves.stream()
                .filter(curve -> curve.preferences() == reward.preferences() && wished.test(curve))
                .map(Study::top)
                .max(Comparator.naturalOrder());
    }

    /** Of a run the best mean of five steps; the best of n is a mean of thousands as it is. */
    private static double top(StudyCurve curve) {
        int window = curve.isRun() ? Math.min(5, curve.gold().length) : 1;
        double top = Double.NEGATIVE_INFINITY;
        for (int end = window; end <= curve.gold().length; end++) {
            top = Math.max(
                    top,
                    Arrays.stream(curve.gold(), end - window, end).average().orElseThrow());
        }
        return top;
    }

    /** The paper: a penalty only stops earlier on the same curve. */
    private Optional<String> penalty() {
        double[] lifts = with(StudyCurve::isHeld).stream()
                .map(this::lift)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
        if (lifts.length == 0) {
            return Optional.empty();
        }
        double mean = Arrays.stream(lifts).average().orElseThrow();
        return Optional.of("The paper finds that a KL penalty only stops earlier on the same curve of gold against KL."
                + " Here, at the same KL, gold of " + runs(lifts.length) + " with a penalty lies " + signed(mean)
                + " from the fitted curve of the run without one (" + signed(lifts[0]) + " to "
                + signed(lifts[lifts.length - 1]) + ").");
    }

    private static String runs(int count) {
        return count == 1 ? "1 run" : count + " runs";
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.3f", value);
    }

    /** Mean of gold over what the run without a belt, of the same reward, has at the same KL. */
    private OptionalDouble lift(StudyCurve held) {
        Optional<StudyCurve> free = with(StudyCurve::isFree).stream()
                .filter(curve -> curve.preferences() == held.preferences()
                        && curve.forms().isPresent())
                .findFirst();
        if (free.isEmpty()) {
            return OptionalDouble.empty();
        }
        var fit = free.get().forms().orElseThrow().better().fit();
        List<Double> lifts = new ArrayList<>();
        for (int i = 0; i < held.nats().length; i++) {
            if (held.nats()[i] > NATS_APART && held.nats()[i] <= free.get().furthestFitted()) {
                lifts.add(held.gold()[i] - fit.goldAt(held.nats()[i]));
            }
        }
        return lifts.stream().mapToDouble(Double::doubleValue).average();
    }
}
