package dev.tether.run.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a chart shows; {@link ChartSvg} draws it.
 *
 * @param title what is shown
 * @param xName what the horizontal axis is
 * @param yUnit unit of the vertical axis
 * @param series at least one with a point
 * @param guides horizontal lines with a name, such as a target
 * @param zones horizontal stripes with a name, such as a healthy range
 * @param reach where trust ends along the horizontal axis
 * @param widths how the horizontal axis spreads numbers
 * @param heights how the vertical axis may spread numbers
 */
public record Chart(
        String title,
        String xName,
        String yUnit,
        List<Series> series,
        List<Guide> guides,
        List<Zone> zones,
        Optional<Reach> reach,
        Widths widths,
        Heights heights) {

    /** How the horizontal axis spreads numbers. */
    public enum Widths {
        /** From the first to the last, as for steps. */
        STEPS,
        /** With air around, and from 0 where the numbers come near it. */
        AMOUNTS,
        /** Equal ratios take equal room: for factors; all must be &gt; 0. */
        RATIOS
    }

    /** How the vertical axis may spread numbers. */
    public enum Heights {
        LINEAR,
        /** Equal ratios take equal room where the numbers span decades: for factors, which are multiplied. */
        RATIOS_WHERE_WIDE
    }

    /** A dashed line at {@code y}. */
    public record Guide(String name, double y) {}

    /** A stripe from {@code low} to {@code high}; an infinite {@code high} is the top. */
    public record Zone(String name, double low, double high, Tone tone) {
        /** Where figures are wished to be. */
        public static Zone healthy(String name, double low, double high) {
            return new Zone(name, low, high, Tone.HEALTHY);
        }

        /** From {@code low} on upwards, nothing is to be trusted. */
        public static Zone untrusted(String name, double low) {
            return new Zone(name, low, Double.POSITIVE_INFINITY, Tone.UNTRUSTED);
        }
    }

    /** What a zone says of the figures in it. */
    public enum Tone {
        HEALTHY,
        UNTRUSTED
    }

    /** From {@code x} on to the right, nothing is to be trusted. */
    public record Reach(String name, double x) {}

    public Chart {
        series = series.stream().filter(s -> s.points() > 0).toList();
        guides = List.copyOf(guides);
        zones = List.copyOf(zones);
    }

    public static Chart of(String title, String xName, String yUnit, List<Series> series) {
        return new Chart(
                title, xName, yUnit, series, List.of(), List.of(), Optional.empty(), Widths.STEPS, Heights.LINEAR);
    }

    public Chart with(Guide guide) {
        return new Chart(title, xName, yUnit, series, append(guides, guide), zones, reach, widths, heights);
    }

    public Chart with(Zone zone) {
        return new Chart(title, xName, yUnit, series, guides, append(zones, zone), reach, widths, heights);
    }

    public Chart with(Reach end) {
        return new Chart(title, xName, yUnit, series, guides, zones, Optional.of(end), widths, heights);
    }

    public Chart with(Widths other) {
        return new Chart(title, xName, yUnit, series, guides, zones, reach, other, heights);
    }

    public Chart with(Heights other) {
        return new Chart(title, xName, yUnit, series, guides, zones, reach, widths, other);
    }

    /** True where nothing was measured. */
    public boolean isEmpty() {
        return series.isEmpty();
    }

    private static <T> List<T> append(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }
}
