package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import dev.tether.run.report.PlanPage.BestOfN;
import dev.tether.run.report.PlanPage.Estimate;
import dev.tether.run.report.PlanPage.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The pictures of a plan. */
final class PlanCharts {
    private static final int PRICES = 5;
    private static final double SHOWN_REACHES = 1.5;
    private static final String KL = "KL, nats per sequence";
    private static final String BOOTSTRAP = "with bootstrap band";

    private final PlanPage plan;
    /** From the reference on: KL ascending, β descending; only a little way into what cannot be seen. */
    private final List<Point> points;

    PlanCharts(PlanPage plan) {
        this.plan = plan;
        List<Point> sorted = plan.points().stream()
                .sorted(Comparator.comparingDouble(Point::klCoef).reversed())
                .toList();
        List<Point> shown = sorted.stream()
                .filter(point ->
                        point.nats().value() <= SHOWN_REACHES * plan.reach().nats())
                .toList();
        this.points = shown.isEmpty() ? sorted : shown;
    }

    List<Chart> all() {
        return List.of(totalReward(), equilibrium(), frontier());
    }

    /** r(KL) − β · KL along the optima, for several β: each has its top where its own optimum lies. */
    private Chart totalReward() {
        List<Series> series = new ArrayList<>();
        List<Point> prices = prices();
        for (int i = 0; i < prices.size(); i++) {
            series.add(curve(prices.get(i), i));
        }
        double[] topsAt = prices.stream().mapToDouble(p -> p.nats().value()).toArray();
        double[] tops = prices.stream().mapToDouble(p -> total(p, p.klCoef())).toArray();
        for (int i = 0; i < prices.size(); i++) {
            series.add(Series.line("", i, new double[] {topsAt[i]}, new double[] {tops[i]})
                    .with(Series.Look.DOTS));
        }
        return overKl(
                Chart.of("Total reward against KL, the top of each β marked", KL, "mean reward − β · KL", series));
    }

    /** As far as it stays above what it gained at its best, downwards: beyond, it only falls. */
    private Series curve(Point price, int colour) {
        double start = plan.referenceReward();
        double top = total(
                points.get(points.size() - 1), points.get(points.size() - 1).klCoef());
        double floor = start - 0.5 * Math.max(top - start, 0);
        List<double[]> line = new ArrayList<>(List.of(new double[] {0, start}));
        for (Point point : points) {
            double total = total(point, price.klCoef());
            if (total < floor) {
                break;
            }
            line.add(new double[] {point.nats().value(), total});
        }
        return Series.line("β = " + rough(price.klCoef()), colour, column(line, 0), column(line, 1));
    }

    private static double total(Point point, double klCoef) {
        return point.reward().value() - klCoef * point.nats().value();
    }

    /** A few β from the whole grid, those the samples can see first. */
    private List<Point> prices() {
        List<Point> seen = points.stream().filter(plan::sees).toList();
        List<Point> from = seen.isEmpty() ? points : seen;
        List<Point> chosen = new ArrayList<>();
        int count = Math.min(PRICES, from.size());
        for (int i = 0; i < count; i++) {
            chosen.add(from.get(count == 1 ? 0 : Math.round((float) i * (from.size() - 1) / (count - 1))));
        }
        return chosen;
    }

    private Chart equilibrium() {
        Series kl = withBand("KL of the optimum", 0, points, Point::klCoef, Point::nats);
        return Chart.of("Equilibrium KL against β", "β, score per nat", "nats per sequence", List.of(kl))
                .with(Chart.Widths.RATIOS)
                .with(Chart.Zone.untrusted(
                        "further than these samples see", plan.reach().nats()));
    }

    private Chart frontier() {
        List<Series> series = new ArrayList<>();
        series.add(withBand("optimum", 1, points, point -> point.nats().value(), Point::reward));
        if (!plan.bestOfN().isEmpty()) {
            series.add(Series.line(
                            "best of n, KL at most",
                            3,
                            plan.bestOfN().stream()
                                    .mapToDouble(BestOfN::natsAtMost)
                                    .toArray(),
                            plan.bestOfN().stream().mapToDouble(BestOfN::reward).toArray())
                    .with(Series.Look.DOTS));
        }
        return overKl(Chart.of("Reward that each KL can buy", KL, "mean reward", series));
    }

    private Chart overKl(Chart chart) {
        return chart.with(Chart.Widths.AMOUNTS)
                .with(new Chart.Reach(
                        "samples see to " + rough(plan.reach().nats()),
                        plan.reach().nats()));
    }

    private static Series withBand(
            String name, int colour, List<Point> points, ToDoubleFunction<Point> x, Function<Point, Estimate> y) {
        return Series.line(
                        name,
                        colour,
                        points.stream().mapToDouble(x).toArray(),
                        points.stream().mapToDouble(p -> y.apply(p).value()).toArray())
                .with(new Series.Band(
                        BOOTSTRAP,
                        points.stream().mapToDouble(p -> y.apply(p).low()).toArray(),
                        points.stream().mapToDouble(p -> y.apply(p).high()).toArray()));
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }
}
