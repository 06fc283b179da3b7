package dev.tether.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tether.run.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final StringWriter err = new StringWriter();

    @Test
    void whatTheUserCanMendIsOneLine() {
        assertThat(tell(new InputException("a.yaml line 3:\n no"))).isEqualTo(2);
        assertThat(err).hasToString("tether: a.yaml line 3: no" + System.lineSeparator());
    }

    @Test
    void aBrokenLawIsTheCallersMistake() {
        assertThat(tell(new IllegalArgumentException("temperature = -1.0, must be >= 0")))
                .isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1);
    }

    @Test
    void aFileSystemsRefusalNamesTheFileInWords() {
        assertThat(tell(new UncheckedIOException(new AccessDeniedException("/root/x"))))
                .isEqualTo(2);
        assertThat(tell(new IOException("No space left on device"))).isEqualTo(2);
        assertThat(err.toString()).contains("/root/x: permission denied").contains("No space left on device");
    }

    @Test
    void aDefectIsOursAndComesWithItsTrace() {
        assertThat(tell(new IllegalStateException("impossible"))).isEqualTo(70);
        assertThat(err.toString()).contains("please report it", "IllegalStateException: impossible", "\tat ");
    }

    @Test
    void missingMemoryAndMissingNativesAreExplained() {
        assertThat(tell(new OutOfMemoryError("Java heap space"))).isEqualTo(2);
        assertThat(tell(new UnsatisfiedLinkError("no jnitorch in java.library.path")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("-Xmx").contains("tether doctor");
    }

    private int tell(Throwable failure) {
        return new Failures(() -> false).tell(failure, new PrintWriter(err));
    }
}
