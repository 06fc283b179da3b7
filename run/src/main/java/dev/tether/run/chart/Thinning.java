package dev.tether.run.chart;

import java.util.TreeSet;
import java.util.stream.IntStream;

/** Fewer points that draw the same picture: of each stretch the first, the lowest, the highest and the last stay. */
final class Thinning {
    private Thinning() {}

    /** Indices that stay, ascending; all of them where there are few. */
    static int[] keep(double[] y, int stretches) {
        if (y.length <= 4 * stretches) {
            return IntStream.range(0, y.length).toArray();
        }
        TreeSet<Integer> kept = new TreeSet<>();
        for (int s = 0; s < stretches; s++) {
            int from = (int) ((long) s * y.length / stretches);
            int to = (int) ((long) (s + 1) * y.length / stretches);
            int lowest = from;
            int highest = from;
            for (int i = from; i < to; i++) {
                lowest = y[i] < y[lowest] ? i : lowest;
                highest = y[i] > y[highest] ? i : highest;
            }
            kept.add(from);
            kept.add(lowest);
            kept.add(highest);
            kept.add(to - 1);
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }
}
