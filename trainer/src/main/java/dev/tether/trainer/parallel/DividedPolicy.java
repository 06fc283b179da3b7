package dev.tether.trainer.parallel;

import dev.tether.trainer.model.Evaluation;
import dev.tether.trainer.model.Generation;
import dev.tether.trainer.model.KlLoss;
import dev.tether.trainer.model.Minibatch;
import dev.tether.trainer.model.PolicyModel;
import dev.tether.trainer.model.ReferenceModel;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.UpdateObjective;
import dev.tether.trainer.model.UpdateReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A policy whose copies at all processes work together: the same weights everywhere to the bit, the rows of every batch
 * divided. Owns this process's. Files are written and read by the first process alone; the others have its state by wire.
 */
public final class DividedPolicy implements PolicyModel {
    private final DivisiblePolicy own;
    private final Peers peers;

    /** Takes over the state of the first process's, so that all begin alike. */
    public DividedPolicy(DivisiblePolicy own, Peers peers) {
        this.own = own;
        this.peers = peers;
        own.takeStateOfFirst();
        requireAlike("the start");
    }

    /**
     * Compares the weights of all processes.
     *
     * @param when for the message
     * @throws PeerException where they differ in a bit
     */
    public void requireAlike(String when) {
        List<byte[]> all = Together.gather(
                peers, "fingerprint", () -> own.trainedFingerprint().getBytes(StandardCharsets.UTF_8));
        for (int rank = 1; rank < all.size(); rank++) {
            if (!Arrays.equals(all.get(rank), all.get(0))) {
                throw new PeerException("the weights of rank " + rank + " differ from those of rank 0 at " + when
                        + ": the processes must run the same version on machines of the same kind (docs/parallel.md)");
            }
        }
    }

    @Override
    public Generation generate(int[][] prompts, Sampling sampling, long seed) {
        return DividedGeneration.of(peers, prompts, (some, first) -> own.generateRows(some, first, sampling, seed));
    }

    @Override
    public Evaluation evaluate(TokenBatch batch, double temperature) {
        double[][][] read = DealtReading.of(peers, "policy", batch, some -> {
            Evaluation part = own.evaluate(some, temperature);
            return new double[][][] {part.logprobs(), part.entropy(), part.values()};
        });
        return new Evaluation(read[0], read[1], read[2]);
    }

    @Override
    public double[][] values(TokenBatch batch) {
        return DealtReading.of(peers, "values", batch, some -> new double[][][] {own.values(some)})[0];
    }

    @Override
    public UpdateReport update(
            Minibatch minibatch, UpdateObjective objective, double temperature, double learningRate) {
        return own.update(minibatch, withOwnReference(objective), temperature, learningRate);
    }

    /** A penalty over the vocabulary is computed beside the policy's rows, by this process's reference. */
    private static UpdateObjective withOwnReference(UpdateObjective objective) {
        KlLoss klLoss = objective.klLoss();
        return objective.with(new KlLoss(
                klLoss.placement(), klLoss.klLossCoef(), klLoss.reference().map(DividedPolicy::own)));
    }

    private static ReferenceModel own(ReferenceModel reference) {
        return reference instanceof DividedReference divided ? divided.own() : reference;
    }

    @Override
    public int contextLength() {
        return own.contextLength();
    }

    /** Compares the weights of all processes; then the first writes them. */
    @Override
    public void saveTrainingState(Path directory) throws IOException {
        requireAlike("this checkpoint");
        if (peers.isFirst()) {
            own.saveTrainingState(directory);
        }
    }

    /** The first process restores its state, the others take it over. */
    @Override
    public void restoreTrainingState(Path directory) throws IOException {
        try {
            Together.ofFirst(peers, "restore", () -> restored(directory));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        own.takeStateOfFirst();
    }

    private byte[] restored(Path directory) {
        try {
            own.restoreTrainingState(directory);
            return new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ExportKind exportKind() {
        return own.exportKind();
    }

    @Override
    public void export(Path directory) throws IOException {
        own.export(directory);
    }

    @Override
    public void close() {
        own.close();
    }
}
