package dev.tether.run.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.core.kl.KlUnit;
import dev.tether.core.stats.Explanation;
import dev.tether.run.settings.HardLimitSettings;
import dev.tether.run.settings.ReAnchorSettings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/metrics.md lists exactly the keys that the code can write. */
class MetricsPageTest {
    private static final Pattern FIRST_CELL = Pattern.compile("^\\| `([a-z_0-9.]+)` \\|");

    @Test
    void theJournalsKeysAreAllOnThePageAndNoOthers() throws IOException {
        Stream<RunEvent> rows = Stream.of(
                new RunHeader("a", "b", "c", 1, 1),
                Rows.full(1),
                new CheckpointWritten(1, "p"),
                new Finding(1, "c", Finding.Severity.INFO, "s", Optional.of("a"), Optional.of(Explanation.of(1, "s"))),
                SelfTestResult.passed(0, 1, "s"),
                new BeltProbed(0, Rows.full(1).belt().orElseThrow(), "s"),
                new HardLimitHit(1, HardLimitSettings.Action.END_EPOCHS, KlUnit.NATS_PER_TOKEN, 1, 1, "d"),
                new ReAnchored(1, ReAnchorSettings.How.EMA, "f"),
                new RunEnd(1, RunEnd.Outcome.COMPLETED));

        assertThat(page("## journal.jsonl")).isEqualTo(keys(rows));
    }

    @Test
    void theSamplesKeysAreAllOnThePageAndNoOthers() throws IOException {
        assertThat(page("## samples.jsonl")).isEqualTo(keys(Stream.of(Rows.sample(1, 0))));
    }

    @Test
    void theSessionsKeysAreAllOnThePageAndNoOthers() throws IOException {
        Stream<SessionEvent> rows = Stream.of(
                new SessionEvent.Started(Instant.EPOCH, "v", Optional.of(1L), Optional.of("c"), Map.of()),
                new SessionEvent.Stopped(Instant.EPOCH, 1, SessionEvent.StopReason.FAILED, Optional.of("c")),
                new SessionEvent.Trouble(Instant.EPOCH, 1, SessionEvent.TroubleWith.LISTENER, "s"));

        assertThat(page("## sessions.jsonl")).isEqualTo(keys(rows));
    }

    @Test
    void theFullRowOfTheseTestsLeavesNothingOut() throws ReflectiveOperationException {
        assertComplete(Rows.full(1), "step");
    }

    private static void assertComplete(Object row, String path) throws ReflectiveOperationException {
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(row);
            String name = path + "." + component.getName();
            assertThat(value).as(name).isNotIn(Optional.empty(), OptionalDouble.empty(), OptionalLong.empty());
            Object inner = value instanceof Optional<?> optional ? optional.orElseThrow() : value;
            if (inner instanceof Record) {
                assertComplete(inner, name);
            }
        }
    }

    private static TreeSet<String> keys(Stream<?> rows) {
        TreeSet<String> keys = new TreeSet<>();
        rows.forEach(row -> collect(JsonMapper.shared().readTree(JsonRows.write(row)), "", keys));
        return keys;
    }

    private static void collect(JsonNode node, String prefix, TreeSet<String> keys) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (entry.getValue().isObject() && !entry.getValue().isEmpty()) {
                collect(entry.getValue(), prefix + entry.getKey() + ".", keys);
            } else {
                keys.add(prefix + entry.getKey());
            }
        }
    }

    private static TreeSet<String> page(String heading) throws IOException {
        Path file = Path.of(System.getProperty("tether.root"), "docs", "metrics.md");
        String section = Files.readString(file).split(heading + "\n")[1].split("\n## ")[0];
        return section.lines()
                .map(FIRST_CELL::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
