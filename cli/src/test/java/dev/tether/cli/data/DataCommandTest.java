package dev.tether.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tether.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataCommandTest {
    @TempDir
    private Path directory;

    @Test
    void withoutAModelItTellsColumnsAndCharacters() throws IOException {
        Path file = Files.writeString(
                directory.resolve("p.csv"), "id,goal,note\n1,abc,x\n2,,y\n3,abc,z\n4,\"a😀cdefghi\",\n");
        CommandLineRun run = CommandLineRun.of("data", file, "--column", "goal", "--batch", 2);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("rows       4, of them 1 empty")
                .contains("3 texts in the column \"goal\", 1 of them repeat an earlier one")
                .contains("not read   id, note")
                .contains("characters min 3, median 3, p90 9, p99 9, max 9, mean 5.0, 15 in all")
                .doesNotContain("too long");
    }

    @Test
    void withAModelItCountsTokensAndNamesWhatTrainingWouldRefuse() throws IOException {
        String rows = IntStream.rangeClosed(1, 40)
                .mapToObj(n -> "{\"prompt\": \"" + "great ".repeat(n).strip() + "\"}\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(directory.resolve("p.jsonl"), rows);
        CommandLineRun run = CommandLineRun.of("data", file, "--model", "builtin:reviews", "--json");
        assertThat(run.err()).isEmpty();
        JsonNode json = JsonMapper.shared().readTree(run.out());
        assertThat(json.at("/length/unit").stringValue()).isEqualTo("tokens");
        int longest = json.at("/length/max").intValue();
        int context = json.at("/fit/context").intValue();
        assertThat(json.at("/fit/too_long").intValue()).isZero();
        assertThat(run.exitCode()).isZero();

        CommandLineRun full = CommandLineRun.of(
                "data", file, "--model", "builtin:reviews", "--max-new-tokens", context - longest + 1);
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.out()).contains("too long   1 of more than " + (longest - 1) + " tokens", ": line 40; ");
    }

    @Test
    void paddingIsTheShareOfCellsWithoutAToken() {
        Lengths lengths = new Lengths(new int[] {1, 4, 4, 1, 2});
        assertThat(lengths.padding(new int[] {0, 1, 2, 3, 4}, 2)).isCloseTo(1 - 12 / 18.0, within(1e-15));
        assertThat(lengths.leastPadding(2)).isCloseTo(1 - 12 / 13.0, within(1e-15));
        assertThat(lengths.padding(new int[] {0, 1, 2, 3, 4}, 1)).isZero();
    }

    @Test
    void badOptionsAndFilesAreToldInOneLine() {
        assertThat(CommandLineRun.of("data", directory.resolve("absent.csv")).err())
                .hasLineCount(1)
                .contains("absent.csv: no such file");
        assertThat(CommandLineRun.of("data", "builtin:reviews", "--batch", 0).err())
                .hasLineCount(1)
                .contains("--batch 0, must be at least 1");
        assertThat(CommandLineRun.of("data", "builtin:reviews", "--column", "promt")
                        .err())
                .hasLineCount(1)
                .contains("no \"promt\"", "there is ");
    }
}
