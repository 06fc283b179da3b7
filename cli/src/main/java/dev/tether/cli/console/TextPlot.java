package dev.tether.cli.console;

import dev.tether.run.chart.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Curves over steps, drawn with characters: one sign per curve, the guide behind them. */
public final class TextPlot {
    private static final int WIDTH = 72;
    private static final int HEIGHT = 14;
    private static final double HEADROOM = 1.15;
    private static final String[] UNICODE = {"●", "○", "▲", "△", "■", "□", "◆", "◇"};
    private static final String[] ASCII = {"*", "o", "+", "x", "#", "%", "@", "="};
    /** Bright ANSI colours of the 256, told apart on dark and on light. */
    private static final int[] COLOURS = {39, 208, 35, 170, 178, 80, 203, 245};

    private record Curve(String name, double[] values) {}

    private final Screen screen;
    private final Signs signs;
    private final double guide;
    private final double ceiling;
    private final List<Curve> curves = new ArrayList<>();

    /**
     * An empty plot.
     *
     * @param guide a value to draw a level line at; &gt; 0
     * @param ceiling what is greater is drawn at the upper edge
     */
    public TextPlot(Screen screen, Signs signs, double guide, double ceiling) {
        this.screen = screen;
        this.signs = signs;
        this.guide = guide;
        this.ceiling = ceiling;
    }

    /** One more curve, one value per step; later ones are drawn over earlier ones. */
    public TextPlot with(String name, double[] values) {
        curves.add(new Curve(name, values));
        return this;
    }

    /** The lines of the plot, axis, and a legend below. */
    public String draw() {
        double top = top();
        String[][] cells = new String[HEIGHT][WIDTH];
        int guideRow = row(guide, top);
        Arrays.fill(cells[guideRow], signs == Signs.UNICODE ? "┄" : "-");
        for (int i = 0; i < curves.size(); i++) {
            double[] columns = columns(curves.get(i).values());
            for (int column = 0; column < WIDTH; column++) {
                cells[row(columns[column], top)][column] = sign(i);
            }
        }
        StringBuilder out = new StringBuilder();
        for (int row = 0; row < HEIGHT; row++) {
            out.append(label(row, guideRow, top)).append(signs == Signs.UNICODE ? " │" : " |");
            for (String cell : cells[row]) {
                out.append(cell == null ? " " : cell);
            }
            out.append('\n');
        }
        return out.append(axis()).append(legend()).toString().replaceAll(" +\n", "\n");
    }

    private double top() {
        double greatest = curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.values()))
                .max()
                .orElse(guide);
        double wished = Math.max(HEADROOM * guide, Math.min(ceiling, greatest));
        // so that the guide lies on a row of its own and its label is its value
        return guide * (HEIGHT - 1) / Math.max(1, Math.floor(guide / wished * (HEIGHT - 1)));
    }

    private static int row(double value, double top) {
        double share = Math.max(0, Math.min(1, value / top));
        return (int) Math.round((1 - share) * (HEIGHT - 1));
    }

    /** The mean of the steps that fall into each column; where there are fewer steps than columns, they are stretched. */
    private static double[] columns(double[] values) {
        double[] columns = new double[WIDTH];
        for (int column = 0; column < WIDTH; column++) {
            int from = (int) ((long) column * values.length / WIDTH);
            int to = Math.max(from + 1, (int) ((long) (column + 1) * values.length / WIDTH));
            columns[column] = Arrays.stream(values, from, to).average().orElseThrow();
        }
        return columns;
    }

    private String sign(int curve) {
        String[] all = signs == Signs.UNICODE ? UNICODE : ASCII;
        String sign = all[curve % all.length];
        return screen.isColoured() ? "\u001b[38;5;" + COLOURS[curve % COLOURS.length] + "m" + sign + "\u001b[0m" : sign;
    }

    private static String label(int row, int guideRow, double top) {
        String text = row == guideRow || row == 0 || row == HEIGHT - 1
                ? Numbers.rough(top * (HEIGHT - 1 - row) / (HEIGHT - 1))
                : "";
        return String.format("%8s", text);
    }

    private String axis() {
        int steps =
                curves.stream().mapToInt(curve -> curve.values().length).max().orElse(0);
        String line = " ".repeat(9) + (signs == Signs.UNICODE ? "└" + "─".repeat(WIDTH) : "+" + "-".repeat(WIDTH));
        return line + "\n" + " ".repeat(10) + "1" + String.format("%" + (WIDTH - 1) + "s", "step " + steps) + "\n";
    }

    private String legend() {
        StringBuilder out = new StringBuilder(" ".repeat(10));
        for (int i = 0; i < curves.size(); i++) {
            out.append(sign(i)).append(' ').append(curves.get(i).name()).append("   ");
        }
        return out.append('\n').toString();
    }
}
