package dev.tether.run.report;

import dev.tether.core.stats.Calibration;
import dev.tether.run.chart.Chart;
import dev.tether.run.chart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The pictures of a reward model's learning. */
final class PreferenceCharts {
    private static final int MEANS = 60;
    private static final int STRIPES = 30;
    private static final String STEP = "step";
    private static final String INTERVAL = "95 % interval";

    private final PreferencePage page;

    PreferenceCharts(PreferencePage page) {
        this.page = page;
    }

    List<Chart> all() {
        return List.of(reliability(), accuracy(), loss(), margins());
    }

    private Chart reliability() {
        List<Calibration.Bin> bins = page.last().calibration().bins();
        double[] confidence = column(bins, Calibration.Bin::confidence);
        Series model = Series.line(
                        "held-out pairs",
                        0,
                        confidence,
                        column(bins, bin -> bin.accuracy().share()))
                .with(new Series.Band(
                        INTERVAL,
                        column(bins, bin -> bin.accuracy().interval().low()),
                        column(bins, bin -> bin.accuracy().interval().high())));
        Series ideal = Series.line("as sure as right", 3, new double[] {0.5, 1}, new double[] {0.5, 1})
                .with(Series.Look.DASHED);
        return Chart.of(
                        "Reliability: how often it is right when it is so sure",
                        "confidence",
                        "share right",
                        List.of(model, ideal))
                .with(Chart.Widths.AMOUNTS);
    }

    private Chart accuracy() {
        List<PreferencePage.Measured> measured = page.measured();
        Series heldOut = Series.line(
                        "held-out",
                        0,
                        steps(),
                        column(measured, each -> each.accuracy().share()))
                .with(new Series.Band(
                        INTERVAL,
                        column(measured, each -> each.accuracy().interval().low()),
                        column(measured, each -> each.accuracy().interval().high())));
        return Chart.of(
                        "Preferences it agrees with",
                        STEP,
                        "share of pairs",
                        List.of(heldOut, learned(PreferencePage.Learned::accuracy)))
                .with(new Chart.Guide("a coin", 0.5));
    }

    private Chart loss() {
        Series heldOut = Series.line("held-out", 0, steps(), column(page.measured(), PreferencePage.Measured::loss));
        return Chart.of("Loss", STEP, "nats per pair", List.of(heldOut, learned(PreferencePage.Learned::loss)))
                .with(new Chart.Guide("a coin", Math.log(2)));
    }

    /** Means of neighbouring steps: single ones are noise. */
    private Series learned(ToDoubleFunction<PreferencePage.Learned> figure) {
        List<PreferencePage.Learned> all = page.learned();
        int window = Math.max(1, (all.size() + MEANS - 1) / MEANS);
        List<double[]> points = new ArrayList<>();
        for (int first = 0; first < all.size(); first += window) {
            List<PreferencePage.Learned> some = all.subList(first, Math.min(all.size(), first + window));
            points.add(new double[] {
                some.stream().mapToInt(PreferencePage.Learned::step).average().orElseThrow(),
                some.stream().mapToDouble(figure).average().orElseThrow()
            });
        }
        return Series.line("while learning", 1, column(points, p -> p[0]), column(points, p -> p[1]));
    }

    /** How the held-out margins are spread. */
    private Chart margins() {
        double[] margins = page.last().margins();
        double widest = 1e-9;
        for (double margin : margins) {
            widest = Math.max(widest, Math.abs(margin));
        }
        double[] middle = new double[STRIPES];
        double[] share = new double[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            middle[i] = (2.0 * i + 1 - STRIPES) / STRIPES * widest;
        }
        for (double margin : margins) {
            int stripe = (int) ((margin / widest + 1) / 2 * STRIPES);
            share[Math.min(STRIPES - 1, stripe)] += 1.0 / margins.length;
        }
        return Chart.of(
                        "Held-out margins: right of 0 it agrees",
                        "r(chosen) − r(rejected)",
                        "share of pairs",
                        List.of(Series.line("", 0, middle, share)))
                .with(Chart.Widths.AMOUNTS);
    }

    private double[] steps() {
        return column(page.measured(), PreferencePage.Measured::step);
    }

    private static <T> double[] column(List<T> rows, ToDoubleFunction<T> figure) {
        return rows.stream().mapToDouble(figure).toArray();
    }
}
