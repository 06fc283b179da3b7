package dev.tether.web.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunMetricsTest {
    @Test
    void thePageOfDocumentationHasEveryMetricAndNoOther() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("tether.root"), "docs", "outputs.md"));
        Matcher names =
                Pattern.compile("^\\| `(tether_[a-z_]+)", Pattern.MULTILINE).matcher(page);
        List<String> documented = names.results().map(name -> name.group(1)).toList();
        assertThat(documented).containsExactlyInAnyOrderElementsOf(RunMetrics.names());
    }
}
