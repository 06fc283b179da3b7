package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.log_softmax;

import dev.tether.core.belt.PenaltyPlacement;
import dev.tether.core.objective.PpoClip;
import dev.tether.torch.engine.ComputeType;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.TokenRows;
import dev.tether.torch.optim.Gradients;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the same losses written down for one sequence at a time, through all logits at once. */
class GradientGramTest {
    private static final PieceSizes SMALL = new PieceSizes(20, 40 * 3, 40 * 3, 40 * 2);
    private static final double TEMPERATURE = 0.8;
    private static final double PRICE = 0.3;

    @TempDir
    static Path scratch;

    @Test
    void productsAreThoseOfTheGradientsThroughAllLogitsAtOnce() {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT64)) {
            Minibatch minibatch = ProbeMinibatch.of(pair.batch(), 3);
            List<ProbeLoss> losses = new ArrayList<>();
            List<double[]> expected = new ArrayList<>();
            for (PenaltyPlacement placement : PenaltyPlacement.values()) {
                losses.add(new ProbeLoss.Update(minibatch, objective(placement)));
                expected.add(gradient(
                        pair, minibatch.tokens(), (b, logprobs) -> update(pair, minibatch, placement, b, logprobs)));
            }
            losses.add(new ProbeLoss.SequenceKl(minibatch.tokens()));
            expected.add(gradient(
                    pair, minibatch.tokens(), (b, logprobs) -> sequenceKl(pair, minibatch.tokens(), b, logprobs)));
            for (PieceSizes sizes : new PieceSizes[] {SMALL, PieceSizes.DEFAULT}) {
                double[][] gram = pair.probe(sizes).gradientGram(losses, TEMPERATURE);
                for (int i = 0; i < gram.length; i++) {
                    for (int j = 0; j < gram.length; j++) {
                        double scale = Math.sqrt(
                                dot(expected.get(i), expected.get(i)) * dot(expected.get(j), expected.get(j)));
                        assertThat(gram[i][j] / scale)
                                .as(i + ", " + j)
                                .isCloseTo(dot(expected.get(i), expected.get(j)) / scale, within(1e-10));
                    }
                }
            }
        }
    }

    private static UpdateObjective objective(PenaltyPlacement placement) {
        return UpdateObjective.of(new PpoClip(0.2, 0.2, 0.1, 0.01)).with(new KlLoss(placement, PRICE));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** The gradient of Σ loss(sequence, logprobs [L][V] of its counted tokens) over counted tokens. */
    private static double[] gradient(TinyPair pair, TokenBatch batch, BiFunction<Integer, Tensor, Tensor> loss) {
        try (Gradients gradients = new Gradients(pair.policy().parameters().values())) {
            for (int b = 0; b < batch.sequences(); b++) {
                if (batch.responseMask().counted(b) > 0) {
                    int sequence = b;
                    Scoped.run(() -> loss.apply(sequence, logprobs(pair.policy(), batch, sequence))
                            .div(new Scalar((double) batch.responseMask().counted()))
                            .backward());
                }
            }
            return Tensors.toDoubles(gradients.whole());
        }
    }

    /** [L][V] */
    private static Tensor logprobs(CausalLm model, TokenBatch batch, int sequence) {
        long[] response = responseIds(batch, sequence);
        int[] prompt = batch.prompts()[sequence];
        long[] ids = new long[prompt.length + response.length];
        for (int i = 0; i < prompt.length; i++) {
            ids[i] = prompt[i];
        }
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        Tensor logits = model.logits(model.hidden(TokenRows.leftAligned(Tensors.of(ids, 1, ids.length)))
                .squeeze(0));
        return log_softmax(logits.narrow(0, prompt.length - 1, response.length).div(new Scalar(TEMPERATURE)), -1);
    }

    private static long[] responseIds(TokenBatch batch, int sequence) {
        long[] ids = new long[batch.responseMask().counted(sequence)];
        int next = 0;
        for (int t = 0; t < batch.responseWidth(); t++) {
            if (batch.responseMask().counts(sequence, t)) {
                ids[next++] = batch.responses()[sequence][t];
            }
        }
        return ids;
    }

    private static Tensor chosen(Tensor logprobs, TokenBatch batch, int sequence) {
        long[] ids = responseIds(batch, sequence);
        return logprobs.gather(1, Tensors.of(ids, ids.length, 1)).squeeze(1);
    }

    private static Tensor update(
            TinyPair pair, Minibatch minibatch, PenaltyPlacement placement, int sequence, Tensor logprobs) {
        TokenBatch batch = minibatch.tokens();
        Tensor now = chosen(logprobs, batch, sequence);
        Tensor x = now.sub(constants(minibatch.refLogprobs(), batch, sequence));
        Tensor ratio = now.sub(constants(minibatch.logprobs(), batch, sequence)).exp();
        Tensor advantages = constants(minibatch.advantages(), batch, sequence);
        Tensor bounded = ratio.minimum(Tensors.of(new double[] {1.2}, 1)).maximum(Tensors.of(new double[] {0.8}, 1));
        Tensor ppo = ratio.mul(advantages).minimum(bounded.mul(advantages)).neg();
        Tensor entropy = logprobs.exp().mul(logprobs).sum(-1).neg();
        Tensor k3 = x.neg().exp().sub(new Scalar(1)).add(x);
        Tensor penalty = switch (placement) {
            case K1_IN_REWARD -> x.mul(new Scalar(0.0));
            case K1_IN_LOSS -> x;
            case K2_IN_LOSS -> ratio.detach().mul(x.square()).div(new Scalar(2));
            case K3_IN_LOSS -> k3;
            case WEIGHTED_K3_IN_LOSS -> ratio.mul(k3);
            case RAO_BLACKWELL_IN_LOSS -> kl(logprobs, logprobs(pair.reference(), batch, sequence));
        };
        return ppo.sub(entropy.mul(new Scalar(0.01)))
                .add(penalty.mul(new Scalar(PRICE)))
                .sum();
    }

    private static Tensor kl(Tensor logprobs, Tensor refLogprobs) {
        return logprobs.exp().mul(logprobs.sub(refLogprobs)).sum(-1);
    }

    private static Tensor sequenceKl(TinyPair pair, TokenBatch batch, int sequence, Tensor logprobs) {
        Tensor kl = kl(logprobs, logprobs(pair.reference(), batch, sequence));
        double[] nats = Tensors.toDoubles(kl);
        double[] later = new double[nats.length];
        for (int t = 0; t < nats.length; t++) {
            for (int s = t + 1; s < nats.length; s++) {
                later[t] += nats[s];
            }
        }
        return kl.add(chosen(logprobs, batch, sequence).mul(Tensors.of(later, later.length)))
                .sum();
    }

    private static Tensor constants(double[][] values, TokenBatch batch, int sequence) {
        double[] counted = PieceEntries.gather(values, new int[] {sequence}, batch.responseMask());
        return Tensors.of(counted, counted.length);
    }
}
