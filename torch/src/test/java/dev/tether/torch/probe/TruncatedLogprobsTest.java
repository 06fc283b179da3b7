package dev.tether.torch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.core.kl.ResponseMask;
import dev.tether.torch.engine.ComputeType;
import dev.tether.trainer.model.Sampling;
import dev.tether.trainer.model.TokenBatch;
import dev.tether.trainer.model.TruncatedLogprobs;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the definition: sort, cut, normalise again, in double precision. */
class TruncatedLogprobsTest {
    private static final PieceSizes SMALL = new PieceSizes(20, 40 * 3, 40 * 3, 40 * 2);

    @TempDir
    static Path scratch;

    @ParameterizedTest
    @CsvSource({"1, 5, 1", "0.7, 0, 0.6", "1.4, 8, 0.9", "1, 0, 1"})
    void bothModelsAreNormalisedOverWhatIsLeftToThePolicy(double temperature, int topK, double topP) {
        try (TinyPair pair = TinyPair.of(scratch, 40, ComputeType.FLOAT64)) {
            TokenBatch batch = pair.batch();
            Sampling sampling = new Sampling(9, temperature, topK, topP, new int[0]);
            for (PieceSizes sizes : new PieceSizes[] {SMALL, PieceSizes.DEFAULT}) {
                TruncatedLogprobs truncated = pair.probe(sizes).truncatedLogprobs(batch, sampling);
                for (int b = 0; b < batch.sequences(); b++) {
                    double[][] policy = TinyPair.distributions(pair.policy(), batch, b, temperature);
                    double[][] reference = TinyPair.distributions(pair.reference(), batch, b, temperature);
                    assertRow(batch, b, truncated, policy, reference, sampling);
                }
            }
        }
    }

    private static void assertRow(
            TokenBatch batch,
            int b,
            TruncatedLogprobs truncated,
            double[][] policy,
            double[][] reference,
            Sampling sampling) {
        ResponseMask mask = batch.responseMask();
        for (int t = 0; t < batch.responseWidth(); t++) {
            if (!mask.counts(b, t)) {
                assertThat(truncated.policy()[b][t]).isZero();
                continue;
            }
            int token = batch.responses()[b][t];
            Set<Integer> kept = kept(policy[t], sampling);
            kept.add(token);
            assertThat(truncated.policy()[b][t]).isCloseTo(policy[t][token] - logMass(policy[t], kept), within(1e-10));
            assertThat(truncated.reference()[b][t])
                    .isCloseTo(reference[t][token] - logMass(reference[t], kept), within(1e-10));
        }
    }

    private static Set<Integer> kept(double[] logprobs, Sampling sampling) {
        int[] order = IntStream.range(0, logprobs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(v -> -logprobs[v]))
                .mapToInt(Integer::intValue)
                .toArray();
        int most = sampling.topK() == 0 ? logprobs.length : sampling.topK();
        double total = IntStream.range(0, most)
                .mapToDouble(i -> Math.exp(logprobs[order[i]]))
                .sum();
        Set<Integer> kept = new HashSet<>();
        double before = 0;
        for (int i = 0; i < most && before / total < sampling.topP(); i++) {
            kept.add(order[i]);
            before += Math.exp(logprobs[order[i]]);
        }
        return kept;
    }

    private static double logMass(double[] logprobs, Set<Integer> kept) {
        return Math.log(kept.stream().mapToDouble(v -> Math.exp(logprobs[v])).sum());
    }
}
