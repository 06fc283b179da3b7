package dev.tether.run.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tether.core.monitor.Figure;
import dev.tether.core.monitor.ObservedStep;
import dev.tether.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignRunsTest {
    @TempDir
    Path folder;

    @Test
    void columnsOfJsonLinesBecomeFiguresAndARestartBeginsANewRun() throws IOException {
        Path log = write("""
                {"it": 1, "reward": 0.5, "kl": {"mean": 0.25}, "note": "warm-up"}
                {"it": 2, "reward": NaN}
                {"it": 1, "reward": 0.75, "kl": {"mean": -0.5}}
                """);

        List<List<ObservedStep>> runs =
                read(log, "step=it", "score.mean=reward", "reference_kl.nats_per_token=kl.mean");

        assertThat(runs).hasSize(2);
        assertThat(runs.get(0)).extracting(ObservedStep::step).containsExactly(1L, 2L);
        assertThat(runs.get(0).get(0).at(Figure.SCORE)).isEqualTo(0.5);
        assertThat(runs.get(0).get(0).at(Figure.KL_PER_TOKEN)).isEqualTo(0.25);
        assertThat(runs.get(0).get(1).noNumbers()).containsExactly(Figure.SCORE);
        assertThat(runs.get(0).get(1).knows(Figure.KL_PER_TOKEN)).isFalse();
        assertThat(runs.get(1).get(0).at(Figure.KL_PER_TOKEN)).isEqualTo(-0.5);
    }

    @Test
    void columnsOfSeparatedValuesBecomeFiguresAndRowsAreCountedWithoutAStep() throws IOException {
        Path log = write("gold;kl\n1.5;0\n;2\n");

        List<ObservedStep> run = read(log, "gold_score.mean=gold", "reference_kl.nats_per_sequence=kl")
                .get(0);

        assertThat(run).extracting(ObservedStep::step).containsExactly(1L, 2L);
        assertThat(run.get(0).at(Figure.GOLD_SCORE)).isEqualTo(1.5);
        assertThat(run.get(1).knows(Figure.GOLD_SCORE)).isFalse();
        assertThat(run.get(1).at(Figure.KL_PER_SEQUENCE)).isEqualTo(2);
    }

    @Test
    void everyFigureThatAColumnCanHoldIsReachedByItsKey() {
        List<String> pairs = FigureColumns.mappable().stream()
                .map(figure -> figure.key() + "=x")
                .toList();

        assertThat(FigureColumns.parse(pairs).columns().keySet())
                .containsExactlyInAnyOrderElementsOf(FigureColumns.mappable());
    }

    @Test
    void whatIsWrongIsSaidWithFileColumnAndPlace() throws IOException {
        Path log = write("it,kl\n1.5,0\n");

        assertThatThrownBy(() -> read(log, "reference_kl.nats_per_token=KL"))
                .isInstanceOf(InputException.class)
                .hasMessage(log + " has no column KL. It has: it, kl");
        assertThatThrownBy(() -> read(log, "step=it", "reference_kl.nats_per_token=kl"))
                .hasMessage(log + " line 2: it = 1.5, must be a whole number");
        assertThatThrownBy(() -> FigureColumns.parse(List.of("kl=kl")))
                .hasMessageStartingWith("unknown figure kl; known are step, score.mean, score.sd, gold_score.mean, ");
        assertThatThrownBy(() -> FigureColumns.parse(List.of("controller.target=t")))
                .hasMessageStartingWith("unknown figure controller.target;");
        assertThatThrownBy(() -> FigureColumns.parse(List.of("entropy=")))
                .hasMessage("column entropy=, must be FIGURE=NAME, such as score.mean=reward");
    }

    @Test
    void separatorsAndQuotesAreRead() {
        assertThat(LogRow.split("a;\"b;c\";\"say \"\"hi\"\"\"; d ", ';'))
                .containsExactly("a", "b;c", "say \"hi\"", "d");
        assertThat(LogRow.split("1,,3", ',')).containsExactly("1", "", "3");
    }

    private static List<List<ObservedStep>> read(Path log, String... pairs) {
        return ForeignRuns.read(log, FigureColumns.parse(List.of(pairs)));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("log"), text);
    }
}
