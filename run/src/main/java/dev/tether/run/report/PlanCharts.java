package dev.tether.run.report;

import static dev.tether.run.chart.Numbers.rough;

import dev.tether.core.frontier.BestOfN;
import dev.tether.core.frontier.FrontierPoint;
import dev.tether.core.stats.Interval;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
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
    private final List<FrontierPoint> points;

    PlanCharts(PlanPage plan) {
        this.plan = plan;
        List<FrontierPoint> sorted = plan.points().stream()
                .sorted(Comparator.comparingDouble(FrontierPoint::klCoef).reversed())
                .toList();
        List<FrontierPoint> shown = sorted.stream()
                .filter(point -> point.nats() <= SHOWN_REACHES * plan.reach().nats())
                .toList();
        this.points = shown.isEmpty() ? sorted : shown;
    }

    List<Chart> all() {
        return List.of(totalReward(), equilibrium(), frontier());
    }

    /** r(KL) − β · KL along the optima, for several β: each has its top where its own optimum lies. */
    private Chart totalReward() {
        List<Series> series = new ArrayList<>();
        List<FrontierPoint> prices = prices();
        for (int i = 0; i < prices.size(); i++) {
            series.add(curve(prices.get(i), i));
        }
        double[] topsAt = prices.stream().mapToDouble(p -> p.nats()).toArray();
        double[] tops = prices.stream().mapToDouble(FrontierPoint::objective).toArray();
        for (int i = 0; i < prices.size(); i++) {
            series.add(Series.line("", i, new double[] {topsAt[i]}, new double[] {tops[i]})
                    .with(Series.Look.DOTS));
        }
        return overKl(
                Chart.of("Total reward against KL, the top of each β marked", KL, "mean reward − β · KL", series));
    }

    /** As far as it stays above what it gained at its best, downwards: beyond, it only falls. */
    private Series curve(FrontierPoint price, int colour) {
        double start = plan.referenceReward();
        double top = total(
                points.get(points.size() - 1), points.get(points.size() - 1).klCoef());
        double floor = start - 0.5 * Math.max(top - start, 0);
        List<double[]> line = new ArrayList<>(List.of(new double[] {0, start}));
        for (FrontierPoint point : points) {
            double total = total(point, price.klCoef());
            if (total < floor) {
                break;
            }
            line.add(new double[] {point.nats(), total});
        }
        return Series.line("β = " + rough(price.klCoef()), colour, column(line, 0), column(line, 1));
    }

    private static double total(FrontierPoint point, double klCoef) {
        return point.reward() - klCoef * point.nats();
    }

    /** A few β from the whole grid, those the samples can see first. */
    private List<FrontierPoint> prices() {
        List<FrontierPoint> seen = points.stream().filter(PlanPage::isSeen).toList();
        List<FrontierPoint> from = seen.isEmpty() ? points : seen;
        List<FrontierPoint> chosen = new ArrayList<>();
        int count = Math.min(PRICES, from.size());
        for (int i = 0; i < count; i++) {
            chosen.add(from.get(count == 1 ? 0 : Math.round((float) i * (from.size() - 1) / (count - 1))));
        }
        return chosen;
    }

    private Chart equilibrium() {
        Series kl =
                withBand("KL of the optimum", 0, FrontierPoint::klCoef, FrontierPoint::nats, FrontierPoint::natsBand);
        return Chart.of("Equilibrium KL against β", "β, score per nat", "nats per sequence", List.of(kl))
                .with(Chart.Widths.RATIOS)
                .with(Chart.Zone.untrusted(
                        "further than these samples see", plan.reach().nats()));
    }

    private Chart frontier() {
        List<Series> series = new ArrayList<>();
        series.add(withBand("optimum", 1, FrontierPoint::nats, FrontierPoint::reward, FrontierPoint::rewardBand));
        if (!plan.bestOfN().isEmpty()) {
            series.add(Series.line(
                            "best of n, KL at most",
                            3,
                            plan.bestOfN().stream()
                                    .mapToDouble(BestOfN::natsBound)
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

    private Series withBand(
            String name,
            int colour,
            ToDoubleFunction<FrontierPoint> x,
            ToDoubleFunction<FrontierPoint> y,
            Function<FrontierPoint, Interval> band) {
        return Series.line(name, colour, column(x), column(y))
                .with(new Series.Band(
                        BOOTSTRAP,
                        column(point -> band.apply(point).low()),
                        column(point -> band.apply(point).high())));
    }

    private double[] column(ToDoubleFunction<FrontierPoint> figure) {
        return points.stream().mapToDouble(figure).toArray();
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }
}
