package dev.tether.torch.reward;

import static org.bytedeco.pytorch.global.torch.softplus;

import dev.tether.core.law.Require;
import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.core.stats.Calibration;
import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import dev.tether.torch.directory.ClassifierExport;
import dev.tether.torch.directory.ModelDirectory;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.ScoringNetwork;
import dev.tether.torch.optim.AdamW;
import dev.tether.trainer.preference.TokenPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a sequence classifier which of two answers is preferred, by the model of Bradley and Terry: the loss of a pair is
 * −log σ(r(chosen) − r(rejected) − margin) (Ouyang et al. 2022, equation 1; the margin of Touvron et al. 2023), a mean over
 * the pairs of a step. The score is read at the last token; a pair's texts go through the network side by side with those of
 * like length, so that little of a batch is padding.
 *
 * <p>Left out: dropout, and any centring of the scores, which preferences do not determine.
 */
public final class RewardTrainer implements AutoCloseable {
    private final ModelDirectory source;
    private final ScoringNetwork network;
    private final RewardTraining settings;

    private RewardTrainer(ModelDirectory source, ScoringNetwork network, RewardTraining settings) {
        this.source = source;
        this.network = network;
        this.settings = settings;
    }

    /**
     * Begins with the trunk of a language model and a head of zeros, or goes on with a sequence classifier.
     *
     * @throws InputException when the directory holds neither
     */
    public static RewardTrainer open(Path directory, RewardTraining settings) {
        ModelDirectory source = ModelDirectory.ofScorer(directory);
        return new RewardTrainer(source, ScoringNetwork.trainable(source, ComputeType.FLOAT32), settings);
    }

    /** The tokens that end a text and fill up a batch. */
    public ClassifierTokens tokens() {
        return ClassifierTokens.of(source);
    }

    /** Positions the model can attend to. */
    public int contextLength() {
        return network.contextLength();
    }

    /**
     * Learns from {@code pairs}.
     *
     * @param heldOut only asked: before the first step, {@code measures} times in between and at the end
     * @param stopRequested asked after each step; true ends the learning early
     * @return steps taken
     * @throws InputException where a gradient is not finite
     */
    public int learn(
            List<TokenPair> pairs,
            List<TokenPair> heldOut,
            int measures,
            RewardObserver observer,
            BooleanSupplier stopRequested) {
        Require.atLeast("measures", measures, 0);
        int steps = settings.steps(pairs.size());
        LearningRateSchedule schedule = new LearningRateSchedule(
                LearningRateSchedule.Decay.LINEAR, Math.round(settings.warmupShare() * steps), steps + 1L);
        Random random = new Random(settings.seed());
        int every = Math.max(1, steps / (measures + 1));
        observer.measured(new RewardObserver.Measured(0, margins(heldOut)));
        int step = 0;
        try (AdamW optimizer = new AdamW(network.parameters(), settings.optimizer())) {
            List<List<TokenPair>> epoch = new ArrayList<>();
            boolean stopped = false;
            while (step < steps && !stopped) {
                if (epoch.isEmpty()) {
                    epoch = batches(pairs, random);
                }
                List<TokenPair> batch = epoch.remove(epoch.size() - 1);
                step++;
                double learningRate = settings.learningRate() * schedule.factor(step);
                observer.stepped(step(optimizer, batch, step, learningRate));
                stopped = stopRequested.getAsBoolean();
                if (step == steps || stopped || step % every == 0 && steps - step >= every) {
                    observer.measured(new RewardObserver.Measured(step, margins(heldOut)));
                }
            }
        }
        return step;
    }

    private List<List<TokenPair>> batches(List<TokenPair> pairs, Random random) {
        List<TokenPair> order = new ArrayList<>(pairs);
        Collections.shuffle(order, random);
        List<List<TokenPair>> batches = new ArrayList<>();
        for (int first = 0; first < order.size(); first += settings.pairsPerStep()) {
            batches.add(order.subList(first, Math.min(order.size(), first + settings.pairsPerStep())));
        }
        return batches;
    }

