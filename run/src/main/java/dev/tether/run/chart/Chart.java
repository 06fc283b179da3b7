package dev.tether.run.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * What a chart shows; {@link ChartSvg} draws it.
 *
 * @param title what is shown
 * @param xName what the horizontal axis is
 * @param yUnit unit of the vertical axis
 * @param series at least one with a point
 * @param guides horizontal lines with a name, such as a target
 * @param zones horizontal stripes with a name, such as a healthy range
 * @param heights how the vertical axis may spread numbers
 */
public record Chart(
        String title,
        String xName,
        String yUnit,
        List<Series> series,
        List<Guide> guides,
        List<Zone> zones,
        Heights heights) {

    /** How the vertical axis may spread numbers. */
    public enum Heights {
        LINEAR,
        /** Equal ratios take equal room where the numbers span decades: for factors, which are multiplied. */
        RATIOS_WHERE_WIDE
    }

    /** A dashed line at {@code y}. */
    public record Guide(String name, double y) {}

    /** A stripe from {@code low} to {@code high}. */
    public record Zone(String name, double low, double high) {}

    public Chart {
        series = series.stream().filter(s -> s.points() > 0).toList();
        guides = List.copyOf(guides);
        zones = List.copyOf(zones);
    }

    public static Chart of(String title, String xName, String yUnit, List<Series> series) {
        return new Chart(title, xName, yUnit, series, List.of(), List.of(), Heights.LINEAR);
    }

    public Chart with(Guide guide) {
        return new Chart(title, xName, yUnit, series, append(guides, guide), zones, heights);
    }

    public Chart with(Zone zone) {
        return new Chart(title, xName, yUnit, series, guides, append(zones, zone), heights);
    }

    public Chart with(Heights other) {
        return new Chart(title, xName, yUnit, series, guides, zones, other);
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
