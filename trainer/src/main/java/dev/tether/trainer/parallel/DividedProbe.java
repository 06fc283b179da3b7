package dev.tether.trainer.parallel;

import dev.tether.trainer.model.BeltProbe;
import dev.tether.trainer.model.ExactKl;
import dev.tether.trainer.model.ProbeLoss;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Measurements that all processes make together: of sums over the vocabulary each reads some rows, of gradients some groups. */
public final class DividedProbe implements BeltProbe {
    private final BeltProbe own;
    private final Peers peers;

    public DividedProbe(BeltProbe own, Peers peers) {
        this.own = own;
        this.peers = peers;
    }

    @Override
    public ExactKl exactKl(TokenBatch batch, double temperature) {
        double[][][] read = DealtReading.of(peers, "exact KL", batch, some -> {
            ExactKl part = own.exactKl(some, temperature);
            return new double[][][] {part.policyToReference(), part.referenceToPolicy()};
        });
        return new ExactKl(read[0], read[1]);
    }

    @Override
    public TruncatedLogprobs truncatedLogprobs(TokenBatch batch, Sampling sampling) {
        double[][][] read = DealtReading.of(peers, "truncated logprobs", batch, some -> {
            TruncatedLogprobs part = own.truncatedLogprobs(some, sampling);
            return new double[][][] {part.policy(), part.reference()};
        });
        return new TruncatedLogprobs(read[0], read[1]);
    }

    @Override
    public List<double[][]> gradientGrams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature) {
        List<byte[]> parts = Together.gather(peers, "gradients", () -> grams(groups, common, temperature));
        List<PartReader> readers = parts.stream().map(PartReader::new).toList();
        List<double[][]> all = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            all.add(readers.get(group % peers.count()).rows());
        }
        return all;
    }

    private byte[] grams(List<List<ProbeLoss>> groups, ProbeLoss common, double temperature) {
        List<List<ProbeLoss>> mine = IntStream.range(0, groups.size())
                .filter(group -> group % peers.count() == peers.rank())
                .mapToObj(groups::get)
                .toList();
        PartWriter writer = new PartWriter();
        if (!mine.isEmpty()) {
            own.gradientGrams(mine, common, temperature).forEach(writer::add);
        }
        return writer.bytes();
    }

    @Override
    public <T> T nearPolicy(double relativeNoise, long seed, Supplier<T> measurement) {
        return own.nearPolicy(relativeNoise, seed, measurement);
    }
}