    private RewardObserver.Step step(AdamW optimizer, List<TokenPair> batch, int step, double learningRate) {
        optimizer.gradients().clear();
        double loss = 0;
        double[] margins = new double[batch.size()];
        int done = 0;
        for (List<TokenPair> some : microbatches(batch)) {
            double[] found = backward(some, batch.size());
            for (int i = 0; i < some.size(); i++) {
                margins[done++] = found[i];
            }
            loss += found[some.size()];
        }
        double norm = optimizer.gradients().norm();
        if (!Double.isFinite(norm)) {
            throw new InputException("the gradient of step " + step
                    + " is not finite: a smaller learning rate, or gradients clipped to a smaller norm, may help");
        }
        optimizer.gradients().clip(norm, settings.optimizer().maxGradientNorm());
        optimizer.step(learningRate);
        long tokens = batch.stream()
                .mapToLong(pair -> 2L * pair.prompt().length + pair.chosen().length + pair.rejected().length)
                .sum();
        return new RewardObserver.Step(step, loss, Calibration.accuracy(margins).share(), learningRate, norm, tokens);
    }

    private List<List<TokenPair>> microbatches(List<TokenPair> batch) {
        List<TokenPair> order = batch.stream()
                .sorted(Comparator.comparingInt(TokenPair::length).reversed())
                .toList();
        List<List<TokenPair>> pieces = new ArrayList<>();
        for (int first = 0; first < order.size(); first += settings.pairsAtOnce()) {
            pieces.add(order.subList(first, Math.min(order.size(), first + settings.pairsAtOnce())));
        }
        return pieces;
    }

    /** Adds the gradients of some pairs to those of the parameters; their margins, and behind them their part of the loss. */
    private double[] backward(List<TokenPair> pairs, int ofAll) {
        return Scoped.compute(() -> {
            double[] demanded = pairs.stream().mapToDouble(TokenPair::margin).toArray();
            Tensor margins = difference(pairs);
            Tensor wanted = margins.sub(Tensors.of(demanded, margins.scalar_type(), demanded.length));
            Tensor loss = softplus(wanted.neg()).sum().div(new Scalar((double) ofAll));
            loss.backward();
            double[] found = Arrays.copyOf(Tensors.toDoubles(margins), pairs.size() + 1);
            found[pairs.size()] = loss.item_double();
            return found;
        });
    }

    /** r(chosen) − r(rejected), [pairs]. */
    private Tensor difference(List<TokenPair> pairs) {
        return Scoped.handOver(() -> {
            List<int[]> texts = new ArrayList<>();
            pairs.forEach(pair -> texts.add(pair.chosenText()));
            pairs.forEach(pair -> texts.add(pair.rejectedText()));
            Tensor scores = network.scores(texts);
            return scores.narrow(0, 0, pairs.size()).sub(scores.narrow(0, pairs.size(), pairs.size()));
        });
    }

    /** r(chosen) − r(rejected) of each pair by the model as it is now. */
    public double[] margins(List<TokenPair> pairs) {
        Integer[] order = new Integer[pairs.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt((Integer i) -> pairs.get(i).length()));
        double[] margins = new double[pairs.size()];
        for (int first = 0; first < order.length; first += settings.pairsAtOnce()) {
            int end = Math.min(order.length, first + settings.pairsAtOnce());
            List<Integer> rows = List.of(order).subList(first, end);
            double[] found = Scoped.computeWithoutGradients(() ->
                    Tensors.toDoubles(difference(rows.stream().map(pairs::get).toList())));
            for (int i = 0; i < found.length; i++) {
                margins[rows.get(i)] = found[i];
            }
        }
        return margins;
    }

    /**
     * Writes the model as it is now; {@code directory} is there whole or not at all.
     *
     * @param more writes other files into the directory
     * @throws InputException when {@code directory} exists or cannot be written
     */
    public void save(Path directory, AtomicFiles.DirectoryContent more) {
        AtomicFiles.writeDirectory(directory, aside -> {
            ClassifierExport.write(source, network.parameters(), tokens().padId(), aside);
            more.writeInto(aside);
        });
    }

    @Override
    public void close() {
        network.close();
    }
}
