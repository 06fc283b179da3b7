package dev.tether.run.chart;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Colours and lines of charts, for light and for dark. */
public final class ChartStyle {
    /** How many colours of series there are; the next one is the first again. */
    public static final int COLOURS = 8;

    private ChartStyle() {}

    /** CSS for the classes that {@link ChartSvg} uses. */
    public static String css() {
        return resource("chart.css");
    }

    /** Class of a series' colour. */
    static String colour(Series series) {
        return "c" + series.colour() % COLOURS;
    }

    private static String resource(String name) {
        try (InputStream in = ChartStyle.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name + " is part of this jar", e);
        }
    }
}
