package dev.tether.run.foreign;

import dev.tether.core.monitor.Figure;
import dev.tether.run.InputException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which column of another trainer's log holds which figure. Whoever maps a column vouches for its unit: docs/metrics.md
 * says which each figure has.
 *
 * @param columns name of a column, or of a key within a row, by figure
 * @param step column of the step's number; where there is none, rows are counted
 */
public record FigureColumns(Map<Figure, String> columns, Optional<String> step) {
    private static final String STEP = "step";

    /** Words, or numbers that need a unit beside them: no single column holds them. */
    private static final Set<Figure> NO_COLUMN = EnumSet.of(
            Figure.TARGET_PER_TOKEN, Figure.TARGET_PER_SEQUENCE, Figure.COEFFICIENT_BOUND, Figure.BELT_VERDICT);

    public FigureColumns {
        columns = Map.copyOf(columns);
    }

    /**
     * Of pairs such as {@code score.mean=mean_reward}, {@code step=iteration}.
     *
     * @throws InputException where a pair is none, or names a figure that is none
     */
    public static FigureColumns parse(List<String> pairs) {
        Map<Figure, String> columns = new EnumMap<>(Figure.class);
        Optional<String> step = Optional.empty();
        for (String pair : pairs) {
            int sign = pair.indexOf('=');
            if (sign < 1 || sign == pair.length() - 1) {
                throw new InputException("column " + pair + ", must be FIGURE=NAME, such as score.mean=reward");
            }
            String key = pair.substring(0, sign);
            if (key.equals(STEP)) {
                step = Optional.of(pair.substring(sign + 1));
            } else {
                columns.put(figure(key), pair.substring(sign + 1));
            }
        }
        return new FigureColumns(columns, step);
    }

    private static Figure figure(String key) {
        return mappable().stream()
                .filter(figure -> figure.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown figure " + key + "; known are step, "
                        + mappable().stream().map(Figure::key).collect(Collectors.joining(", "))));
    }

    /** The figures that a column can hold. */
    static List<Figure> mappable() {
        return Arrays.stream(Figure.values())
                .filter(figure -> !NO_COLUMN.contains(figure))
                .toList();
    }
}
