package dev.tether.cli.preference;

import dev.tether.run.report.PreferencePage.Mistake;
import dev.tether.trainer.preference.PreferencePair;
import dev.tether.trainer.preference.PreferenceRow;
import dev.tether.trainer.preference.TokenPair;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The pairs a model is wrong about. */
record Mistakes(List<PreferenceRow> rows, List<TokenPair> pairs) {
    /** The {@code count} pairs of the most negative margins. */
    List<Mistake> surest(double[] margins, int count) {
        Map<String, PreferencePair> byPlace =
                rows.stream().collect(Collectors.toMap(PreferenceRow::place, PreferenceRow::pair, (one, other) -> one));
        Function<Integer, Mistake> mistake = i -> {
            PreferencePair pair = byPlace.get(pairs.get(i).place());
            return new Mistake(pair.prompt(), pair.chosen(), pair.rejected(), margins[i]);
        };
        return IntStream.range(0, margins.length)
                .filter(i -> margins[i] < 0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> margins[i]))
                .limit(count)
                .map(mistake)
                .toList();
    }
}
