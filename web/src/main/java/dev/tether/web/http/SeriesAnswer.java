package dev.tether.web.http;

import dev.tether.web.follow.Figure;
import dev.tether.web.follow.RunFeed;
import dev.tether.web.follow.Table;
import dev.tether.web.series.Buckets;
import dev.tether.web.series.Grid;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/** Figures of runs as columns over one grid of steps. */
final class SeriesAnswer {
    private static final int MOST_POINTS = 2000;
    private static final int USUAL_POINTS = 1000;

    /** A run, the steps of it that are told of, and the generation they belong to. */
    private record Told(RunFeed feed, int generation, Table table) {
        static Told of(RunFeed feed) {
            // a run that is read anew in between shows as an old generation, and is asked for again
            int generation = feed.generation();
            return new Told(feed, generation, feed.table());
        }

        long lastStep() {
            return table.size() == 0 ? -1 : table.step(table.size() - 1);
        }

        long firstStep() {
            return table.size() == 0 ? Long.MAX_VALUE : table.step(0);
        }
    }

    private SeriesAnswer() {}

    static byte[] of(List<RunFeed> feeds, Query query) {
        List<Figure> figures = query.words("keys").stream().map(Figure::ofKey).toList();
        Set<Figure> spread = query.words("spread").stream().map(Figure::ofKey).collect(Collectors.toSet());
        List<Told> runs = feeds.stream().map(Told::of).toList();
        Grid grid = grid(runs, query);
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeNumberProperty("first", grid.first());
            json.writeNumberProperty("length", grid.length());
            json.writeNumberProperty("width", grid.width());
            json.writeName("runs");
            json.writeStartArray();
            runs.forEach(run -> run(json, run, grid, figures, spread));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static Grid grid(List<Told> runs, Query query) {
        long last = runs.stream().mapToLong(Told::lastStep).max().orElse(-1);
        long first = runs.stream().mapToLong(Told::firstStep).min().orElse(0);
        long from = Math.max(first, query.number("from", 0, 0, Long.MAX_VALUE));
        long to = Math.min(last, query.number("to", Long.MAX_VALUE, 0, Long.MAX_VALUE));
        int points = (int) query.number("points", USUAL_POINTS, 1, MOST_POINTS);
        long width = query.number("width", 0, 0, Long.MAX_VALUE / 2);
        Grid grid = width == 0 ? Grid.of(from, to, points) : Grid.ofWidth(from, to, width);
        if (grid.length() > MOST_POINTS) {
            throw new IllegalArgumentException("width = \"" + width + "\", must be wider: no more than " + MOST_POINTS
                    + " points are told at once");
        }
        return grid;
    }

    private static void run(JsonGenerator json, Told run, Grid grid, List<Figure> figures, Set<Figure> spread) {
        json.writeStartObject();
        json.writeNumberProperty("id", run.feed().id());
        json.writeNumberProperty("generation", run.generation());
        json.writeNumberProperty("rows", run.table().size());
        json.writeNumberProperty("last_step", run.lastStep());
        json.writeName("columns");
        json.writeStartObject();
        for (Figure figure : figures) {
            Buckets buckets = Buckets.of(run.table(), figure, grid);
            json.writeName(figure.key());
            json.writeStartObject();
            Json.column(json, "mean", buckets.mean());
            if (spread.contains(figure) && grid.width() > 1) {
                Json.column(json, "min", buckets.min());
                Json.column(json, "max", buckets.max());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
