package dev.tether.torch.pretrain;

import dev.tether.core.schedule.LearningRateSchedule;
import dev.tether.run.InputException;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.optim.AdamW;
import dev.tether.torch.optim.OptimizerSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The loop in which a language model learns to predict tokens, be it from nothing or from another model on.
 *
 * @param rowsAtOnce that go through the network at once; ≥ 1
 * @param padding an id to fill rows up with; it is never predicted
 * @param seed of the order of the texts
 */
record NextTokenLearner(
        PretrainSettings.Course course, OptimizerSettings optimizer, int rowsAtOnce, int padding, long seed) {
    NextTokenLearner {
        if (rowsAtOnce < 1) {
            throw new IllegalArgumentException("rows at once = " + rowsAtOnce + ", must be at least 1");
        }
    }

    /**
     * Takes the steps.
     *
     * @param stopRequested asked after each step; true ends the learning early
     * @return steps taken
     * @throws InputException where a gradient is not finite
     */
    int learn(CausalLm model, List<LearnedText> texts, PretrainObserver observer, BooleanSupplier stopRequested) {
        DocumentBatches batches = new DocumentBatches(texts, course.rows(), padding, new Random(seed));
        LearningRateSchedule schedule =
                new LearningRateSchedule(LearningRateSchedule.Decay.COSINE, course.warmupSteps(), course.steps());
        double tokensPerRow =
                texts.stream().mapToInt(LearnedText::predicted).average().orElseThrow();
        try (AdamW adamW = new AdamW(model.parameters(), optimizer)) {
            for (int step = 1; step <= course.steps(); step++) {
                double learningRate = course.learningRate() * schedule.factor(step);
                observer.stepped(step(model, adamW, new Todo(step, batches.next(), tokensPerRow, learningRate)));
                if (stopRequested.getAsBoolean()) {
                    return step;
                }
            }
        }
        return course.steps();
    }

    /** One step: its rows, and the tokens that rows have on average. */
    private record Todo(int step, List<LearnedText> rows, double tokensPerRow, double learningRate) {}

    private PretrainObserver.Step step(CausalLm model, AdamW adamW, Todo todo) {
        adamW.gradients().clear();
        double sum = 0;
        for (List<LearnedText> some : microbatches(todo.rows())) {
            sum += Scoped.compute(() -> {
                Tensor loss = NextTokenLoss.sum(model, some);
                // by the tokens of an average batch: else those of short documents would weigh more than those of long
                // ones
                loss.div(new Scalar(todo.tokensPerRow() * todo.rows().size())).backward();
                return loss.item_double();
            });
        }
        double norm = adamW.gradients().norm();
        if (!Double.isFinite(norm)) {
            throw new InputException("the gradient of step " + todo.step()
                    + " is not finite: a smaller learning rate, or gradients clipped to a smaller norm, may help");
        }
        adamW.gradients().clip(norm, optimizer.maxGradientNorm());
        adamW.step(todo.learningRate());
        long tokens = todo.rows().stream().mapToLong(LearnedText::predicted).sum();
        return new PretrainObserver.Step(todo.step(), sum / Math.max(1, tokens), todo.learningRate(), norm, tokens);
    }

    /** Rows are of one length, but those of like text share a piece, so that a piece can be cut to its longest. */
    private List<List<LearnedText>> microbatches(List<LearnedText> rows) {
        if (rows.size() <= rowsAtOnce) {
            return List.of(rows);
        }
        List<LearnedText> order = rows.stream()
                .sorted(Comparator.comparingInt(NextTokenLearner::lastLearned))
                .toList();
        List<List<LearnedText>> pieces = new ArrayList<>();
        for (int first = 0; first < order.size(); first += rowsAtOnce) {
            List<LearnedText> piece = order.subList(first, Math.min(order.size(), first + rowsAtOnce));
            int width = Math.max(2, lastLearned(piece.get(piece.size() - 1)) + 1);
            pieces.add(piece.stream().map(row -> row.ofWidth(width, padding)).toList());
        }
        return pieces;
    }

    private static int lastLearned(LearnedText row) {
        int last = row.length() - 1;
        while (last > 0 && !row.learned()[last]) {
            last--;
        }
        return last;
    }
}
