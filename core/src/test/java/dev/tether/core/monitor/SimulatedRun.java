package dev.tether.core.monitor;

import dev.tether.core.belt.BeltVerdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/**
 * A healthy run's figures: KL rises and settles, sometimes over its target at first; the score saturates, gold with it;
 * entropy, diversity and length drift as they do in real runs of the built-in world; everything has noise that remembers
 * the step before. What is typical is drawn anew for each run.
 */
final class SimulatedRun {
    static final int STEPS = 300;

    private enum Aim {
        SEQUENCE,
        TOKEN,
        NONE
    }

    private final Random random;
    private final Aim aim;
    private final double memory;
    private final double kl;
    private final double rise;
    private final double overshoot;
    private final double length;
    private final double lengthDrift;
    private final double entropyFall;
    private final double alike;
    private final double gain;
    private final double ended;
    private final Map<Figure, Double> noise = new EnumMap<>(Figure.class);

    private SimulatedRun(long seed) {
        this.random = new Random(seed);
        this.aim = Aim.values()[random.nextInt(Aim.values().length)];
        this.memory = within(0, 0.6);
        this.kl = aim == Aim.NONE ? within(0.02, 0.08) : within(0.03, 0.2);
        this.rise = within(8, 40);
        this.overshoot = within(0, 0.25);
        this.length = within(20, 60);
        this.lengthDrift = within(-0.3, 0.4);
        this.entropyFall = within(-0.1, 0.33);
        this.alike = within(0, 0.2);
        this.gain = within(0.1, 1);
        this.ended = within(0.6, 1);
    }

