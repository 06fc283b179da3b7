package dev.tether.cli.live;

import dev.tamboui.buffer.Buffer;
import dev.tamboui.layout.Rect;
import dev.tamboui.style.Color;
import dev.tamboui.style.Style;
import dev.tamboui.widgets.block.Block;
import dev.tamboui.widgets.block.BorderType;
import dev.tamboui.widgets.block.Borders;
import dev.tamboui.widgets.block.Title;
import dev.tamboui.widgets.canvas.Canvas;
import dev.tamboui.widgets.canvas.Context;
import dev.tamboui.widgets.canvas.Marker;
import dev.tamboui.widgets.canvas.shapes.Line;
import dev.tamboui.widgets.canvas.shapes.Points;
import dev.tether.run.chart.Numbers;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * A figure over steps in a frame: a curve of Braille dots, its range at the left, and a dotted line at a wished value.
 *
 * @param title what it is, with the last value
 * @param steps one per value
 * @param values NaN where unknown
 * @param wished drawn where there is one, and always within the range
 * @param floor the range begins there or below; empty: at the smallest value
 */
record StepChart(String title, double[] steps, double[] values, OptionalDouble wished, OptionalDouble floor) {
    static final Color CURVE = Color.indexed(39);
    static final Color WISHED = Color.indexed(208);
    static final Style FRAME = Style.create().fg(Color.indexed(245));
    private static final int LABELS = 9;
    private static final int FEWEST_STEPS = 10;
    private static final double MARGIN = 0.08;

    private record Range(double low, double high) {}

    void draw(Rect area, Buffer buffer) {
        Block block = frame(Title.from(title).ellipsis());
        block.render(area, buffer);
        Rect inner = block.inner(area);
        if (inner.width() <= LABELS + 2 || inner.height() < 1) {
            return;
        }
        if (Arrays.stream(values).noneMatch(Double::isFinite)) {
            buffer.setString(inner.x() + 1, inner.y() + inner.height() / 2, "nothing known yet", FRAME);
            return;
        }
        Range range = range();
        labels(inner, buffer, range);
        Rect plot = new Rect(inner.x() + LABELS, inner.y(), inner.width() - LABELS, inner.height());
        double first = steps[0];
        double last = Math.max(steps[steps.length - 1], first + FEWEST_STEPS - 1);
        Canvas.builder()
                .xBounds(first, last)
                .yBounds(range.low(), range.high())
                .marker(Marker.BRAILLE)
                .paint(canvas -> paint(canvas, 2 * plot.width(), first, last))
                .build()
                .render(plot, buffer);
    }

    static Block frame(Title title) {
        return Block.builder()
                .borders(Borders.ALL)
                .borderType(BorderType.ROUNDED)
                .borderStyle(FRAME)
                .title(title)
                .build();
    }

    private void paint(Context canvas, int dots, double first, double last) {
        wished.ifPresent(value -> {
            double[][] points = new double[dots / 3][];
            for (int i = 0; i < points.length; i++) {
                points[i] = new double[] {first + (last - first) * i / points.length, value};
            }
            canvas.draw(Points.of(points, WISHED));
            canvas.layer();
        });
        int before = -1;
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                int from = before < 0 ? i : before;
                canvas.draw(Line.of(steps[from], values[from], steps[i], values[i], CURVE));
                before = i;
            }
        }
    }

    private Range range() {
        double low = Arrays.stream(values).filter(Double::isFinite).min().orElseThrow();
        double high = Arrays.stream(values).filter(Double::isFinite).max().orElseThrow();
        low = Math.min(Math.min(low, wished.orElse(low)), floor.orElse(low));
        high = Math.max(high, wished.orElse(high));
        double span = high > low ? high - low : Math.max(Math.abs(high), 1e-3);
        boolean isOnFloor = floor.isPresent() && low == floor.getAsDouble();
        return new Range(isOnFloor ? low : low - MARGIN * span, high + MARGIN * span);
    }

    private static void labels(Rect inner, Buffer buffer, Range range) {
        label(inner, buffer, inner.y(), range.high());
        if (inner.height() > 1) {
            label(inner, buffer, inner.bottom() - 1, range.low());
        }
        if (inner.height() >= 5 && inner.height() % 2 == 1) {
            label(inner, buffer, inner.y() + inner.height() / 2, (range.low() + range.high()) / 2);
        }
    }

    private static void label(Rect inner, Buffer buffer, int row, double value) {
        String text = Numbers.rough(value);
        buffer.setString(inner.x() + Math.max(0, LABELS - 1 - text.length()), row, text, FRAME);
    }
}
