package dev.tether.core.stats;

import static dev.tether.core.Arrays2.assertClose;
import static dev.tether.core.Arrays2.gaussian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusteredErrorTest {
    @Test
    void agreesWithTheTextbookFormulas() {
        SplittableRandom random = new SplittableRandom(29);
        for (int round = 0; round < 50; round++) {
            int sequences = 2 + random.nextInt(10);
            double[] sums = random.doubles(sequences, -3, 8).toArray();
            long[] counts = random.longs(sequences, 1, 20).toArray();
            ClusteredError error = ClusteredError.EMPTY;
            double sum = 0;
            double count = 0;
            for (int i = 0; i < sequences; i++) {
                error = error.plus(sums[i], counts[i]);
                sum += sums[i];
                count += counts[i];
            }
            double squares = 0;
            double residuals = 0;
            for (int i = 0; i < sequences; i++) {
                squares += Math.pow(sums[i] - sum / sequences, 2);
                residuals += Math.pow(sums[i] - sum / count * counts[i], 2);
            }
            double correction = sequences / (sequences - 1.0);
            assertClose("mean", error.mean(), sum / sequences, 1e-12);
            assertClose("ratio", error.ratio(), sum / count, 1e-12);
            assertClose("se mean", error.standardErrorOfMean(), Math.sqrt(correction * squares) / sequences, 1e-12);
            assertClose("se ratio", error.standardErrorOfRatio(), Math.sqrt(correction * residuals) / count, 1e-12);
        }
    }

    @Test
    void mergedPartsEqualOneStream() {
        SplittableRandom random = new SplittableRandom(31);
        ClusteredError whole = ClusteredError.EMPTY;
        ClusteredError merged = ClusteredError.EMPTY;
        for (int part = 0; part < 5; part++) {
            ClusteredError piece = ClusteredError.EMPTY;
            for (int i = 0; i < part; i++) {
                double sum = random.nextDouble(-1, 9);
                long count = random.nextLong(1, 30);
                piece = piece.plus(sum, count);
                whole = whole.plus(sum, count);
            }
            merged = merged.merge(piece);
        }
        assertClose("ratio", merged.ratio(), whole.ratio(), 1e-13);
        assertClose("se ratio", merged.standardErrorOfRatio(), whole.standardErrorOfRatio(), 1e-12);
        assertClose("se mean", merged.standardErrorOfMean(), whole.standardErrorOfMean(), 1e-12);
        assertThat(merged.sequences()).isEqualTo(10);
    }

    /** Tokens that repeat their sequence's value: counting them as independent would make the error 4 times too small. */
    @Test
    void theStatedErrorIsTheSpreadThatRepetitionShows() {
        SplittableRandom random = new SplittableRandom(37);
        RunningStats ratios = RunningStats.EMPTY;
        RunningStats statedVariances = RunningStats.EMPTY;
        for (int batch = 0; batch < 3000; batch++) {
            ClusteredError error = ClusteredError.EMPTY;
            for (int sequence = 0; sequence < 40; sequence++) {
                long tokens = random.nextLong(8, 25);
                error = error.plus(tokens * (0.1 + 0.3 * gaussian(random)), tokens);
            }
            ratios = ratios.plus(error.ratio());
            statedVariances = statedVariances.plus(Math.pow(error.standardErrorOfRatio(), 2));
        }
        double stated = Math.sqrt(statedVariances.mean());
        // the spread of 3000 batches is itself known to 1.3 %, and the linearised error is biased by about 1/40
        assertThat(stated / Math.sqrt(ratios.besselVariance())).isCloseTo(1, within(0.06));
        double tokenLevel = 0.3 / Math.sqrt(40 * 16);
        assertThat(stated).isGreaterThan(3.5 * tokenLevel);
    }

    @Test
    void anErrorThatCannotBeKnownIsInfinite() {
        ClusteredError one = ClusteredError.EMPTY.plus(3, 4);
        assertThat(one.standardErrorOfMean()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(one.standardErrorOfRatio()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThatThrownBy(ClusteredError.EMPTY::mean).hasMessageStartingWith("no sequence was counted");
        assertThatThrownBy(ClusteredError.EMPTY::ratio).hasMessageStartingWith("no sequence was counted");
    }

    @Test
    void sequencesThatAgreeHaveNoError() {
        ClusteredError error = ClusteredError.EMPTY.plus(1, 2).plus(2, 4).plus(4, 8);
        assertThat(error.standardErrorOfRatio()).isCloseTo(0, within(1e-8));
        assertThat(error.ratio()).isEqualTo(0.5);
    }
}