    static List<ObservedStep> healthy(long seed) {
        SimulatedRun run = new SimulatedRun(seed);
        List<ObservedStep> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            steps.add(new ObservedStep(i + 1, run.step(i)));
        }
        return steps;
    }

    /** With one figure replaced from a step (counted from 0) on; NaN = told as no number. */
    static List<ObservedStep> with(List<ObservedStep> run, Figure figure, int from, IntToDoubleFunction valueAtStep) {
        List<ObservedStep> steps = new ArrayList<>(run);
        for (int i = from; i < run.size(); i++) {
            Map<Figure, Double> told = told(run.get(i));
            told.put(figure, valueAtStep.applyAsDouble(i));
            steps.set(i, new ObservedStep(run.get(i).step(), told));
        }
        return steps;
    }

    /** Without some figures. */
    static List<ObservedStep> without(List<ObservedStep> run, int from, Figure... figures) {
        List<ObservedStep> steps = new ArrayList<>(run);
        for (int i = from; i < run.size(); i++) {
            Map<Figure, Double> told = told(run.get(i));
            told.keySet().removeAll(List.of(figures));
            steps.set(i, new ObservedStep(run.get(i).step(), told));
        }
        return steps;
    }

    private static Map<Figure, Double> told(ObservedStep step) {
        Map<Figure, Double> told = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            if (step.knows(figure)) {
                told.put(figure, step.at(figure));
            }
        }
        return told;
    }

    private Map<Figure, Double> step(int i) {
        double settled = 1 - Math.exp(-i / rise);
        double course = settled * (1 + overshoot * Math.exp(-Math.pow((i - 3 * rise) / rise, 2)));
        double tokens = length * (1 + lengthDrift * settled) * (1 + noisy(Figure.RESPONSE_LENGTH, 0.04));
        double perToken = kl * course * (1 + noisy(Figure.KL_PER_TOKEN, 0.1));
        Map<Figure, Double> told = new EnumMap<>(Figure.class);
        told.put(Figure.KL_PER_TOKEN, perToken);
        told.put(Figure.KL_PER_SEQUENCE, perToken * tokens);
        double k1Error = 0.05 + 0.2 * perToken * tokens;
        told.put(Figure.K1_PER_SEQUENCE, perToken * tokens + k1Error * random.nextGaussian());
        told.put(Figure.K1_ERROR_PER_SEQUENCE, k1Error * Math.exp(0.12 * random.nextGaussian()));
        // among thousands of tokens a very rare one comes up now and then, as in real runs
        double rare = random.nextInt(100) == 0 ? 11 + random.nextGaussian() : 0;
        told.put(Figure.MAX_KL, Math.max(rare, (0.02 + 40 * perToken) * Math.exp(noisy(Figure.MAX_KL, 0.25))));
        told.put(Figure.SAMPLER_KL, 1e-3 * kl * Math.exp(0.3 * random.nextGaussian()));
        aim(told);
        told.put(Figure.KL_COEF, 0.1 * Math.exp(noisy(Figure.KL_COEF, 0.2)));
        told.put(Figure.COEFFICIENT_BOUND, random.nextInt(30) == 0 ? 1.0 : 0.0);
        told.put(Figure.BELT_VERDICT, (double) BeltVerdict.State.ATTACHED.ordinal());
        told.put(Figure.SCORE, gain * settled + noisy(Figure.SCORE, 0.06));
        told.put(Figure.SCORE_SD, 0.3 * (1 - 0.3 * settled) * Math.exp(noisy(Figure.SCORE_SD, 0.15)));
        told.put(Figure.GOLD_SCORE, 0.7 * gain * settled + noisy(Figure.GOLD_SCORE, 0.08));
        text(told, settled);
        told.put(Figure.RESPONSE_LENGTH, tokens);
        update(told, settled);
        return told;
    }

    private void aim(Map<Figure, Double> told) {
        if (aim == Aim.SEQUENCE) {
            told.put(Figure.TARGET_PER_SEQUENCE, kl * length * (1 + lengthDrift));
        } else if (aim == Aim.TOKEN) {
            told.put(Figure.TARGET_PER_TOKEN, kl);
        }
    }

    private void text(Map<Figure, Double> told, double settled) {
        told.put(Figure.ENTROPY, 1.5 * (1 - entropyFall * settled) * (1 + noisy(Figure.ENTROPY, 0.05)));
        told.put(Figure.DISTINCT_BIGRAMS, 0.6 * (1 - alike * settled) * (1 + noisy(Figure.DISTINCT_BIGRAMS, 0.05)));
        told.put(Figure.COMPRESSION, 0.4 * (1 - 0.7 * alike * settled) * (1 + noisy(Figure.COMPRESSION, 0.03)));
        told.put(
                Figure.REFERENCE_NLL,
                1.5 * (1 - entropyFall * settled) + kl * settled + noisy(Figure.REFERENCE_NLL, 0.08));
        told.put(Figure.ENDED_SHARE, binomial(ended - 0.1 * settled * alike / 0.2));
    }

    private void update(Map<Figure, Double> told, double settled) {
        told.put(Figure.CLIP_FRACTION, Math.max(0, 0.1 + noisy(Figure.CLIP_FRACTION, 0.05)));
        told.put(Figure.EXPLAINED_VARIANCE, 0.4 * settled + noisy(Figure.EXPLAINED_VARIANCE, 0.1));
        told.put(Figure.UPDATE_KL, 0.005 * Math.exp(0.5 * random.nextGaussian()));
        told.put(Figure.POLICY_LOSS, 0.02 * random.nextGaussian());
        told.put(Figure.VALUE_LOSS, 0.05 * Math.exp(0.3 * random.nextGaussian()));
        told.put(Figure.GRADIENT_NORM, Math.exp(0.3 * random.nextGaussian()));
    }

    /** A share of 32 responses. */
    private double binomial(double share) {
        int hits = 0;
        for (int i = 0; i < 32; i++) {
            hits += random.nextDouble() < share ? 1 : 0;
        }
        return hits / 32.0;
    }

    /** AR(1) with the given standard deviation. */
    private double noisy(Figure figure, double sd) {
        double fresh = Math.sqrt(1 - memory * memory) * random.nextGaussian();
        double value = memory * noise.getOrDefault(figure, random.nextGaussian()) + fresh;
        noise.put(figure, value);
        return sd * value;
    }

    private double within(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
