package dev.tether.torch.probe;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.Scoped;
import dev.tether.torch.engine.Tensors;
import dev.tether.torch.network.CausalLm;
import dev.tether.torch.network.CountedStates;
import dev.tether.torch.objective.PolicyTargets;
import dev.tether.torch.objective.StepObjective;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.TokenBatch;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Adds the gradient of a {@link ProbeLoss} to those of the policy's parameters, a few sequences at a time. */
final class ProbeBackward {
    private final CausalLm policy;
    private final CausalLm reference;
    private final double temperature;
    private final PieceSizes sizes;
    private final PolicyBackward backward;

    ProbeBackward(CausalLm policy, CausalLm reference, double temperature, PieceSizes sizes) {
        this.policy = policy;
        this.reference = reference;
        this.temperature = temperature;
        this.sizes = sizes;
        this.backward = new PolicyBackward(policy, temperature, sizes);
    }

    void run(ProbeLoss loss) {
        if (loss instanceof ProbeLoss.Update update) {
            run(update);
        } else {
            run(((ProbeLoss.SequenceKl) loss).tokens());
        }
    }

    private void run(ProbeLoss.Update update) {
        Minibatch minibatch = update.minibatch();
        long counted = minibatch.tokens().responseMask().counted();
        // only the report and the value loss would read the numbers of sequences and of value positions
        StepObjective objective = new StepObjective(update.objective(), counted, 1, 1);
        double[][] weights =
                update.objective().mean().tokenWeights(minibatch.tokens().responseMask());
        inPieces(minibatch.tokens(), piece -> {
            PolicyTargets before = new PolicyTargets(
                    piece.constants(minibatch.logprobs()),
                    piece.constants(minibatch.refLogprobs()),
                    piece.constants(minibatch.advantages()),
                    piece.constants(weights),
                    objective.needsSequences() ? piece.unmoved() : null);
            return new UpdateLoss(
                    objective, piece.states().targets(), before, objective.needsReference() ? piece.reference() : null);
        });
    }

    private void run(TokenBatch tokens) {
        long counted = tokens.responseMask().counted();
        inPieces(tokens, piece -> {
            ReferenceDistributions distributions = piece.reference();
            Tensor later = piece.constants(piece.later(distributions));
            return new SequenceKlLoss(piece.states().targets(), later, distributions, counted);
        });
    }

    private void inPieces(TokenBatch tokens, Function<Piece, DistributionLoss> loss) {
        for (int[] sequences : SequencePieces.of(tokens, sizes.tokens())) {
            Scoped.run(() -> {
                CountedStates states = CountedStates.of(policy, tokens.rows(sequences));
                backward.run(states, loss.apply(new Piece(tokens, sequences, states)));
            });
        }
    }

    /** Some sequences of a batch and the policy's states on them, in one scope. */
    private final class Piece {
        private final TokenBatch batch;
        private final int[] sequences;
        private final CountedStates states;

        Piece(TokenBatch batch, int[] sequences, CountedStates states) {
            this.batch = batch;
            this.sequences = sequences;
            this.states = states;
        }

        CountedStates states() {
            return states;
        }

        /** The counted entries of a [B][T] array, [N]. */
        Tensor constants(double[][] values) {
            ScalarType type = policy.computeType().scalarType();
            double[] entries = PieceEntries.gather(values, sequences, batch.responseMask());
            return Tensors.of(entries, type, entries.length);
        }

        /** At the policy that drew the tokens every ratio is 1. */
        PolicyTargets.Sequences unmoved() {
            double[] zeros = new double[Math.toIntExact(states.targets().size(0))];
            Tensor none = Tensors.of(zeros, policy.computeType().scalarType(), zeros.length);
            return new PolicyTargets.Sequences(none, none);
        }

        ReferenceDistributions reference() {
            Tensor hidden = CountedStates.of(reference, batch.rows(sequences)).hidden();
            return new ReferenceDistributions(reference, hidden, temperature);
        }

        /** KL of each counted token, [N] nats, to the precision of the gradients that it weighs. */
        private double[] policyToReference(ReferenceDistributions distributions) {
            Tensor hidden = states.hidden().detach();
            double[] nats = new double[Math.toIntExact(hidden.size(0))];
            int step = PieceSizes.rows(sizes.logits(), policy.vocabularySize());
            for (int first = 0; first < nats.length; first += step) {
                int from = first;
                int count = Math.min(step, nats.length - first);
                double[] some = Scoped.computeWithoutGradients(() -> Tensors.toDoubles(Distributions.kl(
                        Distributions.logprobs(policy, hidden.narrow(0, from, count), temperature),
                        distributions.logprobs(from, count))));
                System.arraycopy(some, 0, nats, from, count);
            }
            return nats;
        }

        /** Σ_{s&gt;t} KL_s of each sequence, [B][T]; 0 where uncounted and outside of this piece. */
        double[][] later(ReferenceDistributions distributions) {
            ResponseMask mask = batch.responseMask();
            double[][] nats = new double[batch.sequences()][batch.responseWidth()];
            PieceEntries.scatter(policyToReference(distributions), nats, sequences, mask);
            double[][] later = new double[nats.length][batch.responseWidth()];
            for (int b : sequences) {
                double sum = 0;
                for (int t = nats[b].length - 1; t >= 0; t--) {
                    later[b][t] = sum;
                    sum += mask.counts(b, t) ? nats[b][t] : 0;
                }
            }
            return later;
        }
    }
}
