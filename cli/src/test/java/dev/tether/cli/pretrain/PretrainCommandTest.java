package dev.tether.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.CommandLineRun;
import dev.tether.trainer.rollout.PromptFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainCommandTest {
    private static final Object[] TINY = {
        "--vocab",
        "300",
        "--layers",
        "1",
        "--hidden",
        "8",
        "--heads",
        "1",
        "--feed-forward",
        "16",
        "--steps",
        "2",
        "--rows",
        "2"
    };

    @TempDir
    Path directory;

    @Test
    void worldBecomesAModelWithPromptsAndItsDistanceIsTold() {
        CommandLineRun run = pretrain("--world", "reviews", "--documents", "100", "--text-out", directory.resolve("t"));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("98 documents", "2 held out", "vocabulary 300", "KL(grammar || model) = ")
                .containsPattern("(?m)^ +2 +5\\.\\d{4} ");
        assertThat(directory.resolve("t")).content().hasLineCount(100);
        assertThat(directory.resolve("model")).isDirectoryContaining("glob:**model.safetensors");
        assertThat(PromptFile.read(directory.resolve("model/prompts.jsonl")).prompts())
                .hasSize(360);
    }

    @Test
    void anyTextCanBeLearned() throws IOException {
        Path text = Files.writeString(directory.resolve("text.txt"), "one fish\ntwo fish\n\nred fish\nblue fish\n");
        CommandLineRun run = pretrain("--text", text, "--layout", "paragraphs");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("1 documents", "1 held out").doesNotContain("grammar");
    }

    @Test
    void badInputIsOneLineAndLeavesNothing() {
        assertRefused(pretrain("--world", "poems"), "there is no world \"poems\"; there is: reviews");
        assertRefused(pretrain("--text", directory.resolve("none.txt")), "none.txt: no such file or directory");
        assertRefused(
                pretrain("--world", "reviews", "--documents", "100", "--lr", "0"), "learning_rate = 0.0, must be");
        assertRefused(pretrain(), "--text");
    }

    private void assertRefused(CommandLineRun run, String message) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        assertThat(directory).isEmptyDirectory();
    }

    private CommandLineRun pretrain(Object... more) {
        Object[] all = new Object[3 + TINY.length + more.length];
        all[0] = "pretrain";
        all[1] = "--out";
        all[2] = directory.resolve("model");
        System.arraycopy(TINY, 0, all, 3, TINY.length);
        System.arraycopy(more, 0, all, 3 + TINY.length, more.length);
        return CommandLineRun.of(all);
    }
}
