package dev.tether.trainer.tabular;

import dev.tether.core.kl.KlEstimator;
import dev.tether.core.kl.ResponseMask;
import dev.tether.core.objective.PpoValueLoss;
import dev.tether.core.objective.SurrogateLoss;
import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.StopReason;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A language model that is a table of logits and values per prefix, updated by plain gradient descent. */
final class TabularPolicy implements PolicyModel {
    private final TabularTree tree;
    final double[][] logits;
    final double[] values;

    TabularPolicy(TabularTree tree, double[][] logits) {
        this.tree = tree;
        this.logits = Arrays.stream(logits).map(double[]::clone).toArray(double[][]::new);
        this.values = new double[tree.prefixes()];
    }

    @Override
    public Generation generate(int[][] prompts, Sampling sampling, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] responses = new int[prompts.length][tree.depth()];
        int[] lengths = new int[prompts.length];
        StopReason[] stops = new StopReason[prompts.length];
        for (int b = 0; b < prompts.length; b++) {
            stops[b] = StopReason.TRUNCATED;
            while (lengths[b] < tree.depth() && stops[b] == StopReason.TRUNCATED) {
                int token = draw(logits[tree.row(responses[b], lengths[b])], random.nextDouble());
                responses[b][lengths[b]++] = token;
                stops[b] = token == TabularTree.END ? StopReason.ENDED : StopReason.TRUNCATED;
            }
        }
        ResponseMask mask = ResponseMask.ofLengths(lengths, tree.depth());
        Evaluation said = evaluate(new TokenBatch(prompts, responses, mask), 1);
        return new Generation(responses, mask, said.logprobs(), said.entropy(), stops);
    }

    private static int draw(double[] logits, double uniform) {
        double[] logprobs = TabularTree.logSoftmax(logits);
        double cumulative = 0;
        for (int v = 0; v < logprobs.length - 1; v++) {
            cumulative += Math.exp(logprobs[v]);
            if (uniform < cumulative) {
                return v;
            }
        }
        return logprobs.length - 1;
    }

    @Override
    public Evaluation evaluate(TokenBatch batch, double temperature) {
        double[][] entropy = new double[batch.sequences()][batch.responseWidth()];
        double[][] v = new double[batch.sequences()][batch.responseWidth()];
        for (int b = 0; b < batch.sequences(); b++) {
            for (int t = 0; t < batch.responseWidth(); t++) {
                if (batch.responseMask().counts(b, t)) {
                    int row = tree.row(batch.responses()[b], t);
                    v[b][t] = values[row];
                    for (double lp : TabularTree.logSoftmax(logits[row])) {
                        entropy[b][t] -= Math.exp(lp) * lp;
                    }
                }
            }
        }
        return new Evaluation(TabularReference.logprobs(tree, logits, batch), entropy, v);
    }

    @Override
    public double[][] values(TokenBatch batch) {
        return evaluate(batch, 1).values();
    }

    @Override
    public UpdateReport update(
            Minibatch minibatch, UpdateObjective objective, double temperature, double learningRate) {
        TokenBatch batch = minibatch.tokens();
        Evaluation now = evaluate(batch, temperature);
        SurrogateLoss policy = SurrogateLoss.of(
                objective.surrogate(),
                objective.mean(),
                now.logprobs(),
                minibatch.logprobs(),
                minibatch.advantages(),
                batch.responseMask());
        PpoValueLoss value = PpoValueLoss.of(
                now.values(),
                minibatch.values(),
                minibatch.returns(),
                minibatch.valueMask(),
                objective.value().clipRange());
        TabularPenalty penalty = TabularPenalty.of(objective, minibatch, now.logprobs());
        double[][] logitGradient = new double[logits.length][tree.vocabulary()];
        double[] valueGradient = new double[values.length];
        for (int b = 0; b < batch.sequences(); b++) {
            for (int t = 0; t < batch.responseWidth(); t++) {
                if (batch.responseMask().counts(b, t)) {
                    int row = tree.row(batch.responses()[b], t);
                    double[] logprobs = TabularTree.logSoftmax(logits[row]);
                    for (int v = 0; v < logprobs.length; v++) {
                        double indicator = v == batch.responses()[b][t] ? 1 : 0;
                        logitGradient[row][v] += (policy.gradient()[b][t] + penalty.gradientAt(b, t))
                                * (indicator - Math.exp(logprobs[v]));
                    }
                    penalty.addAtPosition(b, row, logprobs, logitGradient[row]);
                    valueGradient[row] += value.gradient()[b][t];
                }
            }
        }
        UpdateReport.ReferenceKl kl = referenceKl(minibatch, now);
        boolean over = objective.limit().isExceededBy(kl.natsPerToken(), kl.natsPerSequence());
        if (!over) {
            descend(logitGradient, valueGradient, learningRate);
        }
        return report(
                policy,
                value,
                objective.value().coef(),
                penalty.loss(),
                kl,
                batch.responseMask().counted(),
                over ? UpdateReport.Outcome.HELD_BACK_OVER_LIMIT : UpdateReport.Outcome.TAKEN);
    }

    private void descend(double[][] logitGradient, double[] valueGradient, double learningRate) {
        for (int row = 0; row < logits.length; row++) {
            for (int v = 0; v < tree.vocabulary(); v++) {
                logits[row][v] -= learningRate * logitGradient[row][v];
            }
            values[row] -= learningRate * valueGradient[row];
        }
    }

    private static UpdateReport.ReferenceKl referenceKl(Minibatch minibatch, Evaluation now) {
        ResponseMask mask = minibatch.tokens().responseMask();
        double sum = 0;
        for (int b = 0; b < mask.sequences(); b++) {
            for (int t = 0; t < mask.width(b); t++) {
                if (mask.counts(b, t)) {
                    double logprob = now.logprobs()[b][t];
                    sum += Math.exp(logprob - minibatch.logprobs()[b][t])
                            * KlEstimator.K3.natsAt(logprob - minibatch.refLogprobs()[b][t]);
                }
            }
        }
        return new UpdateReport.ReferenceKl(sum / mask.counted(), sum / mask.sequences());
    }

    private static UpdateReport report(
            SurrogateLoss policy,
            PpoValueLoss value,
            double valueCoef,
            double klLoss,
            UpdateReport.ReferenceKl kl,
            long tokens,
            UpdateReport.Outcome outcome) {
        return new UpdateReport(
                policy.loss(),
                value.loss(),
                klLoss,
                policy.loss() + valueCoef * value.loss() + klLoss,
                policy.clipFraction(),
                value.clipFraction(),
                policy.updateKlK1(),
                policy.updateKlK2(),
                policy.updateKlK3(),
                policy.ratioMean(),
                0,
                kl,
                0,
                tokens,
                outcome);
    }

    @Override
    public int contextLength() {
        return 1 + tree.depth();
    }

    @Override
    public void saveTrainingState(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 * (logits.length * tree.vocabulary() + values.length));
        for (double[] row : logits) {
            Arrays.stream(row).forEach(bytes::putDouble);
        }
        Arrays.stream(values).forEach(bytes::putDouble);
        Files.write(directory.resolve("table.bin"), bytes.array());
    }

    @Override
    public void restoreTrainingState(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("table.bin")));
        for (double[] row : logits) {
            Arrays.setAll(row, v -> bytes.getDouble());
        }
        Arrays.setAll(values, i -> bytes.getDouble());
    }

    @Override
    public void export(Path directory) throws IOException {
        saveTrainingState(directory);
    }

    @Override
    public void close() {}
}
