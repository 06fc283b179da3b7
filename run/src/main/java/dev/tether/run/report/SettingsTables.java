package dev.tether.run.report;

import static dev.tether.run.chart.Xml.escape;

import dev.tether.run.settings.RunSettings;
import dev.tether.run.settings.SettingsWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What was asked for: the settings that differ, and all of them. */
final class SettingsTables {
    private final List<RecordedRun> runs;
    private final List<Map<String, String>> values;

    SettingsTables(List<RecordedRun> all) {
        this.runs = all.stream().filter(run -> run.settings().isPresent()).toList();
        this.values = runs.stream()
                .map(run -> SettingsWriter.values(run.settings().orElseThrow()))
                .toList();
    }

    void appendTo(StringBuilder out) {
        if (runs.isEmpty()) {
            return;
        }
        out.append("<section><h2>Settings</h2>\n");
        List<String> differing = differing();
        if (!differing.isEmpty()) {
            table(
                    out,
                    differing,
                    runs.size() == 1 ? "Other than the defaults" : "Where the runs or the defaults differ");
        }
        out.append("<details><summary>All settings</summary>\n");
        table(out, List.copyOf(values.get(0).keySet()), "All settings");
        out.append("</details></section>\n");
    }

    private List<String> differing() {
        Map<String, String> defaults = SettingsWriter.values(RunSettings.defaults());
        List<String> keys = new ArrayList<>();
        defaults.forEach((key, value) -> {
            if (values.stream().anyMatch(v -> !Objects.equals(v.get(key), value))) {
                keys.add(key);
            }
        });
        return keys;
    }

    private void table(StringBuilder out, List<String> keys, String caption) {
        Map<String, String> defaults = SettingsWriter.values(RunSettings.defaults());
        out.append("<div class=\"wide\"><table class=\"settings\"><caption>")
                .append(caption)
                .append("</caption><thead><tr><th>key</th>");
        runs.forEach(run -> out.append("<th>")
                .append(escape(runs.size() == 1 ? "value" : run.name()))
                .append("</th>"));
        out.append("<th>default</th></tr></thead><tbody>\n");
        for (String key : keys) {
            out.append("<tr><th>").append(escape(key)).append("</th>");
            for (Map<String, String> value : values) {
                out.append("<td>").append(escape(value.get(key))).append("</td>");
            }
            out.append("<td class=\"default\">")
                    .append(escape(defaults.get(key)))
                    .append("</td></tr>\n");
        }
        out.append("</tbody></table></div>\n");
    }
}
