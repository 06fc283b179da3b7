package dev.tether.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.cli.Tether;
import dev.tether.cli.console.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is wrong with an option is found before a directory is made. */
class WatchOptionsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--webhook | ftp://host/s3cret | --webhook: must begin with https:// or http://",
                "--webhook | https://me:s3cret@host/ | --webhook: a name or password before the host is not sent",
                "--serve | 65536 | --serve 65536: must be a port, from 0 to 65535",
                "--display | live | --display live: needs a terminal",
                "--webhook-severity | bad | \"bad\" is none of info, warning, critical",
                "--display | big | \"big\" is none of auto, live, lines"
            })
    void aMistakeIsToldInOneLineAndLeavesNothingBehind(String option, String value, String message) {
        assertThat(train(option, value)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(message).doesNotContain("s3cret");
        assertThat(temp.resolve("run")).doesNotExist();
    }

    @Test
    void whatListensIsOpenedAndSaidWithoutTheSecret() {
        int code = train(
                "--serve",
                "0",
                "--webhook",
                "http://127.0.0.1:9/s3cret",
                "--webhook-severity",
                "info",
                "--steps=1",
                "--set=generation.max_new_tokens=8",
                "--set=belt.force_every_steps=0",
                "--set=prompts.batch_size=4",
                "--set=update.minibatches=2");
        assertThat(err.toString()).isEmpty();
        assertThat(code).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .containsPattern("live page at http://127.0.0.1:\\d+/, for Prometheus at http://127.0.0.1:\\d+/metrics")
                .contains("findings from info on are posted to http://127.0.0.1:9/…")
                .doesNotContain("s3cret", "\u001b");
    }

    private int train(String... options) {
        CommandLine tether = Tether.commandLine();
        tether.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] arguments = new String[options.length + 3];
        arguments[0] = "train";
        arguments[1] = "--out";
        arguments[2] = temp.resolve("run").toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return tether.execute(arguments);
    }
}
