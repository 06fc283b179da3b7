package dev.tether.cli.preference;

import dev.tether.core.stats.Calibration;
import dev.tether.core.stats.Interval;
import dev.tether.core.stats.Logistic;
import dev.tether.run.report.PreferencePage;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The figures of {@link PreferencePage} for programs. */
final class PreferenceJson {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private PreferenceJson() {}

    static String of(PreferencePage page) {
        PreferencePage.Measured last = page.last();
        Interval interval = last.accuracy().interval();
        Calibration calibration = last.calibration();
        ObjectNode json = JSON.createObjectNode();
        json.put("held_out_pairs", last.margins().length)
                .put("accuracy", last.accuracy().share())
                .put("accuracy_low", interval.low())
                .put("accuracy_high", interval.high())
                .put("loss_nats_per_pair", last.loss())
                .put("expected_calibration_error", calibration.expectedError())
                .put("temperature", Logistic.temperature(last.margins()));
        ArrayNode bins = json.putArray("reliability");
        calibration
                .bins()
                .forEach(bin -> bins.addObject()
                        .put("confidence", bin.confidence())
                        .put("accuracy", bin.accuracy().share())
                        .put("pairs", bin.accuracy().trials()));
        ArrayNode course = json.putArray("course");
        page.measured()
                .forEach(each -> course.addObject()
                        .put("step", each.step())
                        .put("accuracy", each.accuracy().share())
                        .put("loss_nats_per_pair", each.loss()));
        return JSON.writeValueAsString(json) + "\n";
    }
}
